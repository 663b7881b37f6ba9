// Runs studies: a queue of them, one stage at a time on the device. What a stage produces is stored first, then told to
// listeners. A study that was interrupted goes on from the latest checkpoint of the stage it was in: what that stage had
// stored past the checkpoint is taken back, so that nothing is counted twice.
//
// Status words in the store: a study found `running` that nothing runs was interrupted; a `paused` one waits for a person.
import {
  type CheckpointPlace,
  HeadstartError,
  type ImportedProblems,
  type StageEvent,
  type StageRecord,
  type Status,
  type StudyRecord,
  toErrorRecord,
} from "../contract/index.ts";
import type { StoreClient } from "../store/client.ts";
import type { TrainingWorker } from "../worker/client.ts";
import type { LiveEvents } from "./live-events.ts";
import { type Progress, progressOf } from "./progress.ts";
import { checkpointBefore, stageJob, trunkBefore } from "./stage-job.ts";
import { Stopwatch } from "./stopwatch.ts";

export interface SchedulerParts {
  store: StoreClient;
  /** Starts the training thread on first use. */
  worker(): TrainingWorker;
  /** One line about the engine, as studies record it. */
  engineLine(): Promise<string>;
  events: LiveEvents;
  /** The rows that a study of an imported dataset works on; null for a study that generates its data. */
  importedProblems(study: StudyRecord): Promise<ImportedProblems | null>;
  /** Where a checkpoint lies, of whatever kind. */
  checkpointPlace(id: string): Promise<CheckpointPlace>;
  dataFolder: string;
  resourcesFolder: string;
}

/** Why the study on the device was asked to leave it: for good; for another study while it is paused; because the host closes. */
type Ending = "cancel" | "park" | "close";

interface Current {
  study: StudyRecord;
  stage: StageRecord | null;
  /** Whether the training thread has the stage now. */
  onDevice: boolean;
  activity: string;
  paused: boolean;
  ending: Ending | null;
  stopwatch: Stopwatch;
  /** Wakes the loop where it waits, between stages, for the end of a pause. */
  wake: () => void;
}

/** A process that is killed loses no more of a stage's seconds than these, and those since the last event. */
const secondsBetweenStores = 10;

