import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { machineProblems, refuse, toolProblems } from "./prerequisites.mjs";

const path = process.env.PATH;
afterEach(() => {
  process.env.PATH = path;
});

/** A PATH on which only these commands are, each printing its text. */
function onlyCommands(commands) {
  const folder = mkdtempSync(join(tmpdir(), "headstart-path-"));
  for (const [name, script] of Object.entries(commands)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  process.env.PATH = folder;
}

test("a machine that runs these tests lacks nothing itself", () => {
  expect(machineProblems()).toEqual([]);
});

test("each missing tool gives one sentence that says what to install", async () => {
  onlyCommands({});
  expect(await toolProblems()).toEqual([
    "npm was not found: install it beside Node (https://nodejs.org has both).",
    "python3 was not found: install Python 3.9 or newer with pip (on Debian and Ubuntu: sudo apt install python3 python3-pip).",
    "g++ was not found: install a C++17 compiler (on Debian and Ubuntu: sudo apt install g++).",
  ]);
});

test("old tools and a Python without pip are told apart from missing ones", async () => {
  const good = { npm: "echo 10.0.0", "g++": "echo 12.2.0" };
  onlyCommands({ ...good, python3: "echo 3.8" });
  expect(await toolProblems()).toEqual(["Python 3.8 is too old: install Python 3.9 or newer with pip and put it first on PATH."]);
  onlyCommands({ ...good, python3: '[ "$1" = -c ] && echo 3.11' });
  expect(await toolProblems()).toEqual(["Python's pip was not found: install it (on Debian and Ubuntu: sudo apt install python3-pip)."]);
  onlyCommands({ ...good, "g++": "echo 7", python3: "echo 3.11" });
  expect(await toolProblems()).toEqual(["g++ 7 is too old for C++17: install g++ 8 or newer."]);
  onlyCommands({ ...good, "g++": "echo 12", python3: "echo 3.11" });
  expect(await toolProblems()).toEqual([]);
});

test("set-up stops on problems, all told at once", () => {
  expect(() => refuse(["One.", "Two."])).toThrow("One.\nheadstart: Two.");
  expect(() => refuse([])).not.toThrow();
});
