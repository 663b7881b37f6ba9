// The store as the host sees it: every method is a message to the store's thread and resolves once the thread has answered.
// A write resolves after its commit, so what a caller was told is stored survives a crash.
//
// Back-pressure: `ingest` resolves after the commit. Whoever produces events awaits it (or keeps a small, fixed number of calls
// unresolved); so a slow disk slows the producer and no queue grows.
//
// This file imports nothing of SQLite: hosts bundle it, the thread's entry file is a parameter.
import { Worker } from "node:worker_threads";
import { HeadstartError } from "../contract/errors.ts";
import type {
  CheckpointRecord,
  DatasetSummary,
  DoctorReport,
  ErrorRecord,
  EvaluationRecord,
  MetricColumns,
  Page,
  ProblemDetail,
  ProblemInput,
  ProblemResult,
  ProblemRow,
  ProblemRuns,
  ProblemsInput,
  Rollout,
  RolloutRow,
  RolloutsInput,
  Sample,
  SampleRow,
  SamplesInput,
  StageEvent,
  StagePlan,
  Status,
  StudyRecipe,
  StudyRecord,
  Verdict,
} from "../contract/index.ts";

export { importedCheckpointFolder, studyFolder } from "./folders.ts";

export interface NewStudy {
  /** Names the study's folder too: letters, digits, dots, dashes, underscores. */
  id: string;
  name: string;
  recipe: StudyRecipe;
  recipeHash: string;
  seed: number;
  /** In order; the stage at index i gets the id `${id}-${i}`. */
  stages: StagePlan[];
  codeVersion: string;
}

/** How the rollouts of one step ended. */
/** A rollout without its text: what replay works on. */
export type CompactRollout = Pick<Rollout, "problemId" | "reward" | "verdict" | "tokens" | "finishReason" | "advantage" | "inLoss"> & {
  step: number;
};

export interface RolloutStep {
  step: number;
  rollouts: number;
  verdicts: Record<Verdict, number>;
}

export interface RolloutTokens {
  ids: Int32Array;
  logprobs: Float32Array;
  entropies: Float32Array;
}

/** What statistics need of an evaluation sample. */
export interface CompactSample {
  problemId: string;
  source: string;
  sampleIndex: number;
  reward: number;
  verdict: Verdict;
  tokens: number;
}

export interface ImportedCheckpoint {
  id: string;
  /** Relative to the data folder: checkpoints/<id>. */
  path: string;
  /** What it was imported from. */
  source: string;
  parameters: number;
  createdAt: string;
}

export interface StoreClient {
  // studies.ts
  createStudy(study: NewStudy): Promise<StudyRecord>;
  /** Throws unknown-study. */
  study(id: string): Promise<StudyRecord>;
  /** One more stage after the last; the study is queued again. */
  appendStage(studyId: string, plan: StagePlan): Promise<StudyRecord>;
  /** Newest first. */
  studies(): Promise<StudyRecord[]>;
  /** done, failed and cancelled set finishedAt; any other status clears it. The error is kept only for this status. */
  setStudyStatus(id: string, status: Status, error?: ErrorRecord): Promise<void>;
  setEngine(studyId: string, engine: string): Promise<void>;
  /** Removes rows, token files and checkpoints: the whole folder studies/<id>. Datasets stay. */
  removeStudy(id: string): Promise<void>;

  // stages.ts
  /** Status running; startedAt is kept if it was set. */
  startStage(stageId: string): Promise<void>;
  setStageStatus(stageId: string, status: Status, error?: ErrorRecord): Promise<void>;
  addActiveSeconds(stageId: string, seconds: number): Promise<void>;
  /**
   * Takes back what the stage produced past `step` (everything when null), in one transaction: metrics, rollouts, evaluations,
   * checkpoints, its result. An evaluation stage keeps its samples, as unfinished ones. Their checkpoint folders are gone when this resolves. To be called before a stage is run again.
   */
  supersede(stageId: string, step: number | null): Promise<void>;

  // ingest.ts
  /**
   * Stores the events in order, in one transaction: all or none. What is stored already (a metric of a step, the rollouts of a
   * step, an evaluation, a checkpoint) is refused with already-stored; a dataset may come again.
   */
  ingest(stageId: string, events: StageEvent[]): Promise<void>;

  // metrics.ts
  metrics(stageId: string): Promise<MetricColumns>;

  // rollouts.ts
  /** Without a step: the latest step first. */
  rollouts(input: RolloutsInput): Promise<Page<RolloutRow>>;
  /** All of a stage, without their texts, in order. */
  allRollouts(stageId: string): Promise<CompactRollout[]>;
  /** Ascending. */
  rolloutSteps(stageId: string): Promise<RolloutStep[]>;
  rolloutTokens(rolloutId: number): Promise<RolloutTokens>;

  // evaluations.ts
  /** In the order they were made; those that are complete. */
  evaluations(studyId: string): Promise<EvaluationRecord[]>;
  evaluationSamples(input: SamplesInput): Promise<Page<SampleRow>>;
  allEvaluationSamples(evaluationId: string): Promise<CompactSample[]>;
  evaluation(id: string): Promise<EvaluationRecord>;
  /** Solve rates, in the order of problem ids. */
  problemResults(evaluationId: string): Promise<ProblemResult[]>;
  /** Complete ones of studies of kind evaluation, newest first. */
  benchmarkEvaluations(): Promise<EvaluationRecord[]>;
  /** Of an evaluation that the stage has begun and not completed. */
  unfinishedSamples(stageId: string): Promise<Sample[]>;
  samplesOf(evaluationId: string): Promise<Sample[]>;

