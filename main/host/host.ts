// The application: store, training thread and scheduler of one data folder, reached through the router by any host. It knows
// nothing of how it is reached, but for the socket in the data folder through which a second process becomes its client.
import { type ChooseFileInput, type DoctorReport, HeadstartError, type SystemInfo } from "../contract/index.ts";
import { openStore, type StoreClient } from "../store/client.ts";
import { type DatasetIndex, openDatasetIndex } from "../store/dataset-index.ts";
import type { CodeRunner } from "../verifiers/code/sandbox.ts";
import { startTrainingWorker, type TrainingWorker } from "../worker/client.ts";
import { CheckpointLibrary } from "./checkpoint-library.ts";
import { DataPipelines } from "./data-pipeline.ts";
import { DataThreads } from "./data-threads.ts";
import type { Entries } from "./entries.ts";
import { FileHandles } from "./file-handles.ts";
import { LiveEvents } from "./live-events.ts";
import { type LocalSocket, serveLocalSocket } from "./local-socket.ts";
import { problemsOf } from "./problems-of.ts";
import { Scheduler } from "./scheduler.ts";
import { Verifiers } from "./verifiers.ts";
import { version } from "./version.ts";

export interface HostOptions {
  dataFolder: string;
  resourcesFolder: string;
  kind: SystemInfo["host"];
  entries: Entries;
  /** Goes on by itself with what an earlier process left queued or running. */
  takeUp: boolean;
  startWorker?: typeof startTrainingWorker;
  /** Boundaries for model-written programs that this host has beside bubblewrap: Electron's sandboxed window. */
  codeRunners?: CodeRunner[];
  /** The system's dialog, where the host has a window. Null: nothing was chosen. */
  chooseFile?: (input: ChooseFileInput) => Promise<string | null>;
}

export interface Page {
  address: string;
  /** The address with a fresh one-time token, which lets one browser in. */
  newEntrance(): string;
}

export interface Host {
  readonly kind: SystemInfo["host"];
  readonly dataFolder: string;
  readonly store: StoreClient;
  readonly scheduler: Scheduler;
  readonly events: LiveEvents;
  readonly checkpoints: CheckpointLibrary;
  readonly verifiers: Verifiers;
  readonly importedDatasets: DatasetIndex;
  readonly dataPipelines: DataPipelines;
  /** For work on datasets' rows. */
  readonly dataThreads: DataThreads;
  readonly resourcesFolder: string;
  readonly files: FileHandles;
  readonly chooseFile: HostOptions["chooseFile"];
  /** Asks something of a checkpoint, on the training thread. */
  ask: TrainingWorker["ask"];
  info(): SystemInfo;
  /** Asks the training thread, starting it if need be. */
  engine(measure: boolean): Promise<DoctorReport["engine"]>;
  /** Where a browser finds the page; null while none is served. */
  readonly page: Page | null;
  setPage(page: Page): void;
  close(): Promise<void>;
}

/** How long a stage may take to notice that it is to end, before its thread is ended under it. What is committed stays. */
const closeLimitMilliseconds = 10_000;

export async function createHost(options: HostOptions): Promise<Host> {
  const { dataFolder, resourcesFolder, kind, entries, takeUp, startWorker = startTrainingWorker } = options;
  const store = await openStore({ dataFolder, entry: entries.store });
  const events = new LiveEvents();
  let worker: TrainingWorker | null = null;
  let engineLine: string | null = null;
  let page: Page | null = null;
  let socket: LocalSocket | null = null;
  let closing: Promise<void> | null = null;

  const verifiers = new Verifiers({ mathVerifier: entries.mathVerifier, codeRunners: options.codeRunners ?? [] });
  const trainingWorker = (): TrainingWorker => {
    worker ??= startWorker({ entry: entries.worker, verify: (request) => verifiers.verify(request) });
    return worker;
  };
  const importedDatasets = openDatasetIndex({ dataFolder, entry: entries.datasetIndex });
  const checkpoints = new CheckpointLibrary({ store, dataFolder, resourcesFolder });
  const dataThreads = new DataThreads(entries.dataPipeline, (request) => verifiers.verify(request));
  const dataPipelines = new DataPipelines({
    dataFolder,
    resourcesFolder,
    importedDatasets,
    checkpoints,
    threads: dataThreads,
  });
  const engine = async (measure: boolean): Promise<DoctorReport["engine"]> => {
    const report = await trainingWorker().describeEngine(measure);
    engineLine = engineInWords(report);
    return report;
  };
  const scheduler = new Scheduler({
    store,
    worker: trainingWorker,
    engineLine: async () => engineLine ?? engineInWords(await engine(false)),
    events,
    importedProblems: ({ recipe, seed }) => problemsOf(importedDatasets, recipe, seed),
    checkpointPlace: (id) => checkpoints.place(id),
    dataFolder,
    resourcesFolder,
  });

  const close = async () => {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, closeLimitMilliseconds);
    });
    const left = scheduler.close();
    await Promise.race([left, limit]);
    clearTimeout(timer);
    await worker?.close();
    await dataThreads.close();
    await Promise.all([verifiers.close(), importedDatasets.close()]);
    await left; // the thread's end ends a stage that was still on it
    await socket?.close();
    await store.close();
  };

  const host: Host = {
    kind,
    dataFolder,
    store,
    scheduler,
    events,
    checkpoints,
    verifiers,
    importedDatasets,
    dataPipelines,
    dataThreads,
    resourcesFolder,
    files: new FileHandles(),
    chooseFile: options.chooseFile,
    ask: (question, onPartial, signal) => trainingWorker().ask(question, onPartial, signal),
    info: () => ({ version, host: kind, dataFolder, engine: engineLine, pid: process.pid, address: page?.address ?? null }),
    engine,
    get page() {
      return page;
    },
    setPage(served) {
      page = served;
    },
    close() {
      closing ??= close();
      return closing;
    },
  };

  try {
    socket = await serveLocalSocket(host);
    await store.announceSocket(socket.path);
    if (takeUp) await scheduler.takeUp();
  } catch (thrown) {
    await host.close();
    throw thrown;
  }
  return host;
}

function engineInWords(engine: DoctorReport["engine"]): string {
  const device = engine.gpu ?? `${engine.threads} CPU threads`;
  return `${engine.backend}, TensorFlow ${engine.tensorflow}, ${device}`;
}

/** A data folder that another process holds: createHost throws this and openers then try to become its client. */
export function isHeldElsewhere(thrown: unknown): thrown is HeadstartError {
  return thrown instanceof HeadstartError && thrown.code === "data-folder-locked";
}
