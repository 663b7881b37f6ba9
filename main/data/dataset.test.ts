import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DataConfig, dataConfig, type Problem } from "../contract/dataset.ts";
import { HeadstartError } from "../contract/errors.ts";
import { verifyHere } from "../verifiers/index.ts";
import { buildDataset } from "./dataset.ts";
import { evaluate, parse } from "./expression.ts";
import { sftExamples } from "./select.ts";
import { promptExpression } from "./traces.ts";

const resource = (name: string) => readFileSync(new URL(`../../resources/gsm8k/${name}.jsonl`, import.meta.url), "utf8");
const files = { gsm8kTrain: resource("train"), gsm8kTest: resource("test") };

const arithmetic: fc.Arbitrary<DataConfig> = fc
  .record({
    seed: fc.nat(1000),
    steps: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    digits: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    operations: fc.subarray(["+", "-", "*", "/"] as const, { minLength: 1 }),
    numbers: fc.constantFrom("whole" as const, "integer" as const, "decimal" as const),
  })
  .map(({ seed, steps, digits, operations, numbers }) =>
    dataConfig.parse({
      seed,
      gsm8k: false,
      arithmetic: {
        count: 30,
        minSteps: Math.min(...steps),
        maxSteps: Math.max(...steps),
        minDigits: Math.min(...digits),
        maxDigits: Math.max(...digits),
        operations,
        numbers,
      },
    }),
  );

// Every equation of a trace, checked on its own: `a=b=c` outside digit working must be one value throughout.
function falseEquation(text: string): string | null {
  for (const step of text.slice(0, text.lastIndexOf("#")).split(/[;[\]{}]/)) {
    if (!step.includes("=")) continue;
    const [head] = step.split("=");
    const result = step.slice(Math.max(step.lastIndexOf(":"), step.lastIndexOf("=")) + 1);
    const [x, y] = [head, result].map((side) => {
      const tree = parse(side);
      return tree && evaluate(tree);
    });
    if (!x || !y || x.n * y.d !== y.n * x.d) return step;
  }
  return null;
}

