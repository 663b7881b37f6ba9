import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hashOfFiles, publish, run, SetupError } from "./steps.mjs";

const scratch = () => mkdtempSync(join(tmpdir(), "headstart-setup-"));

test("what is published appears whole, or not at all when its making fails", async () => {
  const folder = scratch();
  const target = join(folder, "engine");
  const cut = publish(target, async (part) => {
    writeFileSync(part, "half");
    throw new Error("cut");
  });
  await expect(cut).rejects.toThrow("cut");
  expect(readdirSync(folder)).toEqual([]);

  await publish(target, (part) => writeFileSync(part, "whole"));
  expect(readFileSync(target, "utf8")).toBe("whole");
  await publish(target, () => expect.fail("it is there already"));
});

test("what a killed set-up left is swept, what another one is making is not", async () => {
  const folder = scratch();
  const target = join(folder, "engine");
  const dead = `${target}.999999999.part.wheels`;
  const alive = `${target}.${process.ppid}.part`;
  for (const file of [dead, alive]) writeFileSync(file, "");
  await publish(target, (part) => writeFileSync(part, "whole"));
  expect([existsSync(dead), existsSync(alive), existsSync(target)]).toEqual([false, true, true]);
});

test("two set-ups make one thing: the folder that is there first stays", async () => {
  const target = join(scratch(), "engine");
  await publish(target, (part) => {
    for (const [folder, name] of [
      [part, "second"],
      [target, "first"],
    ]) {
      mkdirSync(folder);
      writeFileSync(join(folder, name), "");
    }
  });
  expect(readdirSync(target)).toEqual(["first"]);
});

test("a hash changes with a file's contents and name, and is the same for what is missing", () => {
  const folder = scratch();
  const file = join(folder, "a.cc");
  const hashes = [hashOfFiles([folder])];
  writeFileSync(file, "1");
  hashes.push(hashOfFiles([folder]));
  writeFileSync(file, "2");
  hashes.push(hashOfFiles([folder]));
  writeFileSync(join(folder, "b.cc"), "");
  hashes.push(hashOfFiles([folder]));
  expect(new Set(hashes).size).toBe(4);
  expect(hashOfFiles([join(folder, "missing")])).toBe(hashOfFiles([]));
});

test("a command that fails says so in one sentence", async () => {
  await expect(run("false", [], { quiet: true, otherwise: "Do this." })).rejects.toEqual(new SetupError("Do this."));
  await expect(run("no-such-command", ["x"], { quiet: true })).rejects.toThrow("`no-such-command x` could not start");
  expect(await run("echo", ["done"], { quiet: true })).toBe("done\n");
});
