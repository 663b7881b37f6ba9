import { afterEach, expect, test } from "vitest";
import { ContestantProcess } from "./contestant-process.ts";

// A contestant of a few lines, with a real process and real pipes: its steps take a second.
const wellBehaved = `
  const say = (message) => process.stdout.write(JSON.stringify(message) + "\\n");
  say({ ready: "Test 1.0", device: "cpu", parameters: 10, threads: 2, firstStepSeconds: 0.5 });
  require("node:readline").createInterface({ input: process.stdin })
    .on("line", (line) => say({ milliseconds: Array.from({ length: JSON.parse(line).seconds }, () => 1000) }))
    .on("close", () => process.exit(0));`;
const breaking = `
  process.stderr.write("Traceback\\n  File x\\nValueError: no such device\\n\\nRuntime v1\\n");
  process.exit(1);`;

const started: ContestantProcess[] = [];
function start(program: string): ContestantProcess {
  const contestant = new ContestantProcess("Test", process.execPath, ["-e", program], process.env);
  started.push(contestant);
  return contestant;
}
afterEach(() => Promise.all(started.splice(0).map((contestant) => contestant.close())));

test("it says what it is, answers each turn with its steps' times, and ends when closed", async () => {
  const contestant = start(wellBehaved);
  expect(await contestant.ready()).toEqual({ ready: "Test 1.0", device: "cpu", parameters: 10, threads: 2, firstStepSeconds: 0.5 });
  expect(await contestant.run(3)).toEqual({ milliseconds: [1000, 1000, 1000] });
  expect(await contestant.run(1)).toEqual({ milliseconds: [1000] });
  await contestant.close();
  await expect(contestant.run(1)).rejects.toThrow("It ended with code 0.");
});

test("one that ends tells the error among its last words", async () => {
  await expect(start(breaking).ready()).rejects.toMatchObject({
    code: "bench-contestant-ended",
    where: "bench: Test",
    message: "It ended with code 1. ValueError: no such device",
  });
});

test("one that is killed says by what", async () => {
  await expect(start("process.kill(process.pid, 'SIGSEGV')").ready()).rejects.toThrow("It was ended by SIGSEGV.");
});

test("a program that is not there is an error, not a hang", async () => {
  const contestant = new ContestantProcess("Missing", "/nonexistent/python3", [], process.env);
  await expect(contestant.ready()).rejects.toThrow("ENOENT");
});
