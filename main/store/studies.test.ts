import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStore } from "./client.ts";
import { entry, newStudy, removeFolder, rolloutsEvent, stepEvents, studyWithData, temporaryFolder, temporaryStore } from "./fixture.ts";
import { databasePath } from "./folders.ts";

let temporary: Awaited<ReturnType<typeof temporaryStore>>;
beforeEach(async () => {
  temporary = await temporaryStore();
});
afterEach(() => temporary.remove());

const error = { code: "engine-lost", where: "engine", message: "It went away.", hint: "Restart." };

test("a study comes back whole, its stages in order", async () => {
  const { store } = temporary;
  const input = newStudy("quick-1");
  const study = await store.createStudy(input);
  expect(study).toMatchObject({
    id: "quick-1",
    name: "Small",
    recipe: input.recipe,
    recipeHash: "r1",
    seed: 3,
    status: "queued",
    datasetId: null,
  });
  expect(study.stages.map((s) => [s.id, s.ordinal, s.plan, s.status, s.step])).toEqual(
    input.stages.map((plan, i) => [`quick-1-${i}`, i, plan, "queued", 0]),
  );
  expect(Date.parse(study.createdAt)).not.toBeNaN();
  expect(await store.study("quick-1")).toEqual(study);
});

test("studies are listed newest first; unknown, doubled and unsafe ids are refused", async () => {
  const { store } = temporary;
  await store.createStudy(newStudy("a"));
  await store.createStudy(newStudy("b"));
  expect((await store.studies()).map((s) => s.id)).toEqual(["b", "a"]);
  await expect(store.study("c")).rejects.toMatchObject({ code: "unknown-study" });
  await expect(store.createStudy(newStudy("a"))).rejects.toMatchObject({ code: "study-exists" });
  for (const id of ["../a", "", "a/b", ".."])
    await expect(store.createStudy(newStudy(id))).rejects.toMatchObject({ code: "study-id-invalid" });
  expect(await store.studies()).toHaveLength(2);
});

test("a status that ends sets finishedAt and keeps its error; going on clears both", async () => {
  const { store } = temporary;
  await store.createStudy(newStudy("a"));
  await store.setEngine("a", "cpu, TensorFlow 2.21");
  await store.setStudyStatus("a", "failed", error);
  const failed = await store.study("a");
  expect(failed).toMatchObject({ status: "failed", error, engine: "cpu, TensorFlow 2.21" });
  expect(failed.finishedAt).not.toBeNull();
  await store.setStudyStatus("a", "running");
  expect(await store.study("a")).toMatchObject({ status: "running", error: null, finishedAt: null });
  await expect(store.setStudyStatus("b", "done")).rejects.toMatchObject({ code: "unknown-study" });
  await expect(store.setEngine("b", "cpu")).rejects.toMatchObject({ code: "unknown-study" });
});

test("removing a study removes its rows, token files and checkpoints, and nothing of another", async () => {
  const { store, folder } = temporary;
  const { rl } = await studyWithData(store, "gone");
  const kept = await studyWithData(store, "kept");
  for (const step of [1, 2, 3, 4]) await store.ingest(rl, stepEvents("gone", rl, step));
  await store.ingest(kept.rl, [rolloutsEvent(1)]);
  mkdirSync(join(folder, "studies/gone/checkpoints/gone-1-4"), { recursive: true });

  await store.removeStudy("gone");
  expect((await store.studies()).map((s) => s.id)).toEqual(["kept"]);
  expect(existsSync(join(folder, "studies/gone"))).toBe(false);
  expect(existsSync(join(folder, "studies/kept/tokens/kept-1.bin"))).toBe(true);
  expect(await store.checkpoints("gone")).toEqual([]);
  expect((await store.stats()).rollouts).toBe(8);
  expect(await store.datasets()).toHaveLength(1);
  await expect(store.removeStudy("gone")).rejects.toMatchObject({ code: "unknown-study" });
});

test("a removal that was cut between its commit and the deletion is finished on opening", async () => {
  const folder = temporaryFolder();
  const first = await openStore({ dataFolder: folder, entry });
  await first.createStudy(newStudy("kept"));
  await first.close();
  for (const name of ["gone", "kept"]) mkdirSync(join(folder, "studies", name, "checkpoints"), { recursive: true });
  const db = new Database(databasePath(folder));
  db.exec("INSERT INTO garbage VALUES ('studies/gone')");
  db.close();
  await (await openStore({ dataFolder: folder, entry })).close();
  expect([existsSync(join(folder, "studies/gone")), existsSync(join(folder, "studies/kept"))]).toEqual([false, true]);
  removeFolder(folder);
});

test("its id can be used again", async () => {
  const { store } = temporary;
  await store.createStudy(newStudy("a"));
  await store.removeStudy("a");
  expect((await store.createStudy(newStudy("a"))).status).toBe("queued");
});

test("stats say what doctor shows", async () => {
  const { store, folder } = temporary;
  const { rl } = await studyWithData(store);
  await store.ingest(rl, [rolloutsEvent(1)]);
  const before = await store.stats();
  expect(before).toMatchObject({ sqlite: expect.stringMatching(/^3\.\d+\.\d+$/), schemaVersion: 3, studies: 1, rollouts: 8 });
  writeFileSync(join(folder, "studies/s1/weights.bin"), Buffer.alloc(12_345));
  expect((await store.stats()).bytes).toBe(before.bytes + 12_345);
});

test("all of it outlives closing", async () => {
  const folder = temporaryFolder();
  const first = await openStore({ dataFolder: folder, entry });
  const { rl } = await studyWithData(first);
  await first.ingest(rl, stepEvents("s1", rl, 1));
  const [study, metrics] = [await first.study("s1"), await first.metrics(rl)];
  await first.close();
  const second = await openStore({ dataFolder: folder, entry });
  expect([await second.study("s1"), await second.metrics(rl)]).toEqual([study, metrics]);
  await second.close();
  removeFolder(folder);
});
