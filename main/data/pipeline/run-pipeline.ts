// The steps one after another, each taking what the one before gives, a row at a time. Nothing is read before the rows are asked for;
// the report is whole when the last row was given.
import { HeadstartError } from "../../contract/errors.ts";
import type { LengthHistogram, PipelineConfig, PipelineProgress, PipelineReport, PipelineStep } from "../../contract/pipeline.ts";
import { stepNames } from "../../contract/pipeline.ts";
import { check } from "./check.ts";
import { decontaminate, type LoadedBenchmark } from "./decontaminate.ts";
import { LengthCounter } from "./histogram.ts";
import { merge, type Pool } from "./merge.ts";
import { resample } from "./resample.ts";
import type { PipelineRow, Rows } from "./row.ts";
import type { Step, StepContext } from "./step.ts";
import { StepRecord } from "./step-record.ts";
import { thin } from "./thin.ts";
import { unique } from "./unique.ts";

export interface PipelineParts extends Pick<StepContext, "openSpool" | "verify" | "onSpan"> {
  /** Those of the merge step, in its order. */
  pools: readonly Pool[];
  /** By the names that decontamination steps use. */
  benchmarks: ReadonlyMap<string, LoadedBenchmark>;
  unit: LengthHistogram["unit"];
}

export interface Pipeline {
  rows: Rows;
  progress(): Pick<PipelineProgress, "rows" | "steps">;
  /** Without what only the caller knows. */
  report(): Omit<PipelineReport, "version" | "seconds" | "createdAt">;
}

export function runPipeline(config: PipelineConfig, parts: PipelineParts): Pipeline {
  const names = stepNames(config.steps);
  const records = config.steps.map(({ kind }, i) => new StepRecord(kind, names[i], parts.unit));
  const lengths = {
    response: { before: new LengthCounter(parts.unit), after: new LengthCounter(parts.unit) },
    prompt: { before: new LengthCounter("characters"), after: new LengthCounter("characters") },
  };
  const result = { rows: 0, responses: 0 };
  const rules = new Map<string, number>();
  const measured = (rows: Rows, when: "before" | "after", more: (row: PipelineRow) => void) =>
    passing(rows, (row) => {
      lengths.prompt[when].add(row.prompt.length);
      for (const { length } of row.responses) lengths.response[when].add(length);
      more(row);
    });

  const [first, ...others] = config.steps;
  if (first.kind !== "merge") throw new Error("unreachable: the contract lets a pipeline begin with merge alone");
  let rows = measured(records[0].keeping(merge(first, parts.pools, records[0])), "before", () => {});
  others.forEach((step, i) => {
    const record = records[i + 1];
    const context = { seed: config.seed, record, openSpool: parts.openSpool, verify: parts.verify, onSpan: parts.onSpan };
    rows = record.keeping(stepFor(step, parts)(record.taking(rows), context));
  });
  rows = measured(rows, "after", ({ responses, answerRule }) => {
    result.rows++;
    result.responses += responses.length;
    if (answerRule !== null) rules.set(answerRule, (rules.get(answerRule) ?? 0) + 1);
  });

  return {
    rows,
    progress: () => ({
      rows: records[0].in.rows,
      steps: records.map((record) => ({ name: record.name, in: record.in.rows, kept: record.kept.rows, dropped: record.droppedRows })),
    }),
    report: () => ({
      schemaVersion: 1,
      config,
      pools: parts.pools.map(({ dataset, contentHash, rows }) => ({ dataset, contentHash, rows })),
      steps: records.map((record) => record.report()),
      result: { ...result },
      responseLengths: { before: lengths.response.before.histogram(), after: lengths.response.after.histogram() },
      promptLengths: { before: lengths.prompt.before.histogram(), after: lengths.prompt.after.histogram() },
      notices: noticesOf(config, parts.unit, rules),
    }),
  };
}

async function* passing(rows: Rows, see: (row: PipelineRow) => void): Rows {
  for await (const row of rows) {
    see(row);
    yield row;
  }
}

function stepFor(step: Exclude<PipelineStep, { kind: "merge" }> | PipelineStep, { benchmarks, verify }: PipelineParts): Step {
  switch (step.kind) {
    case "merge":
      throw new Error("unreachable: the contract lets a pipeline have one merge step");
    case "unique":
      return unique;
    case "thin":
      return thin(step);
    case "resample":
      return resample(step);
    case "check":
      if (step.verified && verify === null)
        throw new HeadstartError({
          code: "no-verifier",
          where: `pipeline step ${step.name ?? step.kind}`,
          message: "It asks for verified responses, and there is no verifier here.",
          hint: "Set verified to false.",
        });
      return check(step);
    case "decontaminate":
      return decontaminate(
        step,
        step.benchmarks.map((key) => benchmarks.get(key)!),
      );
  }
}

/** A dataset has one answer rule: where rows come with several, most rows' is taken. */
export function commonestRule(rules: ReadonlyMap<string, number>): string | null {
  return [...rules].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0] ?? null;
}

function noticesOf({ steps }: PipelineConfig, unit: LengthHistogram["unit"], rules: ReadonlyMap<string, number>): string[] {
  const notices: string[] = [];
  if (unit === "characters" && steps.some(({ kind }) => kind === "thin" || kind === "resample"))
    notices.push(
      "Lengths are characters, and so are the thresholds: name a checkpoint as the tokenizer to measure in tokens, as the paper does.",
    );
  if (rules.size > 1) {
    const chosen = commonestRule(rules);
    const others = [...rules].filter(([rule]) => rule !== chosen).map(([rule, count]) => `${count} by ${rule}`);
    notices.push(
      `The rows' answers are stated by different rules; the dataset's rule is ${chosen}, most rows'. The others: ${others.sort().join(", ")}.`,
    );
  }
  return notices;
}