  // checkpoints.ts
  checkpoints(studyId: string): Promise<CheckpointRecord[]>;
  /** The one with the highest step, null when the stage has none. */
  latestCheckpoint(stageId: string): Promise<CheckpointRecord | null>;
  /** Its folder must be whole before. */
  addImportedCheckpoint(checkpoint: ImportedCheckpoint): Promise<void>;
  /** Newest first. */
  importedCheckpoints(): Promise<ImportedCheckpoint[]>;
  /** Of all studies, newest first. */
  trainedCheckpoints(): Promise<CheckpointRecord[]>;
  /** With its folder. */
  removeImportedCheckpoint(id: string): Promise<void>;

  // datasets.ts
  /** Newest first. */
  datasets(): Promise<DatasetSummary[]>;
  /** Throws unknown-dataset. */
  dataset(id: string): Promise<DatasetSummary>;
  problems(input: ProblemsInput): Promise<Page<ProblemRow>>;
  problem(input: ProblemInput): Promise<ProblemDetail>;
  problemRuns(input: ProblemInput): Promise<ProblemRuns>;
  /** Of a row of an imported dataset version, in all studies that took it. */
  importedRowRuns(datasetId: string, row: number): Promise<ProblemRuns>;

  // thread.ts
  stats(): Promise<DoctorReport["store"]>;
  /** Tells openers that find the folder locked where this process listens. */
  announceSocket(socket: string | null): Promise<void>;
  /** Finishes what was asked before, closes the database, frees the folder. */
  close(): Promise<void>;
}

/** Client → thread. */
export interface StoreCall {
  id: number;
  method: keyof StoreClient;
  args: unknown[];
}
/** Thread → client. Id 0 stands for the opening itself. */
export type StoreAnswer = { type: "result"; id: number; value: unknown } | { type: "error"; id: number; error: ErrorRecord };

const methods: Record<keyof StoreClient, true> = {
  createStudy: true,
  appendStage: true,
  study: true,
  studies: true,
  setStudyStatus: true,
  setEngine: true,
  removeStudy: true,
  startStage: true,
  setStageStatus: true,
  addActiveSeconds: true,
  supersede: true,
  ingest: true,
  metrics: true,
  rollouts: true,
  allRollouts: true,
  rolloutSteps: true,
  rolloutTokens: true,
  evaluations: true,
  evaluationSamples: true,
  allEvaluationSamples: true,
  evaluation: true,
  problemResults: true,
  benchmarkEvaluations: true,
  unfinishedSamples: true,
  samplesOf: true,
  checkpoints: true,
  latestCheckpoint: true,
  addImportedCheckpoint: true,
  importedCheckpoints: true,
  trainedCheckpoints: true,
  removeImportedCheckpoint: true,
  datasets: true,
  dataset: true,
  problems: true,
  problem: true,
  problemRuns: true,
  importedRowRuns: true,
  stats: true,
  announceSocket: true,
  close: true,
};

const closed = () =>
  new HeadstartError({ code: "store-closed", where: "store", message: "The store is closed.", hint: "Open the data folder again." });
const crashed = (cause: Error) =>
  new HeadstartError(
    {
      code: "store-stopped",
      where: "store thread",
      message: `The store stopped: ${cause.message}`,
      hint: "Restart Headstart; what was stored is kept.",
    },
    { cause },
  );

/**
 * Opens the data folder (made if absent), locks it, brings the schema up to date. Throws data-folder-locked when another
 * process, or this one, holds the folder: its pid is in the message.
 * `entry` is thread.ts, or what it was bundled to.
 */
export async function openStore(options: { dataFolder: string; entry: string | URL }): Promise<StoreClient> {
  const worker = new Worker(options.entry, { workerData: { dataFolder: options.dataFolder } });
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let lastId = 0;
  let stopped: HeadstartError | null = null;

  const opened = new Promise<void>((resolve, reject) => waiting.set(0, { resolve: () => resolve(), reject }));
  const exited = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  const stop = (error: HeadstartError) => {
    stopped ??= error;
    for (const { reject } of waiting.values()) reject(stopped);
    waiting.clear();
  };
  worker.on("message", (answer: StoreAnswer) => {
    const caller = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.type === "error") caller?.reject(new HeadstartError(answer.error));
    else caller?.resolve(answer.value);
  });
  worker.on("error", (cause: Error) => stop(crashed(cause)));
  worker.on("exit", () => stop(closed()));

  const call = (method: keyof StoreClient, args: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (stopped) return reject(stopped);
      const message: StoreCall = { id: ++lastId, method, args };
      worker.postMessage(message);
      waiting.set(message.id, { resolve, reject });
    });

  await opened;
  const client = Object.fromEntries(
    Object.keys(methods).map((method) => [method, (...args: unknown[]) => call(method as keyof StoreClient, args)]),
  ) as unknown as StoreClient;
  let closing: Promise<unknown> | null = null;
  client.close = async () => {
    closing ??= stopped ? Promise.resolve() : call("close", []);
    await closing;
    await exited;
  };
  return client;
}
