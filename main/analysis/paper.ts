// The papers' published numbers as reference lines (AceReason-Nemotron 1.0, arXiv 2505.16400, and 1.1, arXiv 2506.13284), each with
// where it stands and its status. They are of 7B and larger models, of one run each without seeds, and so stand beside results of
// this application to be read, not to be met. Disputed: the 1.1 paper's table and its conclusion differ on AIME25 and LCB v5.
import type { PaperStatus, PaperValue } from "../contract/paper.ts";

type Rest = Partial<Pick<PaperValue, "status" | "other" | "note" | "paper">>;

function entry(key: string, value: number, unit: string, what: string, source: string, rest: Rest = {}): PaperValue {
  const status: PaperStatus = rest.status ?? "printed";
  return { key, value, unit, what, paper: "1.1", source, ...rest, status };
}

/** One table row: values by benchmark, absent where the table has none. */
type Row = Record<string, number>;
const names: Record<string, string> = {
  aime24: "AIME24",
  aime25: "AIME25",
  hmmt25: "HMMT Feb 2025",
  math500: "MATH500",
  brumo25: "BRUMO 2025",
  lcb5: "LiveCodeBench v5",
  lcb6: "LiveCodeBench v6",
  evalplus: "EvalPlus",
  gpqa: "GPQA",
  knights: "Knights & Knaves",
  zebra: "ZebraLogic",
};

const conclusion = "conclusion";
const disputedResults: Row = { aime25: 63.2, lcb5: 52.8 };

function rows(prefix: string, model: string, row: Row, source: string, rest: Rest = {}): PaperValue[] {
  return Object.entries(row).map(([benchmark, value]) =>
    entry(`${prefix}.${benchmark}`, value, "points", `${names[benchmark]} of ${model}`, source, rest),
  );
}

/** The final 1.1 model: two of its values are disputed. */
const final11 = (prefix: string, row: Row, source: string): PaperValue[] =>
  rows(prefix, "AceReason-Nemotron-1.1-7B", row, source).map((value) => {
    const other = disputedResults[value.key.slice(prefix.length + 1)];
    return other === undefined ? value : { ...value, status: "disputed", other: { value: other, source: conclusion } };
  });

const regression: PaperValue[] = [
  entry("regression.prompts", 4.831, "points a standard deviation", "a: coefficient of log2 unique prompts", "scaling regression", {
    note: "Of the standardised log: not points a doubling, whose standard deviation is not printed.",
  }),
  entry("regression.responses", 2.635, "points a standard deviation", "b: coefficient of log2 responses a prompt", "scaling regression", {
    note: "Of the standardised log: not points a doubling, whose standard deviation is not printed.",
  }),
  entry("regression.rSquared", 0.989, "", "R² of the fit on seven SFT sets", "scaling regression", {
    note: "7 points, 3 parameters: no scaling law.",
  }),
  entry("regression.points", 7, "points of the fit", "SFT sets v1 to v7", "scaling regression"),
  entry("regression.degreesOfFreedom", 4, "", "7 points less 3 parameters", "scaling regression", { status: "inference" }),
];

const epochs: PaperValue[] = [
  entry("epochs.rise", 5, "epochs", "Accuracy rises from epoch 1 to this one (v6 and v7)", "Fig. 6"),
  entry("epochs.plateau", 6, "epochs", "Plateau at about epochs 5 to 6", "Fig. 6"),
];

const startSource = "Table 1 and model card";
const weakBefore: Row = { aime24: 55.5, aime25: 39.0, lcb5: 37.6, lcb6: 34.1 };
const weakAfter: Row = { aime24: 69.0, aime25: 53.6, lcb5: 51.8, lcb6: 44.1 };
const strongBefore: Row = { aime24: 62.0, aime25: 48.4, lcb5: 48.8, lcb6: 43.8 };
const strongAfter: Row = { aime24: 72.6, aime25: 64.8, lcb5: 57.2, lcb6: 52.1 };
const v7OfTheDataStudy = 49.3;
const twoAccountsOfV7 = "The data study gives 49.3 for v7, the RL start 48.4; the sources do not explain the difference.";

