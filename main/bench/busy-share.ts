// How much of the machine others use, measured while no side of the comparison works.
import { cpus } from "node:os";
import { setTimeout as pause } from "node:timers/promises";

/** Share of the cores' time that is not idle over some milliseconds in which this program waits. */
export async function busyShare(milliseconds: number): Promise<number> {
  const before = coreTimes();
  await pause(milliseconds);
  const after = coreTimes();
  const busy = after.busy - before.busy;
  return busy / Math.max(1, busy + after.idle - before.idle);
}

function coreTimes(): { busy: number; idle: number } {
  return cpus().reduce(
    (sum, { times: { user, nice, sys, irq, idle } }) => ({ busy: sum.busy + user + nice + sys + irq, idle: sum.idle + idle }),
    { busy: 0, idle: 0 },
  );
}
