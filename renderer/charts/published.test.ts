// Which published numbers stand beside a study and which become lines, on a few of them.
import { expect, test } from "vitest";
import type { PaperValue } from "../../main/contract/paper.ts";
import { studyRecipe } from "../../main/contract/study.ts";
import type { Figure } from "./figure.ts";
import { amount, benchmarkNamed, benchmarkOf, publishedFor, publishedLines, publishedScores, reliability, withLines } from "./published.ts";

const number = (key: string, value: number, unit = "points", rest: Partial<PaperValue> = {}): PaperValue => ({
  key,
  value,
  unit,
  what: key,
  paper: "1.1",
  source: "Fig. 7",
  status: "printed",
  ...rest,
});
const disputed = number("model.acereason-1.1-7b.aime25", 64.8, "points", {
  status: "disputed",
  other: { value: 63.2, source: "conclusion" },
});
const values: PaperValue[] = [
  number("gap.v5-v7.before.aime24", 6.6),
  number("gap.v5-v7.after.aime24", 1.6),
  number("temperature.0.85.entropy.first", 0.26, "nats", { status: "single note", source: "temperature study" }),
  number("temperature.0.85.entropy.last", 0.38, "nats", { status: "single note" }),
  number("temperature.0.85.aime24", 67.6),
  number("overlong.8k.truncated", 0.3, "share"),
  number("passAtK.distill-7b.aime25.8", 62.2),
  number("passAtK.gain.aime25.8", 8.3),
  disputed,
  number("model.acereason-1.0-7b.aime25", 53.6, "points", { what: "AIME25 of 1.0" }),
  number("1.0.7b.aime25", 53.6, "points", { what: "AIME25 of 1.0", source: "Table 2" }),
  number("1.0.7b.aime24", 69),
];
const evaluation = (benchmark: string | null, dataset: string) =>
  studyRecipe.parse({ kind: "evaluation", name: "x", checkpoint: "c", benchmark, data: { dataset } });

test("a benchmark is known by its name, but not by a dataset's version", () => {
  const names = ["aime24", "AIME 2025", "MATH-500", "LiveCodeBench v6", "lcb-v5", "HMMT February 2025", "BRUMO 2025", "GSM8K test"];
  expect(names.map(benchmarkNamed)).toEqual(["aime24", "aime25", "math500", "lcb6", "lcb5", "hmmt25", "brumo25", null]);
  expect(benchmarkOf(evaluation(null, "livecodebench-v5"))).toBeNull();
  expect(benchmarkOf(evaluation(null, "aime-2024-v2"))).toBe("aime24");
  expect(benchmarkOf(evaluation("gsm8k", "aime-2024-v2"))).toBeNull();
});

test("a study gets the numbers of its question, an evaluation those of its benchmark, each once", () => {
  const keys = (recipe: Parameters<typeof publishedFor>[0]) => publishedFor(recipe, values).map(({ key }) => key);
  expect(keys(evaluation("aime25", "x-v1"))).toEqual(["passAtK.distill-7b.aime25.8", disputed.key, "model.acereason-1.0-7b.aime25"]);
  expect(keys(evaluation("gsm8k", "x-v1"))).toEqual([]);
  const base = { name: "x", data: {}, rl: {}, start: { name: "start", checkpoint: "c" } };
  expect(keys(studyRecipe.parse({ ...base, kind: "temperature", temperatures: [0.6, 1] }))).toEqual([
    "temperature.0.85.entropy.first",
    "temperature.0.85.entropy.last",
    "temperature.0.85.aime24",
  ]);
  expect(keys(studyRecipe.parse({ ...base, kind: "overlong", budgets: [16, 32] }))).toEqual(["overlong.8k.truncated"]);
});

test("lines are of the plot's own quantity and unit; no score becomes one", () => {
  const drawn = (["entropy", "gap", "truncated"] as const).map((quantity) =>
    publishedLines(quantity, "y", values).map(({ value }) => value),
  );
  expect(drawn).toEqual([[0.26, 0.38], [6.6, 1.6], [0.3]]); // biome-ignore format: a table
  expect(publishedLines("gap", "y", values)[0].label).toBe("6.6 points: AIME24 before RL, v7 − v5 (AceReason-Nemotron 1.1, Fig. 7)");
  expect(publishedLines("entropy", "x", values)[0]).toEqual({
    value: 0.26,
    axis: "x",
    label: "0.26 nats: T 0.85, start of RL (AceReason-Nemotron 1.1, temperature study, a single note)",
    labelRow: 1,
  });
  expect(publishedLines("entropy", "x", [])).toEqual([]);
});

test("lines come after a figure's own, and without any the figure stays the same", () => {
  const figure: Figure = { id: "f", title: "", x: { label: "" }, y: { label: "" }, series: [], references: [{ value: 0, axis: "y", label: "no gap" }] }; // biome-ignore format: one record
  expect(withLines(figure, [])).toBe(figure);
  expect(withLines(figure, publishedLines("gap", "y", values)).references?.map(({ value }) => value)).toEqual([0, 6.6, 1.6]);
  // Of 0.2 to 0.4 the upright 0.38 lies to the right.
  const drawn: Figure = { ...figure, series: [{ name: "s", kind: "marks", x: [0.2, 0.4], y: [1, 1], hover: ["", ""] }] };
  const sides = withLines(drawn, publishedLines("entropy", "x", values))
    .references?.slice(1)
    .map(({ labelAt }) => labelAt);
  expect(sides).toEqual([undefined, "left"]);
});

test("what must not be relied on is marked", () => {
  expect(reliability(disputed)).toBe("≠ disputed: 64.8 here, 63.2 there (conclusion)");
  expect(reliability(values[2])).toBe("¹ a single note");
  expect(reliability(values[0])).toBe("");
  expect(reliability(number("gap.after.lcb5", 5.4, "points", { status: "inference" }))).toBe("our arithmetic");
  expect([amount(39, "points"), amount(0.26, "nats"), amount(4.831, "points a standard deviation"), amount(0.3, "share").replace("\u202f", " ")]).toEqual(["39.0 points", "0.26 nats", "4.831 points a standard deviation", "30 %"]); // biome-ignore format: a table
});

test("scores become lines on their own benchmark alone, a disputed one twice", () => {
  const more = [...values, number("start.strong.after.aime25", 64.8, "points", { status: "disputed", other: { value: 63.2, source: "conclusion" } })]; // biome-ignore format: one record
  const drawn = publishedScores(evaluation("aime25", "x-v1"), more);
  expect(drawn.map(({ value, axis }) => [value, axis])).toEqual([[0.648, "x"], [0.632, "x"]]); // biome-ignore format: one thought
  expect(drawn[1].label).toBe("63.2: AceReason-Nemotron-1.1-7B (conclusion, ≠ disputed)");
  expect(publishedScores(evaluation("gsm8k", "x-v1"), more)).toEqual([]);
});
