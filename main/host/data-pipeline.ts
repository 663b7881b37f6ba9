// The data pipeline as the application runs it: its parts looked up, its thread started and listened to, and what it makes published as
// an imported dataset. Made datasets lie in the data folder:
//
//   pipelines/<first 16 digits of the rows' sha256>/rows.jsonl    the rows; the same rows are one file, whatever made them
//                                                  /report-<dataset>.json, spans-<dataset>.jsonl    what became that version
//
// A folder has its name only when its rows are whole and on disk; the ones that are being made begin with a dot and are removed when
// the data folder is opened again. Removing the dataset leaves its rows, as it leaves any imported file.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { Worker } from "node:worker_threads";
import {
  HeadstartError,
  type ImportedDataset,
  type MatchedSpan,
  type Page,
  type PipelineConfig,
  type PipelineProgress,
  type PipelineReport,
  pipelineReport,
} from "../contract/index.ts";
import { fileMapping } from "../data/pipeline/dataset-file.ts";
import type { BenchmarkSource, DatasetFile } from "../data/pipeline/pool-rows.ts";
import type { PipelineMessage, PipelineOutcome, PipelineTask, VerdictMessage } from "../data/pipeline/task.ts";
import { readCheckpointFile } from "../formats/checkpoint-folder.ts";
import { syncFolder, writeAside } from "../formats/write-aside.ts";
import type { DatasetIndex } from "../store/dataset-index.ts";
import { benchmarks } from "../studies/benchmarks.ts";
import type { CheckpointLibrary } from "./checkpoint-library.ts";
import type { Verifiers } from "./verifiers.ts";
import { version } from "./version.ts";

export interface PipelineHost {
  dataFolder: string;
  resourcesFolder: string;
  importedDatasets: DatasetIndex;
  checkpoints: CheckpointLibrary;
  verifiers: Verifiers;
  /** data/pipeline/thread.ts, or what it was bundled to. */
  entry: URL;
}

export interface PipelineOptions {
  onProgress?(progress: PipelineProgress): void;
  /** Ends the pipeline; it rejects with code "cancelled" and leaves nothing behind. */
  signal?: AbortSignal;
}

const unfinishedPrefix = ".unfinished-";
/** V8's heap of the thread: a million prompts' keys and the benchmarks' words, with room. */
const resourceLimits = { maxOldGenerationSizeMb: 2048 };

const failure = (code: string, where: string, message: string, hint: string) => new HeadstartError({ code, where, message, hint });
const cancelled = () => failure("cancelled", "data pipeline", "The pipeline was cancelled.", "Run it again when you want it.");

export class DataPipelines {
  readonly #host: PipelineHost;
  readonly #running = new Set<() => Promise<void>>();
  #closed = false;

  constructor(host: PipelineHost) {
    this.#host = host;
    const folder = this.#folder();
    if (!existsSync(folder)) return;
    for (const name of readdirSync(folder))
      if (name.startsWith(unfinishedPrefix)) rmSync(join(folder, name), { recursive: true, force: true });
  }

  /** All of it but writing the rows; with a limit, of the first rows of each pool. */
  async preview(config: PipelineConfig, limit: number | null, options: PipelineOptions = {}): Promise<PipelineReport> {
    const started = performance.now();
    const first = limit === null ? config : limited(config, limit);
    const { report } = await this.#perform(first, false, options, async (_folder, outcome) => outcome);
    return dated(report, started);
  }

