import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStore } from "./client.ts";
import { entry, removeFolder, temporaryFolder } from "./fixture.ts";
import { readHolder } from "./holder.ts";

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => removeFolder(folder));

/** Another process that opens the folder and says what came of it: open, or the error's code. */
async function another() {
  const program = fileURLToPath(new URL("./hold-folder.ts", import.meta.url));
  const child = spawn(process.execPath, [program, folder], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(child.stdout, "data");
  return { child, said: String(line).trim() };
}

test("a second process is refused and told whom to ask; after kill -9 the folder is free", async () => {
  const { child, said } = await another();
  expect(said).toBe("open");
  const refused = {
    code: "data-folder-locked",
    message: `The data folder is in use by process ${child.pid}, listening at /run/headstart.sock.`,
  };
  await expect(openStore({ dataFolder: folder, entry })).rejects.toMatchObject(refused);
  // A refused attempt must not loosen the lock.
  await expect(openStore({ dataFolder: folder, entry })).rejects.toMatchObject(refused);
  expect(readHolder(folder)).toEqual({ pid: child.pid, socket: "/run/headstart.sock" });

  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
  const store = await openStore({ dataFolder: folder, entry });
  expect(readHolder(folder)).toEqual({ pid: process.pid, socket: null });
  await store.close();
  expect(readHolder(folder)).toBeNull();
});

test("a second opener in the same process is refused too, and the first goes on, still locked", async () => {
  const store = await openStore({ dataFolder: folder, entry });
  await expect(openStore({ dataFolder: folder, entry })).rejects.toMatchObject({ code: "data-folder-locked" });
  expect(await store.studies()).toEqual([]);
  expect((await another()).said).toBe("data-folder-locked");
  await store.close();
});

test("after close calls fail, closing again is nothing, and the folder opens again", async () => {
  const store = await openStore({ dataFolder: folder, entry });
  await Promise.all([store.close(), store.close()]);
  await expect(store.studies()).rejects.toMatchObject({ code: "store-closed" });
  await (await openStore({ dataFolder: folder, entry })).close();
});

test("what is no database is named as damage, and the folder is not left locked", async () => {
  const database = join(folder, "headstart.db");
  writeFileSync(
    database,
    "this is no database, however long one makes it, and SQLite reads a header of a hundred bytes at least".repeat(9),
  );
  await expect(openStore({ dataFolder: folder, entry })).rejects.toMatchObject({ code: "store-damaged", where: database });
  expect(existsSync(join(folder, "lock.json"))).toBe(false);
  removeFolder(database);
  await (await openStore({ dataFolder: folder, entry })).close();
});

test.skipIf(process.getuid?.() === 0)("a folder that may not be written is named as such", async () => {
  chmodSync(folder, 0o500);
  await expect(openStore({ dataFolder: folder, entry })).rejects.toMatchObject({ code: "data-folder-denied" });
  chmodSync(folder, 0o700);
});

test("a thread that cannot start says so", async () => {
  const absent = fileURLToPath(new URL("./absent.ts", import.meta.url));
  await expect(openStore({ dataFolder: folder, entry: absent })).rejects.toMatchObject({ code: "store-stopped" });
});
