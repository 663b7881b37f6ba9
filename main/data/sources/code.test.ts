import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { dataConfig } from "../../contract/dataset.ts";
import { verifyHere } from "../../verifiers/index.ts";
import { buildDataset } from "../dataset.ts";

const dataset = buildDataset(dataConfig.parse({ gsm8k: false, arithmetic: { count: 0 }, code: { count: 300 } }), null);
const printing = dataset.problems.filter((problem) => problem.domain === "math");
const functions = dataset.problems.filter((problem) => problem.domain === "code");

describe("generated code", () => {
  it("half printing, half functions, each prompt once", () => {
    expect([printing.length, functions.length]).toEqual([150, 150]);
    expect(new Set(dataset.problems.map((problem) => problem.prompt)).size).toBe(300);
  });

  it("every trace of every problem verifies right, and there are different ones", () => {
    for (const problem of dataset.problems) {
      const traces = dataset.traces(problem, 6);
      expect(new Set(traces.map((trace) => trace.text)).size).toBe(traces.length);
      expect(traces.length).toBeGreaterThan(1);
      for (const trace of traces)
        expect(verifyHere(problem, { text: trace.text, finishReason: "stop" }), `${problem.prompt} ${trace.text}`).toMatchObject({
          reward: 1,
        });
    }
  });

  it("the prompt shows the visible tests and none of the hidden ones", () => {
    for (const problem of functions) {
      expect(problem.tests!.map((test) => test.hidden)).toEqual([false, false, false, true, true, true, true]);
      for (const { call, expected, hidden } of problem.tests!) expect(problem.prompt.includes(`${call}=${expected}`)).toBe(!hidden);
    }
  });

  const python = spawnSync("python3", ["--version"]).status === 0;
  it.skipIf(!python)("prints and tests are what Python says", () => {
    const programs = [
      ...printing.map((problem) => [problem.prompt, problem.answer]),
      ...functions.flatMap((problem) => problem.tests!.map((test) => [`f=${problem.answer}\nprint(${test.call})`, test.expected])),
    ];
    const script = [
      "import sys,json,io,contextlib",
      "def run(p):",
      "  out=io.StringIO()",
      "  with contextlib.redirect_stdout(out): exec(p,{})",
      "  return out.getvalue().strip()",
      "print(json.dumps([run(p) for p in json.load(sys.stdin)]))",
    ].join("\n");
    const input = JSON.stringify(programs.map(([program]) => program));
    const { stdout } = spawnSync("python3", ["-c", script], { input, encoding: "utf8" });
    expect(JSON.parse(stdout)).toEqual(programs.map(([, expected]) => expected));
  });
});