  /** The result as a version of an imported dataset, with its report. */
  async run(config: PipelineConfig, options: PipelineOptions = {}): Promise<{ dataset: ImportedDataset; report: PipelineReport }> {
    const started = performance.now();
    return this.#perform(config, true, options, async (folder, { report, hash, answerRule }) => {
      if (report.result.rows === 0)
        throw failure("nothing-left", `pipeline ${config.name}`, "No row is left after the last step.", "Look at what each step drops: headstart data pipeline CONFIG --dry-run."); // biome-ignore format: one thought
      const published = this.#publish(folder, hash!);
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
        { path: join(published, "rows.jsonl"), name: config.name, mapping: fileMapping(answerRule) },
        { signal: options.signal },
      );
      const whole = dated(report, started);
      if (existsSync(join(folder, "spans.jsonl"))) renameSync(join(folder, "spans.jsonl"), spansFile(published, dataset.id));
      writeAside(reportFile(published, dataset.id), (append) => append(new TextEncoder().encode(`${JSON.stringify(whole)}\n`)));
      return { dataset, report: whole };
    });
  }

  /** Throws no-report for a dataset that no pipeline made. */
  async report(datasetId: string): Promise<PipelineReport> {
    const path = reportFile(await this.#madeIn(datasetId), datasetId);
    const parsed = pipelineReport.safeParse(JSON.parse(readFileSync(path, "utf8")));
    if (parsed.success) return parsed.data;
    throw failure("unreadable-report", path, "The pipeline's report is not one of this version of Headstart.", "Run the pipeline again.");
  }

  /** The matched spans of a made dataset, in the order in which rows were dropped. */
  async spans(datasetId: string, { offset, limit }: { offset: number; limit: number }): Promise<Page<MatchedSpan>> {
    const path = spansFile(await this.#madeIn(datasetId), datasetId);
    const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : [];
    return { total: lines.length, rows: lines.slice(offset, offset + limit).map((line) => JSON.parse(line) as MatchedSpan) };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#running].map((end) => end()));
  }

  async #madeIn(datasetId: string): Promise<string> {
    const folder = dirname((await this.#host.importedDatasets.get(datasetId)).path);
    if (dirname(folder) === this.#folder() && existsSync(reportFile(folder, datasetId))) return folder;
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
    options: PipelineOptions,
    finish: (folder: string, outcome: PipelineOutcome) => Promise<Result>,
  ): Promise<Result> {
    const parts = await this.#parts(config);
    if (this.#closed) throw cancelled();
    mkdirSync(this.#folder(), { recursive: true });
    const folder = mkdtempSync(join(this.#folder(), unfinishedPrefix));
    try {
      return await finish(folder, await this.#inThread({ config, ...parts, folder, write, version }, options));
    } finally {
      rmSync(folder, { recursive: true, force: true }); // what was published has left it
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
    let tokenizer: PipelineTask["tokenizer"] = null;
    if (config.tokenizer !== null) {
      const { folder } = await checkpoints.place((await checkpoints.card(config.tokenizer)).id);
      tokenizer = { folder, files: readCheckpointFile(folder).tokenizer };
    }
    return { pools, benchmarks: found, tokenizer };
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
    const own = datasets.filter(({ name }) => name === key).sort((a, b) => b.version - a.version)[0];
    if (own) return { key, source: { dataset: own }, dates: known.dates };
    const file = known.shipped === null ? null : join(resourcesFolder, known.shipped);
    if (file !== null && existsSync(file)) return { key, source: { file, shippedAs: known.shipped! }, dates: known.dates };
    throw failure("no-benchmark-file", `benchmark ${key}`, `The problems of ${known.name} are not shipped with Headstart.`, `Import their file under the name ${key}: headstart data import FILE --name ${key}.`); // biome-ignore format: one thought
  }

  #inThread(task: PipelineTask, { onProgress, signal }: PipelineOptions): Promise<PipelineOutcome> {
    const { entry, verifiers } = this.#host;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(cancelled());
      const worker = new Worker(entry, { workerData: task, resourceLimits });
      let settling: Promise<void> | null = null;
      // What it was writing to is closed only when it has ended.
      const settle = (act: () => void): Promise<void> => {
        settling ??= worker.terminate().then(() => {
          signal?.removeEventListener("abort", cancel);
          this.#running.delete(end);
          act();
        });
        return settling;
      };
      const end = () => settle(() => reject(cancelled()));
      const cancel = () => void end();
      this.#running.add(end);
      signal?.addEventListener("abort", cancel, { once: true });
      worker.on("message", (message: PipelineMessage) => {
        if (message.type === "progress") onProgress?.(message.progress);
        else if (message.type === "result") void settle(() => resolve(message.outcome));
        else if (message.type === "error") void settle(() => reject(new HeadstartError(message.error)));
        else
          void verifiers.verify(message.request).then(
            (verification) => worker.postMessage({ id: message.id, verification } satisfies VerdictMessage),
            (thrown) => void settle(() => reject(thrown)),
          );
      });
      worker.on("error", (cause: Error) => void settle(() => reject(stopped(cause))));
      worker.on("exit", () => void settle(() => reject(stopped(new Error("it ended without an answer")))));
    });
  }

  /** The rows under their name; ones that are there already stay, with the time at which they were imported. */
  #publish(folder: string, hash: string): string {
    const name = join(this.#folder(), hash.slice(0, 16));
    if (existsSync(join(name, "rows.jsonl"))) return name;
    mkdirSync(name, { recursive: true });
    syncFolder(this.#folder());
    renameSync(join(folder, "rows.jsonl"), join(name, "rows.jsonl"));
    syncFolder(name);
    return name;
  }

  #folder(): string {
    return join(this.#host.dataFolder, "pipelines");
  }
}

const reportFile = (folder: string, datasetId: string): string => join(folder, `report-${datasetId}.json`);
const spansFile = (folder: string, datasetId: string): string => join(folder, `spans-${datasetId}.jsonl`);

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

function stopped(cause: Error): HeadstartError {
  const memory = (cause as { code?: string }).code === "ERR_WORKER_OUT_OF_MEMORY";
  return memory
    ? failure(
        "out-of-memory",
        "data pipeline",
        "The pipeline took more memory than it may.",
        "Give it fewer pools at a time, or rows with shorter texts.",
      )
    : failure(
        "pipeline-stopped",
        "data pipeline",
        `The thread of the pipeline stopped: ${cause.message}`,
        "Run it again; nothing was changed.",
      );
}