const round = (value: number): number => Math.round(10 * value) / 10;

function gaps(when: "before" | "after", weak: Row, strong: Row): PaperValue[] {
  return Object.keys(weak).map((benchmark) => {
    const disputed = when === "after" ? disputedResults[benchmark] : benchmark === "aime25" ? v7OfTheDataStudy : undefined;
    const source = when === "after" ? conclusion : "data study";
    return entry(
      `gap.${when}.${benchmark}`,
      round(strong[benchmark] - weak[benchmark]),
      "points",
      `${names[benchmark]}: strong start − weak start ${when} RL`,
      startSource,
      {
        status: "inference",
        ...(disputed !== undefined && {
          other: { value: round(disputed - weak[benchmark]), source: `with the ${source}'s value of the strong start` },
        }),
        note: "Two models of two papers, one run each; the weak start is DeepSeek-R1-Distill-Qwen-7B, the strong one SFT-7B v7.",
      },
    );
  });
}

const weakAgainstStrong: PaperValue[] = [
  entry("gap.v5-v7.before.aime24", 6.6, "points", "AIME24: SFT-7B v7 − v5 before math-only RL", "Fig. 7"),
  entry("gap.v5-v7.after.aime24", 1.6, "points", "AIME24: SFT-7B v7 − v5 after math-only RL", "Fig. 7", { note: "One run each." }),
  ...rows("start.weak.before", "the weak start, DeepSeek-R1-Distill-Qwen-7B", weakBefore, startSource),
  ...rows("start.weak.after", "the weak start after RL, AceReason-Nemotron-1.0-7B", weakAfter, startSource),
  ...rows("start.strong.before", "the strong start, SFT-7B (v7)", strongBefore, startSource).map(
    (value): PaperValue =>
      value.key.endsWith("aime25")
        ? { ...value, status: "disputed", other: { value: v7OfTheDataStudy, source: "data study, v7" }, note: twoAccountsOfV7 }
        : value,
  ),
  ...final11("start.strong.after", strongAfter, startSource),
  ...gaps("before", weakBefore, strongBefore),
  ...gaps("after", weakAfter, strongAfter),
];

const temperature: PaperValue[] = [
  entry("entropy.target", 0.3, "nats", "Temperature-adjusted entropy to hold in RL", "temperature study", {
    note: "A rule of thumb for a 7B model; no formula of the entropy is printed, and one start's sweep is reported.",
  }),
  entry("temperature.evaluation", 0.6, "", "Best inference T whatever the training T", "temperature study"),
  entry("temperature.0.6.aime24", 64.6, "points", "AIME24 after RL at T 0.6", "temperature study", { status: "single note" }),
  entry("temperature.0.85.aime24", 67.6, "points", "AIME24 after RL at T 0.85", "temperature study", { status: "single note" }),
  entry("temperature.1.0.aime24", 65.3, "points", "AIME24 after RL at T 1.0", "temperature study", { status: "single note" }),
  entry("temperature.0.6.entropy.most", 0.2, "nats", "Entropy at T 0.6 stays below this", "temperature study", { status: "single note" }),
  entry("temperature.0.85.entropy.first", 0.26, "nats", "Entropy at T 0.85 at the start of RL", "temperature study", { status: "single note" }), // biome-ignore format: one thought
  entry("temperature.0.85.entropy.last", 0.38, "nats", "Entropy at T 0.85 at the end of RL", "temperature study", { status: "single note" }), // biome-ignore format: one thought
  entry("temperature.1.0.entropy.first", 0.4, "nats", "Entropy at T 1.0 at the start of RL", "temperature study", { status: "single note" }), // biome-ignore format: one thought
  entry("temperature.1.0.entropy.last", 0.22, "nats", "Entropy at T 1.0 at the end of RL", "temperature study", { status: "single note" }), // biome-ignore format: one thought
];

const overlong: PaperValue[] = [
  entry("overlong.8k.truncated", 0.3, "share", "Responses over 8K tokens at the start of RL, about", "over-long study", {
    note: "The filter is on at 8K and 16K and off at 32K; 24K is not settled by the sources.",
  }),
  entry("overlong.32k.off.aime24", 71.4, "points", "AIME24 at 32K, filter off", "over-long study", { status: "single note" }),
  entry("overlong.32k.on.aime24", 70.2, "points", "AIME24 at 32K, filter on", "over-long study", { status: "single note" }),
];

