// A pipeline on real files: its pools and benchmarks are opened, its rows written and its progress told. What the thread does, without
// the thread.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AnswerRule } from "../../contract/answer-rule.ts";
import type { PipelineProgress } from "../../contract/pipeline.ts";
import { openTokenizer } from "../../tokenizer/open-tokenizer.ts";
import { fileRow, LineFile } from "./dataset-file.ts";
import { datasetPool, loadBenchmark } from "./pool-rows.ts";
import { commonestRule, runPipeline } from "./run-pipeline.ts";
import { fileSpools } from "./spool.ts";
import type { StepContext } from "./step.ts";
import type { PipelineOutcome, PipelineTask, TaskTokenizer } from "./task.ts";

const progressMilliseconds = 100;
/** Rows between two looks at the clock. */
const checkedRows = 64;

export async function performPipeline(
  { config, pools, benchmarks, tokenizer, folder, write, version }: PipelineTask,
  ports: { tell(progress: PipelineProgress): void; verify: StepContext["verify"] },
): Promise<PipelineOutcome> {
  const merge = config.steps[0];
  const limits = merge.kind === "merge" ? merge.pools.map(({ limit }) => limit ?? Number.POSITIVE_INFINITY) : [];
  const totalRows = pools.reduce((sum, { rows }, i) => sum + Math.min(rows, limits[i]), 0);
  const names = config.steps.map(({ kind, name }) => name ?? kind);
  ports.tell({ activity: "benchmarks", rows: 0, totalRows, steps: names.map((name) => ({ name, in: 0, kept: 0, dropped: 0 })) });
  const loaded = new Map(benchmarks.map((source) => [source.key, loadBenchmark(source)]));
  const lengthOf = measure(tokenizer);

  let told = 0;
  let seen = 0;
  const tell = () => {
    if (seen++ % checkedRows !== 0 || performance.now() - told < progressMilliseconds) return;
    told = performance.now();
    ports.tell({ activity: "rows", totalRows, ...pipeline.progress() });
  };
  const spans = write ? new LineFile(join(folder, "spans.jsonl")) : null;
  const pipeline = runPipeline(config, {
    // A step that puts all rows aside first gives none meanwhile: progress is told where rows come from, too.
    pools: pools.map((dataset) => {
      const pool = datasetPool(dataset, lengthOf);
      function* open() {
        for (const row of pool.open()) {
          tell();
          yield row;
        }
      }
      return { ...pool, open };
    }),
    benchmarks: loaded,
    unit: tokenizer === null ? "characters" : "tokens",
    openSpool: fileSpools(folder),
    verify: ports.verify,
    onSpan: (span) => spans?.add(span),
  });
  const rows = write ? new LineFile(join(folder, "rows.jsonl")) : null;
  const rules = new Map<string, number>();
  for await (const row of pipeline.rows) {
    rows?.add(fileRow(row));
    if (row.answer !== null && row.answerRule !== null) rules.set(row.answerRule, (rules.get(row.answerRule) ?? 0) + 1);
    tell();
  }
  spans?.finish();
  ports.tell({ activity: "rows", totalRows, ...pipeline.progress() });
  return {
    report: { ...pipeline.report(), version },
    hash: rows?.finish() ?? null,
    answerRule: commonestRule(rules) as AnswerRule | null,
  };
}

/** Of a response: its tokens, or its characters. */
export function measure(tokenizer: TaskTokenizer): (text: string) => number {
  if (tokenizer === null) return (text) => text.length;
  const { files, folder } = tokenizer;
  const opened = openTokenizer(files, (name) => readFileSync(join(folder, name), "utf8"));
  return (text) => opened.encode(text).length;
}
