// Our side of a comparison: the engine trains in a worker thread, as in the hosts, and the main thread, which only passes
// messages on, measures how late its event loop runs meanwhile.
//     node engine-process.ts CASE_JSON
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import type { Ready, Turn } from "./contestant-process.ts";

const worker = new Worker(new URL("./engine-thread.ts", import.meta.url), { workerData: JSON.parse(process.argv[2]) });
const delay = monitorEventLoopDelay({ resolution: 1 });

worker.on("message", (message: Ready | Turn | { report: unknown }) => {
  if ("report" in message) return; // received whole, as a host would before it stores it
  delay.disable();
  const answer = "ready" in message ? message : { ...message, eventLoopP99: delay.percentile(99) / 1e6 };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
});

createInterface({ input: process.stdin })
  .on("line", (line) => {
    delay.reset();
    delay.enable();
    worker.postMessage(JSON.parse(line));
  })
  .on("close", () => process.exit(0));
