import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { MatchedSpan, PipelineConfigInput, PipelineReport, PipelineStep } from "../../contract/pipeline.ts";
import { pipelineConfig } from "../../contract/pipeline.ts";
import type { Verification } from "../../contract/rollout.ts";
import type { LoadedBenchmark } from "./decontaminate.ts";
import type { UnreadablePoolRow } from "./merge.ts";
import type { PipelineRow } from "./row.ts";
import { runPipeline } from "./run-pipeline.ts";
import { fileSpools, memorySpool, type OpenSpool } from "./spool.ts";

const row = (dataset: string, number: number, prompt: string, responses: string[], more: Partial<PipelineRow> = {}): PipelineRow => ({
  dataset,
  row: number,
  id: String(number + 1),
  source: null,
  category: null,
  difficulty: null,
  date: null,
  prompt,
  messages: null,
  answer: null,
  answerRule: null,
  tests: null,
  responses: responses.map((text) => ({ text, length: text.length })),
  ...more,
});

interface Setting {
  seed?: number;
  pools?: Record<string, (PipelineRow | UnreadablePoolRow)[]>;
  benchmarks?: LoadedBenchmark[];
  openSpool?: OpenSpool;
  verify?: (text: string) => Promise<Verification>;
}

type StepInput = PipelineConfigInput["steps"][number];

async function run(steps: StepInput[], { seed = 1, pools = {}, benchmarks = [], openSpool = memorySpool, verify }: Setting) {
  const merge: StepInput = { kind: "merge", pools: Object.keys(pools).map((dataset) => ({ dataset })) };
  const config = pipelineConfig.parse({ name: "test", seed, steps: steps[0]?.kind === "merge" ? steps : [merge, ...steps] });
  const spans: MatchedSpan[] = [];
  const pipeline = runPipeline(config, {
    pools: Object.entries(pools).map(([dataset, rows]) => ({
      dataset,
      contentHash: `hash of ${dataset}`,
      rows: rows.length,
      open: () => rows,
    })),
    benchmarks: new Map(benchmarks.map((each) => [each.key, each])),
    unit: "characters",
    openSpool,
    verify: verify ? ({ response }) => verify(response.text) : null,
    onSpan: (span) => spans.push(span),
  });
  const rows: PipelineRow[] = [];
  for await (const each of pipeline.rows) rows.push(each);
  return { rows, report: pipeline.report(), spans };
}

const reasons = ({ dropped }: PipelineReport["steps"][number]) => dropped.map(({ reason, rows, responses }) => [reason, rows, responses]);

test("pools come one after the other; unreadable rows and, on request, rows without a response are told", async () => {
  const pools = {
    a: [row("a", 0, "p", ["r"]), { line: 2, reason: "not JSON", rows: 1 }],
    b: [row("b", 0, "q", []), row("b", 1, "s", ["r", "t"])],
  };
  const { rows, report } = await run([{ kind: "merge", pools: [{ dataset: "a" }, { dataset: "b" }], needResponse: true }], { pools });
  expect(rows.map(({ id }) => id)).toEqual(["a/1", "b/2"]);
  const [step] = report.steps;
  expect(step).toMatchObject({ in: { rows: 4, responses: 3 }, kept: { rows: 2, responses: 3 } });
  expect(reasons(step)).toEqual([
    ["no response", 1, 0],
    ["unreadable", 1, 0],
  ]);
  expect(step.pools).toEqual([
    { dataset: "a", rows: 1, responses: 1 },
    { dataset: "b", rows: 1, responses: 2 },
  ]);
  const short = await run([{ kind: "merge", pools: [{ dataset: "b", limit: 1 }] }], { pools: { b: pools.b } });
  expect(short.rows).toHaveLength(1);
});

