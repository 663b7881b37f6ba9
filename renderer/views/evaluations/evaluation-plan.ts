// What an evaluation will do before it is started: the protocol, what differs from it, and how many tokens it can take. Pure.
import type { z } from "zod";
import type { startEvaluationInput } from "../../../main/contract/api.ts";
import type { Benchmark } from "../../../main/contract/benchmark.ts";
import type { CheckpointCard } from "../../../main/contract/checkpoint.ts";
import type { ImportedDataset } from "../../../main/contract/imported-dataset.ts";
import { type EvalConfig, evalConfig } from "../../../main/contract/recipe.ts";

/** What a person chose; what is null follows the protocol. */
export interface EvaluationDraft {
  checkpoint: string | null;
  /** Null: a dataset's rows as they are. */
  benchmark: string | null;
  /** Imported version; null: the benchmark's own file. */
  dataset: string | null;
  limit: number | null;
  samplesPerProblem: number | null;
  temperature: number | null;
  topP: number | null;
  maxResponseTokens: number | null;
  instruction: string | null;
  seed: number;
}

export const newDraft: EvaluationDraft = {
  checkpoint: null,
  benchmark: "gsm8k",
  dataset: null,
  limit: null,
  samplesPerProblem: null,
  temperature: null,
  topP: null,
  maxResponseTokens: null,
  instruction: null,
  seed: 1,
};

export interface EvaluationPlan {
  /** The values that hold when nothing is changed. */
  protocol: Pick<EvalConfig, "samplesPerProblem" | "temperature" | "topP" | "maxResponseTokens"> & { instruction: string };
  /** Null while the number of problems is not known. */
  problems: number | null;
  mostTokens: number | null;
  /** What differs from the benchmark's published protocol, in words. */
  differences: string[];
  /** What is still to be chosen, in words; null: it can be started. */
  missing: string | null;
}

interface Chosen {
  benchmark: Benchmark | undefined;
  card: CheckpointCard | undefined;
  dataset: ImportedDataset | undefined;
}

export function planOf(draft: EvaluationDraft, { benchmark, card, dataset }: Chosen): EvaluationPlan {
  const published = benchmark?.eval ?? evalConfig.parse({ maxResponseTokens: 32_768 });
  // As the host chooses it: half of the positions is left for the problem.
  const room = card === undefined ? published.maxResponseTokens : Math.floor(card.file.model.maxPositionEmbeddings / 2);
  const { samplesPerProblem, temperature, topP } = published;
  const protocol = {
    samplesPerProblem,
    temperature,
    topP,
    maxResponseTokens: Math.max(1, Math.min(published.maxResponseTokens, room)),
    instruction: benchmark?.instruction ?? "",
  };
  // Of a file with dates only those of the benchmark's window are taken.
  const windowed = benchmark?.dates != null;
  const all = (windowed ? benchmark.problems : null) ?? dataset?.rows ?? benchmark?.problems ?? null;
  const problems = all === null ? draft.limit : Math.min(all, draft.limit ?? all);
  const n = draft.samplesPerProblem ?? samplesPerProblem;
  const budget = draft.maxResponseTokens ?? protocol.maxResponseTokens;
  const differences: string[] = [];
  if (benchmark !== undefined) {
    const differs = (name: string, own: number | string, theirs: number | string) =>
      own !== theirs && differences.push(`${name} ${own.toLocaleString("en-US")} in place of ${theirs.toLocaleString("en-US")}`);
    differs("n", n, samplesPerProblem);
    differs("temperature", draft.temperature ?? temperature, temperature);
    differs("top-p", draft.topP ?? topP, topP);
    differs("budget", budget, published.maxResponseTokens);
    if (draft.instruction !== null && draft.instruction !== benchmark.instruction) differences.push("another instruction");
    if (all !== null && problems !== null && problems < all)
      differences.push(`the first ${problems.toLocaleString("en-US")} of ${all.toLocaleString("en-US")} problems`);
    if (dataset !== undefined && !windowed && benchmark.problems !== null && dataset.rows !== benchmark.problems)
      differences.push(
        `${dataset.rows.toLocaleString("en-US")} rows where the published set has ${benchmark.problems.toLocaleString("en-US")}`,
      );
  }
  return {
    protocol,
    problems,
    mostTokens: problems === null ? null : problems * n * budget,
    differences,
    missing: missingOf(draft, benchmark),
  };
}

function missingOf(draft: EvaluationDraft, benchmark: Benchmark | undefined): string | null {
  if (draft.checkpoint === null) return "Choose a checkpoint.";
  if (benchmark === undefined && draft.dataset === null) return "Choose a benchmark, or an imported dataset.";
  if (benchmark !== undefined && benchmark.shipped === null && draft.dataset === null)
    return `${benchmark.name} does not come with Headstart: import its file under Datasets, then choose it here.`;
  return null;
}

/** What is null follows the protocol, which the host knows; where there is none, the budget is said. */
export function startInput(draft: EvaluationDraft, { protocol }: EvaluationPlan): z.input<typeof startEvaluationInput> {
  const { checkpoint, benchmark, dataset, limit, samplesPerProblem, temperature, topP, maxResponseTokens, instruction, seed } = draft;
  return {
    checkpoint: checkpoint ?? "",
    benchmark,
    dataset,
    limit,
    samplesPerProblem: samplesPerProblem ?? undefined,
    temperature: temperature ?? undefined,
    topP: topP ?? undefined,
    maxResponseTokens: maxResponseTokens ?? (benchmark === null ? protocol.maxResponseTokens : undefined),
    instruction: instruction ?? undefined,
    seed,
  };
}

/** What the host reads a benchmark's problems from when nothing is chosen: the newest version that has its key for a name. */
export function ownDataset(benchmark: Benchmark | undefined, datasets: ImportedDataset[]): ImportedDataset | undefined {
  const own = datasets.filter(({ name }) => name === benchmark?.key);
  return own.length === 0 ? undefined : own.reduce((newest, dataset) => (dataset.version > newest.version ? dataset : newest));
}

/** Whether a benchmark's problems can be read from a dataset of that shape: HumanEval's from HumanEval+ too. */
export function fitsBenchmark(benchmark: Benchmark, { mapping }: ImportedDataset): boolean {
  return mapping.shape === benchmark.shape || mapping.shape.startsWith(`${benchmark.shape}-`);
}
