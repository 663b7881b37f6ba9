// A whole study, with the real training thread and the real store, is killed (SIGKILL) at random moments of its start-up, SFT,
// evaluation, RL and the writing of its checkpoints. What it showed as done must be there, nothing may be there twice, and
// once it ended it must have left what a run that nothing interrupted leaves, number for number.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { randomStream } from "../analysis/random.ts";
import { readCheckpointFile } from "../formats/checkpoint-folder.ts";
import { readTrainerState } from "../worker/checkpoint-files.ts";
import { writeRandomBase } from "../worker/testing/random-base.ts";
import { temporaryFolder } from "./testing/open-host.ts";
import { allRollouts, allSamples, opened, studyContents } from "./testing/study-contents.ts";

const program = fileURLToPath(new URL("./testing/interruptible-study.ts", import.meta.url));
const wanted = process.env.HEADSTART_LONG_TESTS === "1" ? 100 : 20;

/** Kills of one study, by what goes on. The first two kinds fall on it at any point; the others go through it in order. */
const killsPerStudy = { opening: 2, starting: 2, data: 1, sft: 3, checkpoint: 5, temperature: 1, evaluate: 2, rl: 4 };
type During = keyof typeof killsPerStudy;

interface Line {
  text: string;
  /** Milliseconds after the process was started. */
  at: number;
}

/** So many milliseconds after the line that the uninterrupted run had at `index`, or the first past it. */
interface Moment {
  during: During;
  index: number;
  delay: number;
}

/** Runs the program to its end, or kills it at the moment. */
async function run(dataFolder: string, resourcesFolder: string, kill?: { at: Moment; indexOf: Map<string, number> }) {
  const begin = performance.now();
  const child = spawn(process.execPath, [program, dataFolder, resourcesFolder], { stdio: ["ignore", "pipe", "pipe"] });
  const exit = new Promise<NodeJS.Signals | number | null>((resolve) => child.on("exit", (code, signal) => resolve(signal ?? code)));
  let errors = "";
  child.stderr.on("data", (text) => {
    errors += text;
  });
  const lines: Line[] = [];
  let timer: NodeJS.Timeout | undefined;
  for await (const text of createInterface({ input: child.stdout })) {
    lines.push({ text, at: performance.now() - begin });
    if (kill && !timer && (kill.indexOf.get(text) ?? -1) >= kill.at.index) timer = setTimeout(() => child.kill("SIGKILL"), kill.at.delay);
  }
  const ended = await exit;
  clearTimeout(timer);
  if (ended !== 0 && ended !== "SIGKILL") throw new Error(`The study ended with ${ended}:\n${errors.slice(-4000)}`);
  return { lines, killed: ended === "SIGKILL" };
}

/** Every stretch between two lines, by what it is spent with. */
function stretches(lines: Line[], stageKinds: During[]): (Omit<Moment, "delay"> & { duration: number })[] {
  const [queued, started] = ["study queued", "progress 0 0"].map((text) => lines.findIndex((line) => line.text === text));
  return lines.slice(1).map(({ text, at }, index) => {
    const [what, ordinal] = text.split(" ");
    // What is written before its line, and what is freed after it.
    const ofCheckpoint = what === "checkpoint" || lines[index].text.startsWith("checkpoint");
    const during = ofCheckpoint ? "checkpoint" : (stageKinds[Number(ordinal)] ?? "evaluate");
    return { during: index < queued ? "opening" : index < started ? "starting" : during, index, duration: at - lines[index].at };
  });
}

/** The moments at which one study is killed, in the order of the study, start-ups in between. */
function drawMoments(lines: Line[], stageKinds: During[], round: number): Moment[] {
  const random = randomStream("kills", round);
  const all = stretches(lines, stageKinds);
  const draw = (during: During): Moment[] => {
    const own = all.filter((stretch) => stretch.during === during);
    const total = own.reduce((sum, { duration }) => sum + duration, 0);
    return Array.from({ length: killsPerStudy[during] }, () => {
      let left = random.uniform() * total;
      let i = 0;
      while (i < own.length - 1 && left >= own[i].duration) left -= own[i++].duration;
      return { during, index: own[i].index, delay: left };
    });
  };
  const { opening: _, starting: __, ...inOrder } = killsPerStudy;
  const moments = (Object.keys(inOrder) as During[]).flatMap(draw).sort((a, b) => a.index - b.index || a.delay - b.delay);
  const [first, ...others] = [...draw("opening"), ...draw("starting")];
  for (const moment of others) moments.splice(random.integer(0, moments.length - 1), 0, moment);
  return [first, ...moments];
}

