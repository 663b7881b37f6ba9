// The papers' numbers beside a study: which of them are of its question, and which may be drawn as lines: those of the plot's own unit,
// with a label that says what they are of. A score is never a line on the scores of other problems. Pure.
import type { PaperValue } from "../../main/contract/paper.ts";
import type { StudyKind, StudyRecipe } from "../../main/contract/study.ts";
import { fixed, percent } from "../components/format.ts";
import type { Figure, ReferenceLine } from "./figure.ts";
import { extent } from "./ranges.ts";

/** Beginnings of the keys that are of a kind's question. */
const ofKind: Record<StudyKind, string[]> = {
  "weak-vs-strong": ["gap.", "start.", "passAtK.gain.", "hard.", "newlySolved.", "entropy."],
  ladder: ["regression.", "ladder."],
  epochs: ["epochs.", "entropy."],
  temperature: ["entropy.", "temperature."],
  overlong: ["overlong.", "entropy."],
  "verifier-noise": ["entropy."],
  rl: ["entropy."],
  evaluation: [],
  sft: [],
};

const benchmarkNames: [string, RegExp][] = [
  ["aime24", /aime(20)?24/],
  ["aime25", /aime(20)?25/],
  ["hmmt25", /hmmt(feb|february)?(20)?25/],
  ["brumo25", /brumo(20)?25/],
  ["math500", /math500/],
  ["lcb5", /(lcb|livecodebench)v?5/],
  ["lcb6", /(lcb|livecodebench)v?6/],
];

/** The papers' key of a benchmark, by what a benchmark or a dataset is called; null: none of theirs. */
export function benchmarkNamed(name: string): string | null {
  const bare = name.toLowerCase().replace(/[^a-z0-9]/g, "");
  return benchmarkNames.find(([, pattern]) => pattern.test(bare))?.[0] ?? null;
}

const benchmarkKeys = new Set([...benchmarkNames.map(([key]) => key), "evalplus", "gpqa", "knights", "zebra"]);

/** The benchmark that a published value is of, by its key; null: of none. */
export const benchmarkIn = (key: string): string | null => key.split(".").find((part) => benchmarkKeys.has(part)) ?? null;

/** A dataset's version is no part of its name: livecodebench-v5 may be the fifth import. */
const withoutVersion = (dataset: string): string => dataset.replace(/-v\d+$/, "");

/** The benchmark of the papers that a study's final scores are of. */
export function benchmarkOf(recipe: StudyRecipe): string | null {
  if (recipe.kind === "evaluation") return benchmarkNamed(recipe.benchmark ?? withoutVersion(recipe.data.dataset));
  if (recipe.kind === "sft" || recipe.data.kind !== "imported") return null;
  const rows = recipe.finalEval.pool === "dev" ? recipe.data.dev : recipe.data.test;
  return benchmarkNamed(withoutVersion(rows.dataset));
}

const ofBenchmark = (key: string, benchmark: string): boolean =>
  (/^(model|1\.0|start\.strong\.before)\./.test(key) && key.endsWith(`.${benchmark}`)) ||
  (/^passAtK\.(?!gain)/.test(key) && key.includes(`.${benchmark}.`));

/** What the papers print of a study's question and of its benchmark; what two tables print alike, once. */
export function publishedFor(recipe: StudyRecipe, values: readonly PaperValue[]): PaperValue[] {
  const benchmark = benchmarkOf(recipe);
  const wanted = values.filter(
    ({ key }) => ofKind[recipe.kind].some((start) => key.startsWith(start)) || (benchmark !== null && ofBenchmark(key, benchmark)),
  );
  const first = new Map<string, PaperValue>();
  for (const each of wanted) if (!first.has(`${each.what} ${each.value}`)) first.set(`${each.what} ${each.value}`, each);
  return [...first.values()];
}

/** A value with its unit; scores to a tenth, as the tables print them. */
export function amount(value: number, unit: string): string {
  if (unit === "share") return percent(value, 0);
  const text = unit === "points" ? fixed(value, 1) : String(value);
  return unit === "" ? text : `${text} ${unit}`;
}

