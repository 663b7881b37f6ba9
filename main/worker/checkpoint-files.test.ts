import fs, { existsSync, mkdirSync, readlinkSync, realpathSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { temporaryFolder } from "../store/fixture.ts";
import { readTrainerState } from "./checkpoint-files.ts";
import { writeRandomBase } from "./testing/random-base.ts";

/** The paths that are synced from now on. */
function syncedPaths(): string[] {
  const paths: string[] = [];
  const sync = fs.fsyncSync;
  const spy = vi.spyOn(fs, "fsyncSync").mockImplementation((descriptor) => {
    paths.push(readlinkSync(`/proc/self/fd/${descriptor}`));
    sync(descriptor);
  });
  syncBuiltinESMExports();
  onTestFinished(() => {
    spy.mockRestore();
    syncBuiltinESMExports();
  });
  return paths;
}

test.runIf(existsSync("/proc/self/fd"))("every folder that a checkpoint makes is durable, up to the first that was there", () => {
  const data = realpathSync(temporaryFolder());
  onTestFinished(() => fs.rmSync(data, { recursive: true, force: true }));
  mkdirSync(join(data, "studies"));
  const folder = join(data, "studies/a/checkpoints/tiny-base");
  const synced = syncedPaths();
  writeRandomBase(dirname(folder));
  const [studies, study, checkpoints] = ["studies", "studies/a", "studies/a/checkpoints"].map((path) => join(data, path));
  for (const parent of [studies, study, checkpoints]) expect(synced).toContain(parent);
  expect(synced).not.toContain(data);
  // Its files and its own names before the rename, the new name after.
  expect(synced.filter((path) => path.startsWith(`${folder}.part/`))).toHaveLength(3);
  expect(synced.slice(-2)).toEqual([`${folder}.part`, checkpoints]);
  expect(readTrainerState({ folder, id: "tiny-base" }).step).toBe(0);
});