test("one row a prompt: the same after NFC and white space, not after case; its different responses in order", async () => {
  const pools = {
    a: [row("a", 0, "Find  é\n", ["one", "two"]), row("a", 1, "find é", ["small"])],
    b: [
      row("b", 0, " Find e\u0301", ["two", "three"], { answer: "7", answerRule: "boxed" }),
      row("b", 1, "x²", ["square"]),
      row("b", 2, "x2", []),
    ],
  };
  const folder = mkdtempSync(join(tmpdir(), "headstart-spool-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const openSpool of [memorySpool, fileSpools(folder)]) {
    const { rows, report } = await run([{ kind: "unique" }], { pools, openSpool });
    expect(rows.map(({ prompt, responses, answer }) => [prompt, responses.map(({ text }) => text), answer])).toEqual([
      ["Find  é\n", ["one", "two", "three"], "7"],
      ["find é", ["small"], null],
      ["x²", ["square"], null],
      ["x2", [], null],
    ]);
    expect(report.steps[1]).toMatchObject({ in: { rows: 5, responses: 6 }, kept: { rows: 4, responses: 5 } });
    expect(reasons(report.steps[1])).toEqual([
      ["prompt of an earlier row", 1, 0],
      ["the same response again", 0, 1],
    ]);
  }
  expect(readdirSync(folder)).toEqual([]);
});

test("conversations are the same with all their turns, and another answer to the same prompt is told", async () => {
  const turns = (first: string) => [
    { role: "system" as const, content: first },
    { role: "user" as const, content: "Q" },
  ];
  const rows = [
    row("a", 0, "Q", ["x"], { messages: turns("Be brief.") }),
    row("a", 1, "Q", ["y"], { messages: turns("Be long.") }),
    row("a", 2, "Q", ["z"], { answer: "1" }),
    row("a", 3, "Q", ["w"], { answer: "2" }),
  ];
  const { rows: kept, report } = await run([{ kind: "unique" }], { pools: { a: rows } });
  expect(kept.map(({ responses }) => responses.map(({ text }) => text))).toEqual([["x"], ["y"], ["z", "w"]]);
  expect(reasons(report.steps[1])).toEqual([["prompt of an earlier row, with another answer", 1, 0]]);
});

test("contaminated rows go, with the span in both texts; every turn of a conversation is looked at", async () => {
  const problems = ["How many eggs does Janet sell at the market each day?", "What is 2+2?"].map((text, i) => ({ id: `t${i}`, text }));
  const benchmark: LoadedBenchmark = { key: "bench", from: "file", hash: "h", problems };
  const guilty = "Yesterday: how many EGGS does Janet sell at the market?";
  const turns = [
    { role: "user" as const, content: problems[0].text },
    { role: "assistant" as const, content: "18" },
    { role: "user" as const, content: "Why?" },
  ];
  const pools = { a: [row("a", 0, guilty, ["r"]), row("a", 1, "How many eggs does she sell?", ["r"]), row("a", 2, "Why?", [], { messages: turns }), row("a", 3, "what is 2 + 2", [])] }; // biome-ignore format: one list
  const { rows, report, spans } = await run([{ kind: "decontaminate", benchmarks: ["bench"], n: 9 }], { pools, benchmarks: [benchmark] });
  expect(rows.map((each) => each.row)).toEqual([1]);
  expect(spans).toEqual(report.steps[1].spans!.shown);
  expect(spans.map((span) => [span.row, span.turn, span.problem, span.words, span.whole])).toEqual([
    [0, null, "t0", 9, false],
    [2, 0, "t0", 11, false],
    [3, null, "t1", 4, true],
  ]);
  const [span] = spans;
  expect(guilty.slice(span.from, span.to)).toBe("how many EGGS does Janet sell at the market");
  expect(problems[0].text.slice(span.problemFrom, span.problemTo)).toBe("How many eggs does Janet sell at the market");
  expect(span.text.slice(span.from - span.textFrom, span.to - span.textFrom)).toBe(guilty.slice(span.from, span.to));
  expect(report.steps[1].benchmarks).toEqual([{ benchmark: "bench", from: "file", hash: "h", problems: 2, shortProblems: 1, rows: 3 }]);
  expect(reasons(report.steps[1])).toEqual([["shares words with bench", 3, 1]]);
});

const many = (count: number, length: (i: number) => number): PipelineRow[] =>
  Array.from({ length: count }, (_, i) => row("a", i, `prompt ${i}`, ["x".repeat(length(i))]));

test("thinning drops short prompts alone, at its rate, and a prompt's draw does not move with the others", async () => {
  const rows = many(2000, (i) => (i % 2 === 0 ? 10 : 100));
  const step: StepInput = { kind: "thin", below: 50, keep: 0.25 };
  const { rows: kept, report } = await run([step], { pools: { a: rows } });
  const short = kept.filter(({ responses }) => responses[0].length === 10);
  expect(kept.length - short.length).toBe(1000);
  expect(short.length).toBeGreaterThan(210);
  expect(short.length).toBeLessThan(290);
  expect(reasons(report.steps[1])).toEqual([["responses shorter than 50 on average", 1000 - short.length, 1000 - short.length]]);
  const fewer = await run([step], { pools: { a: rows.slice(700) } });
  expect(fewer.rows.map((each) => each.row)).toEqual(kept.map((each) => each.row).filter((number) => number >= 700));
  const other = await run([step], { pools: { a: rows }, seed: 2 });
  expect(other.rows.map((each) => each.row)).not.toEqual(kept.map((each) => each.row));
});

test("resampling gives each bin its part of what it has, or of the result", async () => {
  const rows = [row("a", 0, "both", ["x".repeat(5), "x".repeat(60)]), ...many(99, (i) => (i < 79 ? 10 : 70))];
  const bins = (shares: number[]) => [
    { below: 50, share: shares[0] },
    { below: null, share: shares[1] },
  ];
  const keep = await run([{ kind: "resample", bins: bins([0.25, 1]) }], { pools: { a: rows } });
  expect(keep.report.steps[1].bins).toEqual([
    { from: 0, to: 50, in: 80, kept: 20 },
    { from: 50, to: null, in: 21, kept: 21 },
  ]);
  expect(keep.report.result.responses).toBe(41);
  const mix = await run([{ kind: "resample", mode: "mix", bins: bins([1, 2]) }], { pools: { a: rows } });
  // The 21 long ones are two thirds of the result.
  expect(mix.report.steps[1].bins!.map(({ kept }) => kept)).toEqual([10, 21]);
  expect(mix.rows.every(({ responses }) => responses.length > 0)).toBe(true);
  expect(mix.report.responseLengths.after).toMatchObject({ count: 31, max: 70 });
  expect(mix.report.responseLengths.before.count).toBe(101);
});

test("checks drop single responses, each for a reason", async () => {
  const loop = "so we try again with a larger value ".repeat(12);
  const responses = {
    good: "<think>2+2=4</think>\\boxed{4}",
    template: "2+2=4</think>The answer is \\boxed{4}.",
    plain: "\\boxed{4}",
    endless: "<think>2+2",
    silent: "<think>2+2</think>  ",
    twice: "<think>a</think><think>b</think>c",
    cut: "\\boxed{4",
    code: "```python\nprint(4)",
    boxless: "It is 4.",
    loops: `${loop}\\boxed{4}`,
  };
  const rows = [row("a", 0, "2+2", Object.values(responses), { answer: "4", answerRule: "boxed" }), row("a", 1, "none", [])];
  const { rows: kept, report } = await run([{ kind: "check", answer: false }], { pools: { a: rows } });
  expect(kept.map((each) => each.responses.map(({ text }) => text))).toEqual([
    [responses.good, responses.template, responses.plain, responses.boxless],
  ]);
  expect(new Map(report.steps[1].dropped.map(({ reason, responses }) => [reason, responses]))).toEqual(
    new Map([
      ["no response", 0],
      ["cut: a code block is open at the end", 1],
      ["cut: the last \\boxed{ is open at the end", 1],
      ["loops", 1],
      ["nothing after the thinking", 1],
      ["thinking that does not end", 1],
      ["thinking that opens or ends twice", 1],
    ]),
  );
  const strict = await run([{ kind: "check", think: "required", answer: true, maxLength: 30 }], { pools: { a: rows } });
  expect(strict.rows[0].responses.map(({ text }) => text)).toEqual([responses.good]);
});

test("verified responses are those that the verifier finds right; without one the step is refused", async () => {
  const rows = [
    row("a", 0, "p", ["right", "wrong"], { answer: "4" }),
    row("a", 1, "q", ["right"]),
    row("a", 2, "r", ["right"], { answer: "5" }),
  ];
  const verify = async (text: string): Promise<Verification> => ({
    reward: Number(text === "right"),
    verdict: text as "right",
    reason: "",
  });
  const { rows: kept, report } = await run([{ kind: "check", verified: true }], { pools: { a: rows }, verify });
  expect(kept.map((each) => [each.row, each.responses.length])).toEqual([
    [0, 1],
    [2, 1],
  ]);
  expect(reasons(report.steps[1])).toEqual([
    ["no response left", 1, 0],
    ["judged wrong", 0, 1],
    ["nothing to verify it with", 0, 1],
  ]);
  await expect(run([{ kind: "check", verified: true }], { pools: { a: rows } })).rejects.toMatchObject({ code: "no-verifier" });
});

test("what a step keeps and drops is what it took, and the same seed gives the same rows and report", async () => {
  const pools = { a: many(400, (i) => 1 + ((i * 37) % 300)), b: many(300, (i) => 1 + ((i * 91) % 300)) };
  const benchmark: LoadedBenchmark = { key: "bench", from: "file", hash: "h", problems: [{ id: "t", text: "prompt 7" }] };
  const steps: StepInput[] = [
    { kind: "merge", pools: [{ dataset: "a" }, { dataset: "b" }] },
    { kind: "unique" },
    { kind: "decontaminate", benchmarks: ["bench"] },
    { kind: "thin", below: 100, keep: 0.5 },
    { kind: "check" },
    { kind: "resample", bins: [{ below: 150, share: 0.5 }, { below: null, share: 1 }] }, // biome-ignore format: one line
  ];
  const once = await run(steps, { pools, benchmarks: [benchmark] });
  expect(await run(steps, { pools, benchmarks: [benchmark] })).toEqual(once);
  for (const step of once.report.steps) {
    const dropped = step.dropped.reduce((sum, each) => ({ rows: sum.rows + each.rows, responses: sum.responses + each.responses }), { rows: 0, responses: 0 }); // biome-ignore format: one sum
    expect({ rows: step.kept.rows + dropped.rows, responses: step.kept.responses + dropped.responses }, step.name).toEqual(step.in);
  }
  for (const [i, step] of once.report.steps.slice(1).entries()) expect(step.in).toEqual(once.report.steps[i].kept);
  expect(once.report.result).toEqual(once.report.steps[5].kept);
  expect(once.report.responseLengths.after).toEqual(once.report.steps[5].lengths);
});

test("what should be known of the result is said: thresholds in characters, answers by several rules", async () => {
  const pools = {
    a: [row("a", 0, "p", ["r"], { answer: "1", answerRule: "boxed" }), row("a", 1, "q", ["r"], { answer: "1", answerRule: "boxed" })],
    b: [row("b", 0, "s", ["r"], { answer: "1", answerRule: "gsm8k" })],
  };
  const { report } = await run([{ kind: "thin", keep: 1 }], { pools });
  expect(report.notices).toEqual([
    expect.stringContaining("thresholds"),
    "The rows' answers are stated by different rules; the dataset's rule is boxed, most rows'. The others: 1 by gsm8k.",
  ]);
  expect((await run([], { pools: { a: pools.a } })).report.notices).toEqual([]);
});

test("a pipeline begins with one merge, its steps have names of their own, and bins ascend", () => {
  const merge: PipelineStep = { kind: "merge", pools: [{ dataset: "a" }], needResponse: false };
  const of = (steps: unknown[]) => pipelineConfig.safeParse({ name: "x", steps }).success;
  expect(of([merge, { kind: "unique" }])).toBe(true);
  expect(of([{ kind: "unique" }])).toBe(false);
  expect(of([merge, merge])).toBe(false);
  expect(of([merge, { kind: "unique" }, { kind: "unique" }])).toBe(false);
  expect(of([merge, { kind: "unique" }, { kind: "unique", name: "again" }])).toBe(true);
  expect(of([merge, { kind: "resample", bins: [{ below: 5, share: 1 }, { below: 5, share: 1 }, { below: null, share: 1 }] }])).toBe(false); // biome-ignore format: one line
  expect(of([merge, { kind: "resample", bins: [{ below: 5, share: 1 }] }])).toBe(false);
  expect(of([merge, { kind: "resample", bins: [{ below: null, share: 2 }] }])).toBe(false);
});
