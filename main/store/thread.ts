// The store's thread: opens the data folder, then answers one call after the other. All of SQLite is behind this file.
import { join } from "node:path";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { Database } from "better-sqlite3";
import type { DoctorReport } from "../contract/index.ts";
import { checkpointsArea } from "./checkpoints.ts";
import type { StoreAnswer, StoreCall, StoreClient } from "./client.ts";
import { openDatabase } from "./database.ts";
import { datasetsArea } from "./datasets.ts";
import { storeErrorRecord } from "./errors.ts";
import { evaluationsArea } from "./evaluations.ts";
import { databasePath, folderBytes, makeFolderDurably } from "./folders.ts";
import { garbageArea } from "./garbage.ts";
import { ingestArea } from "./ingest.ts";
import { type Lock, lockDataFolder } from "./lock.ts";
import { metricsArea } from "./metrics.ts";
import { schemaVersion } from "./migrations/migrate.ts";
import { problemRunsArea } from "./problem-runs.ts";
import { rolloutsArea } from "./rollouts.ts";
import { stagesArea } from "./stages.ts";
import { studiesArea } from "./studies.ts";

/** What the client offers, without the promises. */
type Store = { [Method in keyof StoreClient]: (...args: Parameters<StoreClient[Method]>) => Awaited<ReturnType<StoreClient[Method]>> };

function assemble(dataFolder: string, db: Database, lock: Lock): Store {
  const garbage = garbageArea(db, dataFolder);
  const stages = stagesArea(db, dataFolder, garbage);
  const areas = {
    stages,
    metrics: metricsArea(db, stages),
    rollouts: rolloutsArea(db, dataFolder, stages),
    evaluations: evaluationsArea(db),
    checkpoints: checkpointsArea(db, garbage),
    datasets: datasetsArea(db),
  };
  garbage.empty();
  stages.cutTokenTails();
  return {
    ...studiesArea(db, garbage),
    ...areas.stages,
    ...areas.metrics,
    ...areas.rollouts,
    ...areas.evaluations,
    ...areas.checkpoints,
    ...areas.datasets,
    ...problemRunsArea(db),
    ...ingestArea(db, areas),
    stats: () => stats(dataFolder, db),
    announceSocket: (socket) => lock.announce(socket),
    close: () => {
      db.close();
      lock.release();
    },
  };
}

function stats(dataFolder: string, db: Database): DoctorReport["store"] {
  const counted = db.prepare<[], { sqlite: string; studies: number; rollouts: number }>(
    "SELECT sqlite_version() AS sqlite, (SELECT count(*) FROM studies) AS studies, (SELECT count(*) FROM rollouts) AS rollouts",
  );
  return { ...counted.get()!, schemaVersion: schemaVersion(db), bytes: folderBytes(dataFolder) };
}

function open(dataFolder: string): Store {
  makeFolderDurably(dataFolder);
  const lock = lockDataFolder(dataFolder);
  try {
    return assemble(dataFolder, openDatabase(databasePath(dataFolder)), lock);
  } catch (thrown) {
    lock.release();
    throw thrown;
  }
}

function serve(port: MessagePort, dataFolder: string): void {
  const answer = (message: StoreAnswer) => port.postMessage(message);
  let store: Store;
  try {
    store = open(dataFolder);
  } catch (thrown) {
    answer({ type: "error", id: 0, error: storeErrorRecord(thrown, join(dataFolder, "headstart.db")) });
    port.close();
    return;
  }
  port.on("message", ({ id, method, args }: StoreCall) => {
    try {
      const value = (store[method] as (...args: unknown[]) => unknown)(...args);
      answer({ type: "result", id, value });
    } catch (thrown) {
      answer({ type: "error", id, error: storeErrorRecord(thrown, `store ${method}`) });
    }
    if (method === "close") port.close();
  });
  answer({ type: "result", id: 0, value: undefined });
}

if (parentPort) serve(parentPort, (workerData as { dataFolder: string }).dataFolder);