describe("buildDataset", () => {
  it("every trace of every generated problem is right, different, and made of true steps", () => {
    fc.assert(
      fc.property(arithmetic, (config) => {
        const dataset = buildDataset(config, null);
        for (const problem of dataset.problems) {
          const traces = dataset.traces(problem, 6);
          expect(new Set(traces.map((trace) => trace.text)).size).toBe(traces.length);
          for (const trace of traces) {
            expect(verifyHere(problem, { text: trace.text, finishReason: "stop" })).toMatchObject({ verdict: "right" });
            expect(falseEquation(trace.text), `${problem.prompt} ${trace.text}`).toBeNull();
          }
        }
      }),
      { numRuns: 30 },
    );
  }, 60_000);

  it("whole means no value below 0 or broken; steps, digits and operations are as asked", () => {
    const config = dataConfig.parse({
      gsm8k: false,
      arithmetic: { count: 600, minSteps: 2, maxSteps: 3, minDigits: 1, maxDigits: 2, operations: ["+", "-", "*", "/"] },
    });
    const { problems, dropped } = buildDataset(config, null);
    expect(dropped).toEqual([]);
    expect(problems.length).toBe(600);
    const grades = new Map<string, number>();
    for (const problem of problems) {
      const visit = (node: NonNullable<ReturnType<typeof promptExpression>>): void => {
        const value = evaluate(node)!;
        expect(value.d).toBe(1n);
        expect(value.n >= 0n).toBe(true);
        if (node.kind === "operation") [node.left, node.right].map(visit);
      };
      visit(promptExpression(problem.prompt)!);
      const digits = Math.max(...problem.prompt.match(/\d+/g)!.map((text) => text.length));
      const grade = `${problem.steps} steps, ${digits} digits`;
      grades.set(grade, (grades.get(grade) ?? 0) + 1);
    }
    // Grades are balanced: 2 numbers of steps × 2 of digits.
    expect([...grades.values()]).toEqual([150, 150, 150, 150]);
  });

  it("says when a grade has no more prompts", () => {
    const config = dataConfig.parse({ gsm8k: false, arithmetic: { count: 500, maxSteps: 1, maxDigits: 1, operations: ["+"] } });
    const { problems, dropped } = buildDataset(config, null);
    expect(problems.length).toBe(81);
    expect(dropped).toEqual([{ reason: "arithmetic: no further different prompt at these steps and digits", count: 419 }]);
  });

  it("right responses to one prompt vary at least 4-fold in length", () => {
    const config = dataConfig.parse({ gsm8k: false, arithmetic: { count: 80, maxDigits: 2, operations: ["+", "-", "*"] } });
    const dataset = buildDataset(config, null);
    const ratios = dataset.problems.map((problem) => {
      const lengths = dataset.traces(problem, 150).map((trace) => trace.text.length);
      return Math.max(...lengths) / Math.min(...lengths);
    });
    expect(ratios.length).toBe(80);
    expect(ratios.filter((ratio) => ratio < 4)).toEqual([]);
  }, 60_000);

  it("10,000 problems with GSM8K's files take under 2 s, every pool is disjoint by prompt, ids are unique", () => {
    const config = dataConfig.parse({ arithmetic: { count: 4000 } });
    const dataset = buildDataset(config, files);
    // Best of three: the machine may be busy with other tests.
    const times = [1, 2, 3].map(() => {
      const started = performance.now();
      buildDataset(config, files);
      return performance.now() - started;
    });
    expect(Math.min(...times)).toBeLessThan(2000);
    expect(dataset.problems.length).toBeGreaterThan(10_000);
    expect(new Set(dataset.problems.map((problem) => problem.prompt)).size).toBe(dataset.problems.length);
    expect(new Set(dataset.problems.map((problem) => problem.id)).size).toBe(dataset.problems.length);
    const gsm8k = dataset.problems.filter((problem) => problem.source === "gsm8k");
    for (const problem of gsm8k) expect(problem.pool === "test").toBe(problem.sourceId!.startsWith("test.jsonl"));
    for (const pool of ["sft", "rl", "dev", "test"]) expect(gsm8k.some((problem) => problem.pool === pool)).toBe(true);
    // Pools take their shares.
    const share = (p: Problem["pool"]) =>
      dataset.problems.filter((problem) => problem.source === "arithmetic" && problem.pool === p).length / 4000;
    expect(share("sft")).toBeCloseTo(0.5, 1);
    expect(share("test")).toBeCloseTo(0.15, 1);
  }, 60_000);

  it("is the same for the same config, another for another seed, and a problem keeps its pool when others are added", () => {
    const config = dataConfig.parse({ gsm8k: false, arithmetic: { count: 200 } });
    const a = buildDataset(config, null);
    expect(buildDataset(config, null).contentHash).toBe(a.contentHash);
    expect(buildDataset({ ...config, seed: 2 }, null).contentHash).not.toBe(a.contentHash);
    const more = new Map(
      buildDataset({ ...config, arithmetic: { ...config.arithmetic, count: 400 } }, null).problems.map((p) => [p.prompt, p.pool]),
    );
    for (const problem of a.problems) expect(more.get(problem.prompt)).toBe(problem.pool);
    const [problem] = a.problems;
    expect(a.traces(problem, 6).slice(0, 2)).toEqual(a.traces(problem, 2));
  });

  it("refuses contradictions with what to do", () => {
    const noShares = dataConfig.parse({ gsm8k: false, split: { sft: 0, rl: 0, dev: 0, test: 1 } });
    expect(() => buildDataset(noShares, null)).toThrow(HeadstartError);
    expect(() => buildDataset(noShares, null)).toThrow(/nothing is left to train on/);
    expect(() => buildDataset(dataConfig.parse({}), null)).toThrow(/files were not given/);
  });
});

describe("sftExamples", () => {
  const dataset = buildDataset(dataConfig.parse({ gsm8k: false, arithmetic: { count: 600 } }), null);
  const key = (examples: ReturnType<typeof sftExamples>) => examples.map(({ problem, trace }) => `${problem.id}\n${trace.text}`);

  it("a weaker start's data is a subset of a stronger one's", () => {
    const weak = key(sftExamples(dataset, { name: "weak", prompts: 40, responsesPerPrompt: 1 }, 7));
    const strong = key(sftExamples(dataset, { name: "strong", prompts: 160, responsesPerPrompt: 4 }, 7));
    expect(weak.length).toBe(40);
    const all = new Set(strong);
    expect(weak.every((example) => all.has(example))).toBe(true);
    expect(all.size).toBe(strong.length);
    expect(strong.length).toBeGreaterThan(600);
    expect(key(sftExamples(dataset, { name: "weak", prompts: 40, responsesPerPrompt: 1 }, 8))).not.toEqual(weak);
  });

  it("only from the SFT pool; too few problems is an error that says how many there are", () => {
    const pool = dataset.problems.filter((problem) => problem.pool === "sft").length;
    const all = sftExamples(dataset, { name: "all", prompts: pool, responsesPerPrompt: 1 }, 1);
    expect(all.every(({ problem }) => problem.pool === "sft")).toBe(true);
    expect(() => sftExamples(dataset, { name: "all", prompts: pool + 1, responsesPerPrompt: 1 }, 1)).toThrow(
      `The start "all" asks for ${pool + 1} SFT prompts; the SFT pool has ${pool}.`,
    );
  });
});
