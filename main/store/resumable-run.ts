// The program that crash.test.ts kills: runs the fixture's RL stage in a data folder, from its last checkpoint, and prints each
// event once the store has acknowledged it. Use: node resumable-run.ts DATA_FOLDER STEPS
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openStore } from "./client.ts";
import { datasetEvent, entry, newStudy, stepEvents } from "./fixture.ts";

const [dataFolder, steps] = [process.argv[2], Number(process.argv[3])];
const store = await openStore({ dataFolder, entry });
const print = (line: string) => process.stdout.write(`${line}\n`);

const studies = await store.studies();
if (studies.length === 0) await store.createStudy(newStudy("s1"));
const [data, rl] = (await store.study("s1")).stages;
if (data.status !== "done") await store.ingest(data.id, [datasetEvent(), { type: "result", result: { datasetId: "data-1" } }]);

const from = (await store.latestCheckpoint(rl.id))?.step ?? 0;
await store.supersede(rl.id, from || null);
await store.startStage(rl.id);
print(`from ${from}`);
for (let step = from + 1; step <= steps; step++) {
  for (const event of stepEvents("s1", rl.id, step)) {
    if (event.type === "checkpoint") writeCheckpoint(event.checkpoint.path, step);
    await store.ingest(rl.id, [event]);
    print(`${event.type} ${step}`);
  }
}
await store.ingest(rl.id, [{ type: "result", result: { checkpointId: `${rl.id}-${steps}` } }]);
print(`result ${steps}`);
await store.close();

/** Aside, then renamed; one that a killed run left without a row is written anew. */
function writeCheckpoint(path: string, step: number): void {
  const folder = join(dataFolder, path);
  mkdirSync(`${folder}.part`, { recursive: true });
  writeFileSync(join(`${folder}.part`, "weights.bin"), `weights after step ${step}`);
  rmSync(folder, { recursive: true, force: true });
  renameSync(`${folder}.part`, folder);
}
