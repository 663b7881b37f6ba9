// From what a person asks to evaluate to the recipe that is run: the benchmark's protocol, what departs from it, and the dataset
// that holds its problems.
import {
  type Benchmark,
  type EvaluationRecipe,
  evaluationRecipe,
  HeadstartError,
  type ImportedDataset,
  type StartEvaluationInput,
} from "../contract/index.ts";
import { benchmarks } from "../studies/benchmarks.ts";
import { benchmarkPlace } from "./benchmark-file.ts";
import type { Host } from "./host.ts";

export async function evaluationRecipeFor(host: Host, input: StartEvaluationInput): Promise<EvaluationRecipe> {
  const card = await host.checkpoints.card(input.checkpoint);
  const benchmark = input.benchmark === null ? null : benchmarkOf(input.benchmark);
  const dataset = await datasetFor(host, benchmark, input.dataset);
  const protocol = evaluationRecipe.shape.eval.parse({ ...benchmark?.eval });
  // The prompt needs positions too: half is left to it.
  const positions = Math.floor(card.file.model.maxPositionEmbeddings / 2);
  const { samplesPerProblem, temperature, topP, maxResponseTokens, instruction, limit } = input;
  return evaluationRecipe.parse({
    kind: "evaluation",
    name: `${card.id} on ${benchmark?.name ?? dataset.id}`,
    checkpoint: card.id,
    benchmark: benchmark?.key ?? null,
    data: { dataset: dataset.id, limit, dates: benchmark?.dates ?? null },
    instruction: instruction ?? benchmark?.instruction ?? "",
    eval: {
      ...protocol,
      samplesPerProblem: samplesPerProblem ?? protocol.samplesPerProblem,
      temperature: temperature ?? protocol.temperature,
      topP: topP ?? protocol.topP,
      maxResponseTokens: maxResponseTokens ?? Math.min(protocol.maxResponseTokens, positions),
    },
  });
}

function benchmarkOf(key: string): Benchmark {
  const found = benchmarks.find((benchmark) => benchmark.key === key);
  if (found) return found;
  throw new HeadstartError({
    code: "unknown-benchmark",
    where: `benchmark ${key}`,
    message: `There is no benchmark ${key}.`,
    hint: `Choose one of ${benchmarks.map((benchmark) => benchmark.key).join(", ")}, or an imported dataset.`,
  });
}

/** The one that was named; else the newest that has the benchmark's name; else the shipped file, which is then imported. */
async function datasetFor(
  { importedDatasets, resourcesFolder }: Pick<Host, "importedDatasets" | "resourcesFolder">,
  benchmark: Benchmark | null,
  id: string | null,
): Promise<ImportedDataset> {
  if (id !== null) return importedDatasets.get(id);
  if (benchmark === null)
    throw new HeadstartError({
      code: "bad-input",
      where: "evaluations.start",
      message: "Neither a benchmark nor a dataset was chosen.",
      hint: "Choose one of them.",
    });
  const place = benchmarkPlace(benchmark, await importedDatasets.list(), resourcesFolder);
  return "dataset" in place ? place.dataset : importedDatasets.import({ path: place.file, name: benchmark.key });
}