const ks = [8, 16, 32, 64, 128, 256, 512, 1024];
const passOf = (key: string, model: string, values: number[]): PaperValue[] =>
  values.map((value, i) =>
    entry(`passAtK.${key}.aime25.${ks[i]}`, value, "points", `AIME25 pass@${ks[i]} of ${model}`, "pass@k study", { paper: "1.0" }),
  );

const passAtK: PaperValue[] = [
  entry("passAtK.gain.aime25.8", 8.3, "points", "AIME25 pass@8: RL − SFT v7", "pass@k study"),
  entry("passAtK.gain.aime25.128", 1.2, "points", "AIME25 pass@128: RL − SFT v7", "pass@k study", {
    note: "Answers are small integers, which many tries guess.",
  }),
  entry("passAtK.gain.lcb6.128", 5, "points", "LiveCodeBench v6 pass@128: RL − SFT v7", "pass@k study"),
  entry("hard.below", 0.2, "share", "SFT accuracy below which RL's gains concentrate", "hard problems"),
  entry(
    "hard.extra.lcb5",
    10,
    "problems",
    "LiveCodeBench v5: more than so many solved that SFT never solves in 128 tries",
    "hard problems",
  ),
  entry(
    "hard.extra.lcb6",
    10,
    "problems",
    "LiveCodeBench v6: more than so many solved that SFT never solves in 128 tries",
    "hard problems",
  ),
  entry("newlySolved.lcb5", 30, "problems", "LiveCodeBench v5: newly solvable problems", "newly solved problems", { paper: "1.0" }),
  entry("newlySolved.lcb6", 23, "problems", "LiveCodeBench v6: newly solvable problems", "newly solved problems", { paper: "1.0" }),
  entry("newlySolved.aime24", 3, "problems", "AIME24: newly solvable problems in 64 tries", "newly solved problems", { paper: "1.0" }),
  ...passOf("distill-7b", "DeepSeek-R1-Distill-Qwen-7B", [62.2, 66.8, 71.3, 76.5, 81.2, 86.2, 90.3, 92.6]),
  ...passOf("acereason-1.0-7b", "AceReason-Nemotron-1.0-7B", [73.4, 76.0, 78.3, 85.4, 89.0, 93.0, 94.8, 96.1]),
];

