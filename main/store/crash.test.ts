// A process that writes to the store is killed (SIGKILL) at random moments. What it was told is stored must be there, nothing
// may be there twice, and once resumed to its end the run must equal one that was never interrupted.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStore, type StoreClient } from "./client.ts";
import { checkpointEvery, entry, removeFolder, temporaryFolder } from "./fixture.ts";

const steps = 40;
const kills = process.env.HEADSTART_LONG_TESTS === "1" ? 100 : 20;
const program = fileURLToPath(new URL("./resumable-run.ts", import.meta.url));
const rl = "s1-1";

/** Runs the program; kills it `delay` ms after so many lines. Returns the lines it printed, whole ones only. */
async function run(folder: string, killAfter?: { lines: number; delay: number }): Promise<{ lines: string[]; killed: boolean }> {
  const child = spawn(process.execPath, [program, folder, String(steps)], { stdio: ["ignore", "pipe", "inherit"] });
  const exit = new Promise<NodeJS.Signals | number | null>((resolve) => child.on("exit", (code, signal) => resolve(signal ?? code)));
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (lines.length === killAfter?.lines) setTimeout(() => child.kill("SIGKILL"), killAfter.delay);
  }
  const ended = await exit;
  if (ended !== 0 && ended !== "SIGKILL") throw new Error(`The run ended with ${ended} after: ${lines.slice(-3).join(", ")}`);
  return { lines, killed: ended === "SIGKILL" };
}

async function allRollouts(store: StoreClient) {
  const rows = [];
  for (;;) {
    const page = await store.rollouts({ stageId: rl, offset: rows.length, limit: 500 });
    rows.push(...page.rows);
    if (rows.length >= page.total) return rows;
  }
}

/** All that the run stored, but for times. */
async function contents(folder: string) {
  const store = await openStore({ dataFolder: folder, entry });
  try {
    const study = await store.study("s1");
    const rollouts = await allRollouts(store);
    const evaluations = await store.evaluations("s1");
    const checkpoints = await store.checkpoints("s1");
    return {
      stages: study.stages.map(({ id, status, step, totalSteps, result, error }) => ({ id, status, step, totalSteps, result, error })),
      metrics: await store.metrics(rl),
      rollouts: rollouts.map(({ id, ...rest }) => rest),
      tokens: await Promise.all(rollouts.map(({ id }) => store.rolloutTokens(id))),
      tokenFile: createHash("sha256")
        .update(readFileSync(join(folder, "studies/s1/tokens", `${rl}.bin`)))
        .digest("hex"),
      evaluations,
      samples: await Promise.all(evaluations.map(({ id }) => store.evaluationSamples({ evaluationId: id, offset: 0, limit: 100 }))),
      checkpoints,
      weights: checkpoints.map(({ path }) => readFileSync(join(folder, path, "weights.bin"), "utf8")),
      problems: await store.problems({ datasetId: "data-1", sortBy: "id", descending: false, offset: 0, limit: 100 }),
    };
  } finally {
    await store.close();
  }
}

/** Everything acknowledged is there, once, and readable. */
async function checkAfterKill(folder: string, acknowledged: Set<string>): Promise<void> {
  const store = await openStore({ dataFolder: folder, entry });
  try {
    const metricSteps = (await store.metrics(rl)).steps;
    const rollouts = await allRollouts(store);
    const evaluations = (await store.evaluations("s1")).map((e) => e.step);
    const checkpoints = await store.checkpoints("s1");
    const { step } = (await store.study("s1")).stages[1];

    const perStep = new Map<number, number>();
    for (const row of rollouts) perStep.set(row.step, (perStep.get(row.step) ?? 0) + 1);
    for (const [at, count] of perStep) expect(count, `rollouts of step ${at}`).toBe(8);
    for (const { id, tokens } of rollouts.slice(0, 16)) expect((await store.rolloutTokens(id)).ids.length).toBe(tokens);
    for (const { path, step: at } of checkpoints)
      expect(readFileSync(join(folder, path, "weights.bin"), "utf8")).toBe(`weights after step ${at}`);
    for (const list of [metricSteps, evaluations, checkpoints.map((c) => c.step)]) expect(new Set(list).size).toBe(list.length);

    const stored = new Set([
      ...metricSteps.map((at) => `metrics ${at}`),
      ...[...perStep.keys()].map((at) => `rollouts ${at}`),
      ...evaluations.map((at) => `evaluation ${at}`),
      ...checkpoints.map((c) => `checkpoint ${c.step}`),
      ...Array.from({ length: step }, (_, i) => `progress ${i + 1}`),
    ]);
    expect([...acknowledged].filter((line) => !stored.has(line))).toEqual([]);
  } finally {
    await store.close();
  }
}

let uninterrupted: Awaited<ReturnType<typeof contents>>;
let folders: string[];

beforeAll(async () => {
  folders = [temporaryFolder()];
  expect((await run(folders[0])).killed).toBe(false);
  uninterrupted = await contents(folders[0]);
}, 60_000);
afterAll(() => folders.forEach(removeFolder));

test("the uninterrupted run stored what it should", () => {
  expect(uninterrupted.rollouts).toHaveLength(steps * 8);
  expect(uninterrupted.checkpoints).toHaveLength(steps / checkpointEvery);
  expect(uninterrupted.stages[1]).toMatchObject({ status: "done", step: steps, result: { checkpointId: `${rl}-${steps}` } });
});

test(`${kills} kills at random moments: nothing acknowledged is lost, nothing is doubled, the resumed run equals the uninterrupted`, async () => {
  let folder = "";
  let acknowledged = new Set<string>();
  const resumedFrom = new Set<string>();
  for (let kill = 0; kill < kills; ) {
    if (!existsSync(folder)) {
      folder = temporaryFolder();
      folders.push(folder);
      acknowledged = new Set();
    }
    const draw = createHash("sha256").update(`kill ${kill} ${folders.length}`).digest();
    const { lines, killed } = await run(folder, { lines: 1 + (draw.readUInt32LE(0) % 50), delay: draw[4] % 4 });
    // What lies past the checkpoint that this run began from was taken back.
    const from = Number(lines[0].split(" ")[1]);
    acknowledged = new Set([...acknowledged].filter((line) => Number(line.split(" ")[1]) <= from));
    for (const line of lines.slice(1)) if (!line.startsWith("result")) acknowledged.add(line);
    if (killed) {
      kill++;
      resumedFrom.add(lines[0]);
      await checkAfterKill(folder, acknowledged);
    } else {
      expect(await contents(folder)).toEqual(uninterrupted);
      folder = "";
    }
  }
  if (existsSync(folder)) {
    await run(folder);
    expect(await contents(folder)).toEqual(uninterrupted);
  }
  expect(resumedFrom.size).toBeGreaterThan(3);
}, 600_000);
