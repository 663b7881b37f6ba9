// The data pipeline as the application runs it: its parts looked up, its work given to a thread, and what it makes published as an
// imported dataset whose rows lie in the data folder (pipeline-folders.ts). Removing the dataset leaves its rows, as it leaves any
// imported file.
import { createReadStream, existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import {
  HeadstartError,
  type ImportedDataset,
  type MatchedSpan,
  type Page,
  type PipelineConfig,
  type PipelineReport,
  pipelineReport,
} from "../contract/index.ts";
import { fileMapping } from "../data/pipeline/dataset-file.ts";
import type { BenchmarkSource, DatasetFile } from "../data/pipeline/pool-rows.ts";
import type { PipelineOutcome, PipelineTask, TaskTokenizer } from "../data/pipeline/task.ts";
import { readCheckpointFile } from "../formats/checkpoint-folder.ts";
import type { DatasetIndex } from "../store/dataset-index.ts";
import { benchmarks } from "../studies/benchmarks.ts";
import { benchmarkPlace } from "./benchmark-file.ts";
import type { CheckpointLibrary } from "./checkpoint-library.ts";
import type { DataTaskOptions, DataThreads } from "./data-threads.ts";
import {
  newPipelineFolder,
  pipelinesFolder,
  publishReport,
  publishRows,
  removeUnfinished,
  reportFile,
  rowsFile,
  spansFile,
} from "./pipeline-folders.ts";
import { version } from "./version.ts";

export interface PipelineHost {
  dataFolder: string;
  resourcesFolder: string;
  importedDatasets: DatasetIndex;
  checkpoints: CheckpointLibrary;
  threads: DataThreads;
}

const failure = (code: string, where: string, message: string, hint: string) => new HeadstartError({ code, where, message, hint });

export class DataPipelines {
  readonly #host: PipelineHost;

  constructor(host: PipelineHost) {
    this.#host = host;
    removeUnfinished(host.dataFolder);
  }

  /** All of it but writing the rows; with a limit, of the first rows of each pool. */
  async preview(config: PipelineConfig, limit: number | null, options: DataTaskOptions = {}): Promise<PipelineReport> {
    const started = performance.now();
    const first = limit === null ? config : limited(config, limit);
    const { report } = await this.#perform(first, false, options, async (_folder, outcome) => outcome);
    return dated(report, started);
  }

  /** The result as a version of an imported dataset, with its report. */
  async run(config: PipelineConfig, options: DataTaskOptions = {}): Promise<{ dataset: ImportedDataset; report: PipelineReport }> {
    const started = performance.now();
    return this.#perform(config, true, options, async (folder, { report, hash, answerRule }) => {
      if (report.result.rows === 0)
        throw failure("nothing-left", `pipeline ${config.name}`, "No row is left after the last step.", "Look at what each step drops: headstart data pipeline CONFIG --dry-run."); // biome-ignore format: one thought
      const published = await publishRows(this.#host.dataFolder, folder, hash!);
      const last = report.steps[report.steps.length - 1].kept.rows;
      const importing = { activity: "importing", rows: last, totalRows: last } as const;
      const steps = report.steps.map(({ name, in: taken, kept }) => ({
        name,
        in: taken.rows,
        kept: kept.rows,
        dropped: taken.rows - kept.rows,
      }));
      options.onProgress?.({ ...importing, steps });
      const dataset = await this.#host.importedDatasets.import(
        { path: rowsFile(published), name: config.name, mapping: fileMapping(answerRule) },
        { signal: options.signal },
      );
      const whole = dated(report, started);
      await publishReport(published, folder, dataset.id, whole);
      return { dataset, report: whole };
    });
  }

  /** Throws no-report for a dataset that no pipeline made. */
  async report(datasetId: string): Promise<PipelineReport> {
    const path = reportFile(await this.#madeIn(datasetId), datasetId);
    const parsed = pipelineReport.safeParse(JSON.parse(await readFile(path, "utf8")));
    if (parsed.success) return parsed.data;
    throw failure("unreadable-report", path, "The pipeline's report is not one of this version of Headstart.", "Run the pipeline again.");
  }

  /** The matched spans of a made dataset, in the order in which rows were dropped. */
  async spans(datasetId: string, { offset, limit }: { offset: number; limit: number }): Promise<Page<MatchedSpan>> {
    const path = spansFile(await this.#madeIn(datasetId), datasetId);
    const total = (await this.report(datasetId)).steps.reduce((sum, { spans }) => sum + (spans?.total ?? 0), 0);
    const rows: MatchedSpan[] = [];
    // Line by line: there may be a million.
    const input = createReadStream(path);
    let at = 0;
    for await (const line of createInterface({ input })) {
      if (at++ < offset) continue;
      if (rows.push(JSON.parse(line) as MatchedSpan) === limit) break;
    }
    input.destroy();
    return { total, rows };
  }

  async #madeIn(datasetId: string): Promise<string> {
    const folder = dirname((await this.#host.importedDatasets.get(datasetId)).path);
    if (dirname(folder) === pipelinesFolder(this.#host.dataFolder) && existsSync(reportFile(folder, datasetId))) return folder;
    throw failure(
      "no-report",
      `dataset ${datasetId}`,
      "No pipeline made this dataset.",
      "Reports are of the datasets that headstart data pipeline makes.",
    );
  }

  async #perform<Result>(
    config: PipelineConfig,
    write: boolean,
    options: DataTaskOptions,
    finish: (folder: string, outcome: PipelineOutcome) => Promise<Result>,
  ): Promise<Result> {
    const parts = await this.#parts(config);
    const folder = await newPipelineFolder(this.#host.dataFolder);
    try {
      return await finish(folder, await this.#host.threads.run({ kind: "pipeline", config, ...parts, folder, write, version }, options));
    } finally {
      await rm(folder, { recursive: true, force: true }); // what was published has left it
    }
  }

  /** What the config names, looked up; throws for what is not there. */
  async #parts(config: PipelineConfig): Promise<Pick<PipelineTask, "pools" | "benchmarks" | "tokenizer">> {
    const { importedDatasets, checkpoints } = this.#host;
    const pools: DatasetFile[] = [];
    const keys = new Set<string>();
    for (const step of config.steps) {
      if (step.kind === "merge") for (const { dataset } of step.pools) pools.push(await importedDatasets.get(dataset));
      if (step.kind === "decontaminate") for (const key of step.benchmarks) keys.add(key);
    }
    const found: BenchmarkSource[] = [];
    for (const key of keys) found.push(await this.#benchmark(key));
    return { pools, benchmarks: found, tokenizer: await taskTokenizer(checkpoints, config.tokenizer) };
  }

  /** As evaluations find a benchmark: the newest dataset of its name, else the shipped file. Any other name is a dataset version. */
  async #benchmark(key: string): Promise<BenchmarkSource> {
    const { importedDatasets, resourcesFolder } = this.#host;
    const known = benchmarks.find((benchmark) => benchmark.key === key);
    const datasets = await importedDatasets.list();
    if (!known) {
      const dataset = datasets.find(({ id }) => id === key);
      if (dataset) return { key, source: { dataset }, dates: null };
      const keys = benchmarks.map((benchmark) => benchmark.key).join(", ");
      throw failure("unknown-benchmark", `pipeline benchmark ${key}`, `There is neither a benchmark nor an imported dataset ${key}.`, `Choose one of ${keys}, or a dataset version: headstart data list.`); // biome-ignore format: one thought
    }
    return { key, source: benchmarkPlace(known, datasets, resourcesFolder), dates: known.dates };
  }
}

/** For a thread, which opens it itself; null: lengths are characters. */
export async function taskTokenizer(checkpoints: CheckpointLibrary, checkpoint: string | null): Promise<TaskTokenizer> {
  if (checkpoint === null) return null;
  const { folder } = await checkpoints.place((await checkpoints.card(checkpoint)).id);
  return { folder, files: readCheckpointFile(folder).tokenizer };
}

const dated = (report: PipelineOutcome["report"], started: number): PipelineReport => ({
  ...report,
  seconds: (performance.now() - started) / 1000,
  createdAt: new Date().toISOString(),
});

function limited(config: PipelineConfig, rows: number): PipelineConfig {
  const steps = config.steps.map((step) =>
    step.kind === "merge" ? { ...step, pools: step.pools.map((pool) => ({ ...pool, limit: Math.min(rows, pool.limit ?? rows) })) } : step,
  );
  return { ...config, steps };
}