const table1 = "Table 1 and model card";
const table2 = "Table 2";
const of10: Rest = { paper: "1.0" };
const tables: PaperValue[] = [
  ...rows("model.distill-7b", "DeepSeek-R1-Distill-Qwen-7B", { ...weakBefore, hmmt25: 26.3, math500: 92.8 }, table1),
  ...rows("model.acereason-1.0-7b", "AceReason-Nemotron-1.0-7B", { ...weakAfter, hmmt25: 33.9, math500: 94.1 }, table1),
  ...rows("model.sft-7b", "SFT-7B", { math500: 94.1 }, table1),
  ...final11("model.acereason-1.1-7b", { ...strongAfter, hmmt25: 42.9, math500: 95.3 }, table1),
  ...rows("model.skywork-or1-7b", "Skywork-OR1-7B", { aime24: 70.2, aime25: 54.6, hmmt25: 35.7, lcb5: 47.6, lcb6: 42.7 }, table1),
  ...rows("model.mimo-7b-rl", "MiMo-7B-RL", { aime24: 68.2, aime25: 55.4, hmmt25: 35.7, lcb5: 57.8, lcb6: 49.3 }, table1),
  ...rows("model.openmath-nemotron-7b", "OpenMath-Nemotron-7B", { aime24: 74.8, aime25: 61.2 }, table1),
  ...rows("model.opencodereasoning-nemotron-7b", "OpenCodeReasoning-Nemotron-7B", { lcb5: 51.3, lcb6: 46.1 }, table1),
  ...rows("model.magistral-small-24b", "Magistral Small (24B)", { aime24: 70.7, aime25: 62.8, lcb5: 55.8, lcb6: 47.4 }, table1),
  ...rows("model.o3-mini-low", "o3-mini (low)", { aime24: 60.0, aime25: 48.3, lcb5: 60.9 }, table1),
  ...rows("1.0.7b", "AceReason-Nemotron-1.0-7B", { ...weakAfter, math500: 94.1, hmmt25: 33.9, brumo25: 62.2, evalplus: 84.6 }, table2, of10), // biome-ignore format: one thought
  ...rows("1.0.14b", "AceReason-Nemotron-1.0-14B", { aime24: 78.6, aime25: 67.4, math500: 95.0, hmmt25: 46.4, brumo25: 72.3, lcb5: 61.1, lcb6: 54.9, evalplus: 85.7 }, table2, of10), // biome-ignore format: one thought
  ...rows("1.0.start-7b", "the 7B start of 1.0", { ...weakBefore, math500: 92.8, hmmt25: 26.3, brumo25: 51.2, evalplus: 80.4 }, table2, of10), // biome-ignore format: one thought
  ...rows("1.0.start-14b", "the 14B start of 1.0", { aime24: 69.7, aime25: 50.2, math500: 93.9, hmmt25: 31.7, brumo25: 61.1, lcb5: 53.1, lcb6: 47.9, evalplus: 83.9 }, table2, of10), // biome-ignore format: one thought
  ...rows("1.0.start-1.5b", "the 1.5B start of 1.0", { aime24: 28.9, aime25: 22.7, lcb5: 16.9 }, "A.5", of10),
  ...rows("1.0.1.5b", "the 1.5B model of 1.0", { aime24: 47.7, aime25: 35.5, lcb5: 27.2 }, "A.5", of10),
  ...rows("1.0.start-32b", "the 32B start of 1.0", { aime24: 72.6, aime25: 54.9, lcb5: 57.2 }, "A.5", of10),
  ...rows("1.0.32b", "the 32B model of 1.0, math RL only", { aime24: 79.0, aime25: 70.6, lcb5: 63.4 }, "A.5", of10),
  ...rows("1.0.start-7b", "the 7B start of 1.0", { gpqa: 49.1, knights: 35.2, zebra: 24.5 }, "A.4", of10),
  ...rows("1.0.7b", "AceReason-Nemotron-1.0-7B", { gpqa: 51.1, knights: 56.4, zebra: 39.6 }, "A.4", of10),
];
const codeforces: PaperValue[] = (
  [
    ["7b", "AceReason-Nemotron-1.0-7B", 1475, 84.8],
    ["14b", "AceReason-Nemotron-1.0-14B", 2024, 98.1],
    ["start-7b", "the 7B start of 1.0", 1189, 57.4],
    ["start-14b", "the 14B start of 1.0", 1481, 85.6],
  ] as const
).flatMap(([key, model, elo, percentile]) => [
  entry(`1.0.${key}.codeforces.elo`, elo, "Elo", `Codeforces rating of ${model}`, table2, of10),
  entry(`1.0.${key}.codeforces.percentile`, percentile, "percentile", `Codeforces percentile of ${model}`, table2, of10),
]);

const ladder: PaperValue[] = [
  entry("ladder.v6.aime25", 41.3, "points", "AIME25 of SFT on v6", "data study"),
  entry("ladder.v7.aime25", 49.3, "points", "AIME25 of SFT on v7: nearly twice v6's responses a prompt", "data study", {
    status: "disputed",
    other: { value: 48.4, source: "as the RL start" },
    note: twoAccountsOfV7,
  }),
];

/** Every published number the app shows, by key. */
export const paperValues: readonly PaperValue[] = [
  ...regression,
  ...ladder,
  ...epochs,
  ...weakAgainstStrong,
  ...temperature,
  ...overlong,
  ...passAtK,
  ...tables,
  ...codeforces,
];

/** The number of a key; a wrong key is a defect of the caller. */
export function publishedValue(key: string): PaperValue {
  const found = paperValues.find((value) => value.key === key);
  if (!found) throw new RangeError(`No published number has the key ${key}.`);
  return found;
}