export class Scheduler {
  readonly #parts: SchedulerParts;
  readonly #queue: StudyRecord[] = [];
  #current: Current | null = null;
  #closing = false;
  /** Ends when the study on the device has left it. */
  #turn: Promise<void> = Promise.resolve();

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
  }

  /** Puts back what an earlier process left: interrupted studies first, then queued ones, oldest first. */
  async takeUp(): Promise<void> {
    const studies = (await this.#parts.store.studies()).reverse();
    for (const status of ["running", "queued"]) for (const study of studies) if (study.status === status) await this.enqueue(study);
  }

  async enqueue(study: StudyRecord): Promise<void> {
    if (this.#currentOf(study.id) || this.#queue.some((other) => other.id === study.id)) return;
    const stored = this.#setStudyStatus(study, "queued");
    this.#queue.push(study);
    // A paused study keeps the device only while nobody else wants it.
    if (this.#current?.paused) this.#leave("park");
    this.#next();
    await stored;
  }

  async pause(studyId: string): Promise<void> {
    const current = this.#currentOf(studyId);
    if (!current) {
      const study = await this.#parts.store.study(studyId);
      if (study.status !== "queued" && study.status !== "running") throw refused(study, "paused");
      this.#unqueue(studyId);
      return this.#setStudyStatus(study, "paused");
    }
    if (current.paused || current.ending) return;
    current.paused = true;
    current.stopwatch.stop();
    if (current.onDevice) this.#parts.worker().pause();
    await this.#setStudyStatus(current.study, "paused");
    if (current.stage?.status === "running") await this.#setStageStatus(current, "paused");
    if (this.#queue.length > 0) this.#leave("park");
  }

  /** Goes on with a paused, interrupted or failed study. */
  async resume(studyId: string): Promise<void> {
    const current = this.#currentOf(studyId);
    if (current && !current.ending) {
      if (!current.paused) return;
      current.paused = false;
      await this.#setStudyStatus(current.study, "running");
      if (current.stage?.status === "paused") await this.#setStageStatus(current, "running");
      if (current.onDevice) current.stopwatch.start();
      this.#parts.worker().resume();
      current.wake();
      return;
    }
    if (current) await this.#turn; // it is leaving the device
    const study = await this.#parts.store.study(studyId);
    if (study.status === "done" || study.status === "cancelled") throw refused(study, "resumed");
    await this.enqueue(study);
  }

  async cancel(studyId: string): Promise<void> {
    if (this.#currentOf(studyId)) {
      this.#leave("cancel");
      return this.#turn;
    }
    const study = await this.#parts.store.study(studyId);
    if (study.status === "done" || study.status === "cancelled") throw refused(study, "cancelled");
    this.#unqueue(studyId);
    await this.#markCancelled(study);
  }

  async remove(studyId: string): Promise<void> {
    if (this.#currentOf(studyId))
      throw new HeadstartError({
        code: "study-running",
        where: `study ${studyId}`,
        message: "The study is on the device and cannot be removed now.",
        hint: "Cancel it first.",
      });
    this.#unqueue(studyId);
    await this.#parts.store.removeStudy(studyId);
  }

  /** A running study goes on when the folder is opened again; a paused one stays paused. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#queue.length = 0;
    this.#leave("close");
    await this.#turn;
  }

  /** The study as it is this moment: while it runs, ahead of the store by what is being written. */
  progress(study: StudyRecord): Progress {
    const current = this.#currentOf(study.id);
    if (!current) return progressOf(study.stages);
    const seconds = current.stopwatch.seconds;
    return progressOf(
      current.study.stages.map((stage) => (stage === current.stage ? { ...stage, activeSeconds: stage.activeSeconds + seconds } : stage)),
    );
  }

  /** What a study is doing, in a few words. */
  activity(study: StudyRecord): string {
    const current = this.#currentOf(study.id);
    if (current) return current.paused ? `Paused: ${current.activity}` : current.activity;
    if (study.status === "queued") return this.#current ? `Waits for ${this.#current.study.name}` : "Queued";
    if (study.status === "running") return "Interrupted: resume it to go on";
    if (study.status === "failed") return study.error?.message ?? "Failed";
    return study.status[0].toUpperCase() + study.status.slice(1);
  }

  #currentOf(studyId: string): Current | null {
    return this.#current?.study.id === studyId ? this.#current : null;
  }

  #unqueue(studyId: string): void {
    const at = this.#queue.findIndex((study) => study.id === studyId);
    if (at >= 0) this.#queue.splice(at, 1);
  }

  #leave(ending: Ending): void {
    const current = this.#current;
    if (!current || current.ending === "cancel") return;
    current.ending = ending;
    if (current.onDevice) this.#parts.worker().abort();
    current.wake();
  }

  /** Gives the device to the first in the queue when it is free. Synchronous up to there: two calls must not both find it free. */
  #next(): void {
    if (this.#current || this.#closing) return;
    const study = this.#queue.shift();
    if (!study) return;
    const current: Current = {
      study,
      stage: null,
      onDevice: false,
      activity: "Starting",
      paused: false,
      ending: null,
      stopwatch: new Stopwatch(),
      wake: () => {},
    };
    this.#current = current;
    this.#turn = this.#runStudy(current).finally(() => {
      this.#current = null;
      this.#next();
    });
  }

  async #runStudy(current: Current): Promise<void> {
    const { store, engineLine } = this.#parts;
    const { study } = current;
    try {
      await this.#setStudyStatus(study, "running");
      const engine = withEngine(study.engine, await engineLine());
      if (engine !== study.engine) await store.setEngine(study.id, engine);
      study.engine = engine;
      for (const stage of study.stages) {
        if (stage.status === "done") continue;
        while (current.paused && !current.ending)
          await new Promise<void>((resolve) => {
            current.wake = resolve;
          });
        if (!current.ending) await this.#runStage(current, stage);
        if (current.ending) break;
      }
      if (study.stages.every((stage) => stage.status === "done")) await this.#setStudyStatus(study, "done");
      else if (current.ending === "cancel") await this.#markCancelled(study);
    } catch (thrown) {
      await this.#fail(current, thrown);
    }
  }

  async #runStage(current: Current, stage: StageRecord): Promise<void> {
    const { store, dataFolder, resourcesFolder, importedProblems, checkpointPlace } = this.#parts;
    const { study, stopwatch } = current;
    current.stage = stage;
    current.activity = stage.plan.label;
    const resumeFrom = stage.startedAt === null ? null : await store.latestCheckpoint(stage.id);
    if (stage.startedAt !== null) await store.supersede(stage.id, resumeFrom?.step ?? null);
    stage.step = resumeFrom?.step ?? 0;
    stage.result = null;
    await store.startStage(stage.id);
    stage.startedAt ??= new Date().toISOString();
    const { plan } = stage;
    const parent = checkpointBefore(study, stage);
    const trunk = resumeFrom === null ? trunkBefore(study, stage) : null;
    const checkpoints = await store.checkpoints(study.id);
    const job = stageJob({
      study,
      stage,
      from: parent === null ? null : await checkpointPlace(parent),
      imported: await importedProblems(study),
      datasetHash: study.datasetId === null ? null : (await store.dataset(study.datasetId)).contentHash,
      resumeFrom: trunk === null ? resumeFrom : checkpoints.find(({ id }) => id === trunk)!,
      own: checkpoints.filter(({ stageId }) => stageId === stage.id),
      samples: plan.kind === "evaluate" || plan.kind === "door" ? await store.unfinishedSamples(stage.id) : [],
      extended: plan.kind === "evaluate" && plan.extends ? await store.samplesOf(plan.extends) : [],
      dataFolder,
      resourcesFolder,
    });
    if (current.ending) return;
    stage.status = "running";
    this.#emitStage(current);
    stopwatch.start();
    current.onDevice = true;
    // An event that cannot be stored ends the stage, but in order: the device is free only once the thread has said so.
    let refusedByStore: unknown = null;
    const running = this.#parts.worker().run(job, async (event) => {
      if (refusedByStore) return;
      try {
        await this.#take(current, stage, event);
      } catch (thrown) {
        refusedByStore = thrown;
        this.#parts.worker().abort();
      }
    });
    if (current.paused) this.#parts.worker().pause(); // asked for while the job was put together
    const outcome = await running
      .finally(() => {
        current.onDevice = false;
        stopwatch.stop();
      })
      .catch(async (thrown) => {
        // What failed counts, not that its seconds could not be stored either.
        await this.#storeSeconds(current, stage).catch(() => {});
        throw thrown;
      });
    if (refusedByStore) throw refusedByStore;
    await this.#storeSeconds(current, stage);
    // The event with the result makes a stage done, so an ending asked for too late changes nothing.
    if (stage.result === null && (outcome === "done" || !current.ending))
      throw new HeadstartError({
        code: "stage-without-result",
        where: "training thread",
        message: "The training thread ended the stage without a result.",
        hint: "Resume the study; if it happens again, report it with the log.",
      });
  }

  /** Stores one event of the running stage, then tells the listeners. */
  async #take(current: Current, stage: StageRecord, event: StageEvent): Promise<void> {
    const { store, events } = this.#parts;
    const { study } = current;
    await store.ingest(stage.id, [event]);
    const about = { studyId: study.id, stageId: stage.id, start: "start" in stage.plan ? stage.plan.start : "" };
    switch (event.type) {
      case "progress":
        stage.step = event.step;
        stage.totalSteps = event.totalSteps;
        current.activity = event.activity;
        this.#emitStage(current);
        break;
      case "result":
        // The store has marked the stage done with this; it may have known the data already, under another id.
        stage.result = event.result;
        stage.status = "done";
        if (stage.plan.kind === "data") study.datasetId = (await store.study(study.id)).datasetId;
        this.#emitStage(current);
        break;
      case "metrics":
        events.emit({ type: "metrics", ...about, step: event.step, values: event.values });
        break;
      case "rollouts":
        events.emit({ type: "rollouts", ...about, step: event.step, count: event.rollouts.length });
        break;
      case "evaluation":
        events.emit({ type: "evaluation", ...about, evaluation: event.evaluation });
        break;
    }
    if (event.type === "checkpoint" || current.stopwatch.seconds >= secondsBetweenStores) await this.#storeSeconds(current, stage);
  }

  async #storeSeconds({ stopwatch }: Current, stage: StageRecord): Promise<void> {
    const seconds = stopwatch.take();
    stage.activeSeconds += seconds;
    await this.#parts.store.addActiveSeconds(stage.id, seconds);
  }

  async #fail(current: Current, thrown: unknown): Promise<void> {
    const { store, events } = this.#parts;
    const { study, stage } = current;
    // A thread that did not leave the stage in time was ended under it: that is an interruption, so the study is taken up again.
    if (current.ending === "close") return;
    const error = toErrorRecord(thrown, stage ? `study ${study.id}, ${stage.plan.label}` : `study ${study.id}`);
    study.error = error;
    study.status = "failed";
    try {
      if (stage && stage.status !== "done") await store.setStageStatus(stage.id, "failed", error);
      await store.setStudyStatus(study.id, "failed", error);
    } catch {
      // The store itself failed: it said so to whoever asked, and on reopening the study is found interrupted.
    }
    events.emit({ type: "study", studyId: study.id, status: "failed" });
  }

  async #markCancelled(study: StudyRecord): Promise<void> {
    for (const stage of study.stages)
      if (stage.status !== "done") {
        stage.status = "cancelled";
        await this.#parts.store.setStageStatus(stage.id, "cancelled");
      }
    await this.#setStudyStatus(study, "cancelled");
  }

  async #setStudyStatus(study: StudyRecord, status: Status): Promise<void> {
    study.status = status;
    await this.#parts.store.setStudyStatus(study.id, status);
    this.#parts.events.emit({ type: "study", studyId: study.id, status });
  }

  async #setStageStatus(current: Current, status: Status): Promise<void> {
    const stage = current.stage!;
    stage.status = status;
    await this.#parts.store.setStageStatus(stage.id, status);
    this.#emitStage(current);
  }

  #emitStage(current: Current): void {
    const { study, activity } = current;
    const stage = current.stage!;
    const { id: stageId, status, step, totalSteps } = stage;
    const { etaSeconds } = this.progress(study);
    this.#parts.events.emit({ type: "stage", studyId: study.id, stageId, status, step, totalSteps, activity, etaSeconds });
  }
}

/** What a study ran on: where it went on under another engine, each in turn. */
function withEngine(earlier: string | null, engine: string): string {
  if (earlier === null) return engine;
  const last = earlier.split("; then ").pop();
  return last === engine ? earlier : `${earlier}; then ${engine}`;
}

function refused(study: StudyRecord, participle: string): HeadstartError {
  return new HeadstartError({
    code: "wrong-status",
    where: `study ${study.id}`,
    message: `The study is ${study.status} and cannot be ${participle}.`,
    hint: study.status === "done" || study.status === "cancelled" ? "Start it again from its recipe." : "Reload the list of studies.",
  });
}
