import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FileHandles } from "./file-handles.ts";

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "headstart-home-"));
  mkdirSync(join(home, "models"));
  writeFileSync(join(home, "rows.jsonl"), "{}\n");
  writeFileSync(join(home, ".secret"), "");
  symlinkSync("/etc", join(home, "out"));
  symlinkSync(join(home, "gone"), join(home, "dangling"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

test("lists folders first, leaves out what is hidden or leads nowhere, and goes up to the home and no further", () => {
  const files = new FileHandles(home);
  const top = files.list(null);
  expect(top.entries.map(({ name, folder }) => [name, folder])).toEqual([["models", true], ["out", true], ["rows.jsonl", false]]); // biome-ignore format: a table
  expect(top.parent).toBeNull();
  const inner = files.list(top.entries[0].handle);
  expect(inner.parent).toBe(top.handle);
  expect(files.pathOf(top.entries[2].handle)).toBe(join(home, "rows.jsonl"));
});

test("refuses a link that leaves the home, a handle it did not give, and what is not there", () => {
  const files = new FileHandles(home);
  const out = files.list(null).entries.find(({ name }) => name === "out")!;
  expect(() => files.list(out.handle)).toThrow(/below your home/);
  expect(() => files.pathOf("made-up")).toThrow(/earlier run/);
  expect(() => files.chosen(join(home, "gone"))).toThrow(/no such file/);
});