/** `AceReason-Nemotron 1.1, Fig. 7` */
export const sourceOf = ({ paper, source }: Pick<PaperValue, "paper" | "source">): string => `AceReason-Nemotron ${paper}, ${source}`;

/** How far a number can be relied on, with a mark where it must not pass unread; empty for one that is simply printed. */
export function reliability({ status, value, unit, other }: PaperValue): string {
  if (status === "disputed" && other) return `≠ disputed: ${amount(value, "")} here, ${amount(other.value, "")} there (${other.source})`;
  if (status === "single note") return "¹ a single note";
  if (status === "inference") return other ? `our arithmetic; ${amount(other.value, unit)} ${other.source}` : "our arithmetic";
  return "";
}

type Quantity = "entropy" | "gap" | "truncated";

/** The lines of each quantity, with what they are of in a few words. */
const lines: Record<Quantity, [key: string, words: string, place?: Pick<ReferenceLine, "labelAt">][]> = {
  entropy: [
    ["temperature.0.85.entropy.first", "T 0.85, start of RL"],
    ["temperature.0.85.entropy.last", "T 0.85, end of RL"],
  ],
  gap: [
    ["gap.v5-v7.before.aime24", "AIME24 before RL, v7 − v5"],
    // At the other end, since "no gap" and the gap before lie close.
    ["gap.v5-v7.after.aime24", "AIME24 after RL, v7 − v5", { labelAt: "left" }],
  ],
  truncated: [["overlong.8k.truncated", "8K budget, start of RL"]],
};

/** Lines on that axis of a plot of this quantity; none while no values are given. Upright ones have the figure's own label on top. */
export function publishedLines(quantity: Quantity, axis: ReferenceLine["axis"], values: readonly PaperValue[]): ReferenceLine[] {
  return lines[quantity].flatMap(([key, words, place], i) => {
    const found = values.find((value) => value.key === key);
    if (!found) return [];
    const mark = found.status === "single note" ? ", a single note" : "";
    const label = `${amount(found.value, found.unit)}: ${words} (${sourceOf(found)}${mark})`;
    return [{ value: found.value, axis, label, ...(axis === "x" ? { labelRow: i + 1 } : place) }];
  });
}

/** Models whose scores become lines on a plot of scores on their own benchmark. */
const scored: [key: string, words: string][] = [
  ["start.weak.before", "DeepSeek-R1-Distill-Qwen-7B"],
  ["start.strong.before", "SFT-7B (v7)"],
  ["start.strong.after", "AceReason-Nemotron-1.1-7B"],
];

/** Upright lines on a plot of an evaluation's scores, on the papers' benchmarks alone; a disputed value has a line for each. */
export function publishedScores(recipe: StudyRecipe, values: readonly PaperValue[]): ReferenceLine[] {
  const benchmark = recipe.kind === "evaluation" ? benchmarkOf(recipe) : null;
  if (benchmark === null) return [];
  const found = scored.flatMap(([key, words]) => {
    const value = values.find((each) => each.key === `${key}.${benchmark}`);
    if (!value) return [];
    const label = (at: number, source: string) => ({ at, label: `${amount(at, "")}: ${words} (${source})` });
    if (value.status !== "disputed" || !value.other) return [label(value.value, sourceOf(value))];
    return [label(value.value, `${sourceOf(value)}, ≠ disputed`), label(value.other.value, `${value.other.source}, ≠ disputed`)];
  });
  return found.map(({ at, label }, i) => ({ value: at / 100, axis: "x", label, labelRow: i }));
}

/** The figure with more lines; the label of an upright one stands on the side where there is room. */
export function withLines(figure: Figure, more: ReferenceLine[]): Figure {
  if (more.length === 0) return figure;
  const upright = more.filter(({ axis }) => axis === "x");
  const [low, high] = extent([...figure.series.flatMap(({ x }) => x), ...upright.map(({ value }) => value)]) ?? [0, 0];
  const placed = more.map((line) =>
    upright.includes(line) && line.value > (low + high) / 2 ? { ...line, labelAt: "left" as const } : line,
  );
  return { ...figure, references: [...(figure.references ?? []), ...placed] };
}
