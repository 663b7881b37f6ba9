// A data config made real: problems of all sources, each in its pool, what was dropped and why, and a hash over all of it. The
// same config and files give the same problems and traces anywhere. Reads no files: the caller hands over their text.
import { createHash } from "node:crypto";
import type { DataConfig, Problem, Trace } from "../contract/dataset.ts";
import { HeadstartError } from "../contract/errors.ts";
import { randomFrom } from "./random.ts";
import { generateArithmetic } from "./sources/arithmetic.ts";
import { generateCode } from "./sources/code.ts";
import { dropReasons, readGsm8k } from "./sources/gsm8k.ts";
import { type Draft, poolOf } from "./split.ts";
import type { StyleWeights } from "./styles.ts";
import { tracesFor } from "./traces.ts";

/** Text of GSM8K's two files; needed only where the config includes it. */
export interface DataFiles {
  gsm8kTrain: string;
  gsm8kTest: string;
}

export interface Dataset {
  config: DataConfig;
  /** In a fixed order. */
  problems: Problem[];
  /** What sources left out, by reason. */
  dropped: { reason: string; count: number }[];
  /** sha256 over all problems, in order. */
  contentHash: string;
  /** Up to `count` different right responses; the first ones do not depend on the count. */
  traces(problem: Problem, count: number): Trace[];
}

const shortHash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 10);

function place(draft: Draft, config: DataConfig): Problem {
  const pool = draft.pool ?? poolOf(draft.prompt, config.split, config.seed);
  return { ...draft, id: draft.id ?? `${draft.source}-${shortHash(draft.prompt)}`, pool };
}

function gsm8kDrafts(config: DataConfig, files: DataFiles | null, drop: (reason: string, count: number) => void): Draft[] {
  if (!files)
    throw new HeadstartError({
      code: "missing-data",
      where: "recipe.data.gsm8k",
      message: "The recipe includes GSM8K, but its files were not given.",
      hint: "Check that resources/gsm8k holds train.jsonl and test.jsonl, or set recipe.data.gsm8k to false.",
    });
  const { train, test } = readGsm8k(files, config);
  for (const [file, { dropped }] of Object.entries({ train, test }))
    for (const [reason, count] of dropped) drop(`gsm8k ${file}: ${dropReasons[reason]}`, count);
  // GSM8K's training problems are for training and dev: test is its own file.
  const { test: _, ...shares } = config.split;
  const pooled = train.drafts.map((draft) => ({ ...draft, pool: poolOf(draft.prompt, shares, config.seed) }));
  return [...pooled, ...test.drafts];
}

export function buildDataset(config: DataConfig, files: DataFiles | null, styles?: StyleWeights): Dataset {
  if (config.split.sft + config.split.rl + config.split.dev === 0)
    throw new HeadstartError({
      code: "recipe-contradiction",
      where: "recipe.data.split",
      message: "The shares of sft, rl and dev are all 0, so nothing is left to train on.",
      hint: "Give sft, rl and dev shares above 0.",
    });
  const dropped = new Map<string, number>();
  const drop = (reason: string, count: number): void => {
    if (count > 0) dropped.set(reason, (dropped.get(reason) ?? 0) + count);
  };
  const drafts = config.gsm8k ? gsm8kDrafts(config, files, drop) : [];
  const taken = new Set(drafts.map((draft) => draft.prompt));
  const arithmetic = generateArithmetic(config.arithmetic, randomFrom(config.seed, "arithmetic"), taken);
  drafts.push(...arithmetic.drafts);
  drop("arithmetic: no further different prompt at these steps and digits", arithmetic.exhausted);
  const code = generateCode(config.code.count, randomFrom(config.seed, "code"));
  drafts.push(...code.drafts);
  drop("code: no further different prompt", code.exhausted);

  const problems = drafts.map((draft) => place(draft, config));
  const hash = createHash("sha256");
  for (const problem of problems) hash.update(`${JSON.stringify(problem)}\n`);
  return {
    config,
    problems,
    dropped: [...dropped].map(([reason, count]) => ({ reason, count })),
    contentHash: hash.digest("hex"),
    traces: (problem, count) => tracesFor(problem, { count, random: randomFrom(config.seed, "traces", problem.id), styles }),
  };
}
