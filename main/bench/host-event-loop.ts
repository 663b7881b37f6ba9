// How late a host's main thread runs while its worker trains: a real host with a fresh data folder takes a small study
// through SFT into RL, stores all of it, and its event-loop delay is measured from the first SFT step on.
//     node main/bench/host-event-loop.ts      prints {"p99", "max", "seconds", "steps"}
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { isTrainedHere, type StageKind, type WeakVsStrongRecipe, weakVsStrongRecipe } from "../contract/index.ts";
import { resourcesFolder, threadEntries } from "../host/entries.ts";
import { createHost } from "../host/host.ts";
import { presetOf } from "../host/presets.ts";
import { appRouter } from "../host/router/index.ts";

/** Of RL; what comes before it is short. */
const rlSeconds = 15;

const tiny = weakVsStrongRecipe.parse(presetOf(resourcesFolder(), "tiny").recipe);
const recipe: WeakVsStrongRecipe = {
  ...tiny,
  name: "Event loop",
  starts: tiny.starts.map((start) => (isTrainedHere(start) ? { ...start, sft: { ...start.sft, epochs: 3 } } : start)),
  rl: { ...tiny.rl, steps: 10_000, promptsPerStep: 16, groupSize: 8, evalEvery: 10, checkpointEvery: 10 },
};

const dataFolder = mkdtempSync(join(tmpdir(), "headstart-bench-"));
const host = await createHost({ dataFolder, resourcesFolder: resourcesFolder(), kind: "cli", entries: threadEntries(), takeUp: false });
try {
  const stop = new AbortController();
  const events = host.events.subscribe(stop.signal);
  const client = appRouter.createCaller({ host });
  const { id } = await client.studies.start({ recipe, seed: 1 });
  const study = await client.studies.get({ id });
  const kinds = new Map<string, StageKind>(study.stages.map((stage) => [stage.id, stage.plan.kind]));
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let steps = 0;
  let begun = 0;
  let rlBegun = 0;
  for await (const event of events) {
    if (event.type === "study" && event.status === "failed") throw new Error((await client.studies.get({ id })).error?.message);
    if (event.type !== "metrics") continue;
    steps++;
    const now = performance.now();
    if (begun === 0) {
      begun = now;
      delay.enable();
    }
    if (kinds.get(event.stageId) === "rl") rlBegun ||= now;
    if (rlBegun > 0 && now - rlBegun > 1000 * rlSeconds) break;
  }
  delay.disable();
  const result = { p99: delay.percentile(99) / 1e6, max: delay.max / 1e6, seconds: (performance.now() - begun) / 1000, steps };
  stop.abort();
  await client.studies.cancel({ id });
  process.stdout.write(`${JSON.stringify(result)}\n`);
} finally {
  await host.close();
  rmSync(dataFolder, { recursive: true, force: true });
}