/** Everything shown is there, once, and readable. Returns the lines that hold from now on: the others lie past a checkpoint. */
async function checkAfterKill(dataFolder: string, shown: Set<string>): Promise<Set<string>> {
  return opened(dataFolder, async (caller) => {
    const [summary] = await caller.studies.list();
    if (!summary) {
      expect([...shown]).toEqual([]);
      return shown;
    }
    const study = await caller.studies.get({ id: summary.id });
    expect(["queued", "running", "done"]).toContain(study.status);
    const evaluations = await caller.runs.evaluations({ studyId: study.id });
    const checkpoints = await caller.runs.checkpoints({ studyId: study.id });
    const stored = new Set<string>([`study ${study.status}`, "study queued", "study running"]);
    const holding = new Set(stored);

    for (const stage of study.stages) {
      const { ordinal, plan } = stage;
      const own = checkpoints.filter(({ stageId }) => stageId === stage.id);
      const latest = own.reduce((step, checkpoint) => Math.max(step, checkpoint.step), -1);
      const add = (step: number, line: string) => {
        stored.add(line);
        if (stage.status === "done" || step <= latest) holding.add(line);
      };
      for (let step = 0; step <= stage.step; step++) add(step, `progress ${ordinal} ${step}`);
      if (stage.status === "done") add(stage.step, `done ${ordinal}`);
      const { steps, values } = await caller.runs.metrics({ stageId: stage.id });
      expect(new Set(steps).size).toBe(steps.length);
      for (const [name, column] of Object.entries(values))
        for (const [i, value] of column.entries()) if (value !== null) add(steps[i], `metrics ${ordinal} ${steps[i]} ${name}`);

      const rollouts = await allRollouts(caller, stage.id);
      expect(new Set(rollouts.map(({ step, problemId, sampleIndex }) => `${step} ${problemId} ${sampleIndex}`)).size).toBe(rollouts.length);
      for (const { step, rollouts: count } of await caller.inspect.rolloutSteps({ stageId: stage.id })) {
        if (plan.kind === "rl") expect(count, `rollouts of step ${step}`).toBe(plan.config.promptsPerStep * plan.config.groupSize);
        add(step, `rollouts ${ordinal} ${step} ${count}`);
      }
      for (const { id, step, problems, samplesPerProblem } of evaluations.filter(({ stageId }) => stageId === stage.id)) {
        expect(await allSamples(caller, id)).toHaveLength(problems * samplesPerProblem);
        expect(stored, "an evaluation twice").not.toContain(`evaluation ${ordinal} ${step}`);
        add(step, `evaluation ${ordinal} ${step}`);
      }
      for (const { step, path } of own) {
        expect(readCheckpointFile(join(dataFolder, path)).step).toBe(step);
        if (step === latest) expect(readTrainerState({ folder: join(dataFolder, path), id: "" }).step).toBe(step);
        expect(stored, "a checkpoint twice").not.toContain(`checkpoint ${ordinal} ${step}`);
        add(step, `checkpoint ${ordinal} ${step}`);
      }
    }
    expect([...shown].filter((line) => !stored.has(line))).toEqual([]);
    return new Set([...shown].filter((line) => holding.has(line)));
  });
}

/** What a line of the program says is done; it may name several metrics. */
function shownBy({ text }: Line): string[] {
  const [what, ordinal, step, names] = text.split(" ");
  if (what === "opening") return [];
  return what === "metrics" ? names.split(",").map((name) => `metrics ${ordinal} ${step} ${name}`) : [text];
}

test(
  `${wanted} kills at random moments: nothing shown as done is lost, nothing is doubled, the numbers are those of an uninterrupted run`,
  async () => {
    const resources = temporaryFolder();
    writeRandomBase(resources);
    const whole = temporaryFolder();
    const { lines } = await run(whole, resources);
    const uninterrupted = await studyContents(whole);
    // What the comparison below would be blind without.
    expect(uninterrupted.study.status).toBe("done");
    for (const rows of [uninterrupted.rollouts[7], uninterrupted.rollouts[9]]) expect(rows).toHaveLength(8 * 16);
    expect(uninterrupted.rollouts.flat().some(({ reward, advantage }) => reward === 1 && advantage > 0)).toBe(true);
    expect(uninterrupted.comparison.starts.some(({ after }) => after.value > 0)).toBe(true);

    const indexOf = new Map<string, number>();
    for (const [index, { text }] of lines.entries()) if (!indexOf.has(text)) indexOf.set(text, index);
    const stageKinds = uninterrupted.stages.map(({ plan }) => plan.kind as During);

    for (let kills = 0, round = 0; kills < wanted; round++) {
      const folder = temporaryFolder();
      const story: string[] = [];
      let shown = new Set<string>();
      const goOn = async (at?: Moment) => {
        const { lines: printed, killed } = await run(folder, resources, at && { at, indexOf });
        const last = printed[printed.length - 1]?.text.split(" ").slice(0, 3).join(" ");
        story.push(`${at?.during ?? "the end"} after ${last}`);
        for (const line of printed.flatMap(shownBy)) shown.add(line);
        shown = await checkAfterKill(folder, shown);
        return killed;
      };
      for (const moment of drawMoments(lines, stageKinds, round).slice(0, wanted - kills)) {
        if (!(await goOn(moment))) break; // it ended before
        kills++;
      }
      await goOn();
      const resumed = await studyContents(folder);
      for (const [area, expected] of Object.entries(uninterrupted))
        expect(resumed[area as keyof typeof resumed], `${area} of the study killed at ${story.join(", ")}`).toEqual(expected);
    }
  },
  wanted * 30_000,
);
