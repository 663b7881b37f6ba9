// headstart study FILE: validated with lines, planned, run over seeds, and not run twice.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createTRPCClient, localLink, type TRPCClient } from "@trpc/client";
import { Command } from "commander";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { parse } from "yaml";
import { studyRecipe, studyResult, weakVsStrongRecipe } from "../contract/index.ts";
import { type AppRouter, appRouter } from "../host/router/index.ts";
import { openHost } from "../host/testing/open-host.ts";
import { withApplication } from "./application.ts";
import { addStudy, type RunOptions, runRecipe, withPaperStages } from "./commands/study.ts";
import { parseChange } from "./commands/study-replay.ts";

vi.mock("./application.ts");

let out: string;
let err: string;
beforeEach(() => {
  out = "";
  err = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    out += text;
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    err += text;
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

const text = `kind: weak-vs-strong
name: From a file
starts:
  - { name: weak, prompts: 1, responsesPerPrompt: 1, sft: {} }
  - { name: strong, prompts: 2, responsesPerPrompt: 1, sft: {} }
rl: { steps: 6, promptsPerStep: 2, groupSize: 2, evalEvery: 3, checkpointEvery: 2 }
`;

async function open(recipe = text) {
  const { host, dataFolder } = await openHost();
  const client = createTRPCClient<AppRouter>({ links: [localLink({ router: appRouter, createContext: async () => ({ host }) })] });
  const file = join(dataFolder, "recipe.yaml");
  writeFileSync(file, recipe);
  const run = (options: Partial<RunOptions> = {}, what = file) => runRecipe({ client, holder: null, close: async () => {} }, what, { seed: 1, ...options }); // biome-ignore format: one thought
  return { client, file, run };
}

test("a file runs to its comparison", async () => {
  const { client, run } = await open();
  await run({ seed: 3 });
  expect(out).toMatch(/^From a file, seed 3, /);
  expect((await client.studies.list.query()).map(({ seed, status }) => [seed, status])).toEqual([[3, "done"]]);
});

test("several seeds one after the other; what is done is not run again", async () => {
  const { client, run } = await open();
  await run({ seeds: [1, 2] });
  const ids = async () => (await client.studies.list.query()).map(({ id }) => id).sort();
  const first = await ids();
  expect(first).toHaveLength(2);
  expect(err).not.toContain("is done");
  await run({ seeds: [1, 2, 3], json: true });
  expect(err).toContain("Seed 1 is done: ");
  expect(err).toContain("Seed 2 is done: ");
  expect(err).not.toContain("Seed 3 is done");
  const second = await ids();
  expect(second).toHaveLength(3);
  expect(second).toEqual(expect.arrayContaining(first));
  const result = JSON.parse(out.slice(out.indexOf("\n{") + 1));
  expect(result.seeds.map(({ seed }: { seed: number }) => seed).sort()).toEqual([1, 2, 3]);
});

test("a plan is told and nothing is run", async () => {
  const { client, run } = await open();
  await run({ plan: true });
  for (const part of ["SFT, weak", "RL, strong", "11 stages", "rough rate", "Problems: SFT 100", "GiB"]) expect(out).toContain(part);
  out = "";
  await run({ plan: true, json: true });
  expect(JSON.parse(out).stages).toHaveLength(11);
  expect(await client.studies.list.query()).toEqual([]);
});

test("a plan that cannot run ends with exit code 1", async () => {
  const { run } = await open(text.replace("promptsPerStep: 2", "promptsPerStep: 2000"));
  onTestFinished(() => {
    process.exitCode = undefined;
  });
  await run({ plan: true });
  expect(out).toContain("STOPS: ");
  expect(process.exitCode).toBe(1);
});

/** A subcommand of study, on a host of the test. */
async function studyCommand(client: TRPCClient<AppRouter>, ...words: string[]): Promise<void> {
  vi.mocked(withApplication).mockImplementation((use) => use({ client, holder: null, close: async () => {} }));
  const program = new Command().enablePositionalOptions();
  addStudy(program);
  await program.parseAsync(["study", ...words], { from: "user" });
}

test("a result has its kind's reports beside it, as text and as JSON", async () => {
  const { client, run } = await open();
  await run({ seeds: [3, 4] });
  const [{ id }] = await client.studies.list.query();
  out = "";
  await studyCommand(client, "result", id.slice(0, -1), "--all-seeds");
  for (const part of ["From a file, seeds 3, 4", "The runs differ in their start alone.", "Order kept, seeds", "Along RL, on dev", "Fates, seed 4 alone"]) expect(out).toContain(part); // biome-ignore format: a list
  out = "";
  await studyCommand(client, "result", id, "--json");
  const result = JSON.parse(out);
  expect(studyResult.parse(result).seeds).toHaveLength(1);
  expect(result.fairness.fair).toBe(true);
  expect(result.alignment.axis).toBe("step");
  expect(result.fates.starts).toEqual(["weak", "strong"]);
  // The scripted finder keeps no samples.
  expect([result.fingerprints, result.overlong]).toEqual([null, null]);
});

test("an id that is none, or several, is refused by the command that was given it", async () => {
  const { client, run } = await open();
  await run({ seeds: [1, 2] });
  await expect(studyCommand(client, "result", "zzz")).rejects.toMatchObject({ where: "study result" });
  await expect(studyCommand(client, "seeds", "zzz")).rejects.toMatchObject({ where: "study seeds" });
  const [one, other] = (await client.studies.list.query()).map(({ id }) => id);
  await expect(studyCommand(client, "resume", "f")).rejects.toMatchObject({
    where: "study resume",
    message: "2 studies' ids begin with f.",
    hint: `Write more of it: ${one}, ${other}.`,
  });
});

test("what is wrong with a file is told with its lines, and a name that is none with those that are", async () => {
  const { client, file, run } = await open(text.replace("groupSize", "groupsize").replace("steps: 6", "steps: 0"));
  const refused = await run().catch((thrown: unknown) => thrown);
  expect(refused).toMatchObject({ code: "bad-recipe", message: expect.stringContaining("2 things are wrong") });
  expect((refused as Error).message).toContain(`${file}:6:`);
  expect((refused as Error).message).toContain("groupsize is no setting here; did you mean groupSize?");
  await expect(run({}, "quik")).rejects.toMatchObject({ code: "unknown-recipe", hint: expect.stringContaining("quick, ") });
  expect(await client.studies.list.query()).toEqual([]);
});

test("--json after a subcommand is the subcommand's, and study's own before a recipe", async () => {
  const taken: unknown[] = [];
  const program = new Command().enablePositionalOptions();
  addStudy(program);
  const study = program.commands[0];
  for (const command of [study, ...study.commands])
    command.action((...given) => void taken.push([command.name(), given[given.length - 2]]));
  await program.parseAsync(["study", "result", "x", "--all-seeds", "--json"], { from: "user" });
  await program.parseAsync(["study", "quick", "--seed", "2", "--json"], { from: "user" });
  expect(taken).toEqual([["result", { allSeeds: true, json: true }], ["study", { seed: 2, json: true }]]); // biome-ignore format: a table
});

test("a recipe takes the paper's stages, from a given budget, or refuses where no lengths are known", async () => {
  const { client } = await open();
  const application = { client, holder: null, close: async () => {} };
  const parsed = weakVsStrongRecipe.parse(parse(text));
  const budgets = async (first?: number) => {
    const staged = await withPaperStages(application, parsed, first);
    return "stages" in staged && staged.stages?.map(({ maxResponseTokens }) => maxResponseTokens);
  };
  expect(await budgets(10)).toEqual([10, 20, 30, 30, 40, 40]);
  await expect(budgets()).rejects.toMatchObject({ code: "no-stages", message: expect.stringContaining("lengths are known") }); // the worker here has no SFT data
  const overlong = studyRecipe.parse({ kind: "overlong", name: "No stages", start: parsed.starts[0], budgets: [8], rl: parsed.rl });
  await expect(withPaperStages(application, overlong, 10)).rejects.toMatchObject({ code: "no-stages", message: expect.stringContaining("no stages of RL") }); // biome-ignore format: one thought
});

test("a replay says what another rule would have made of each stage's rollouts", async () => {
  const { client, run } = await open();
  await run();
  const [{ id }] = await client.studies.list.query();
  out = "";
  await studyCommand(client, "replay", id, "--set", "aggregation=sequence-mean", "--set", "std=none", "--json");
  const { stages } = JSON.parse(out);
  expect(stages.map(({ arm }: { arm: string }) => arm)).toEqual(["weak", "strong"]);
  expect(stages[0].replay).toMatchObject({ replayed: { aggregation: "sequence-mean", std: "none" }, overall: { rollouts: 24 } });
  out = "";
  await studyCommand(client, "replay", id, "--set", "overlongFilter=off");
  expect(out).toMatch(/^RL stage +Rollouts +Left the loss/);
  expect(out).toMatch(/^weak +24 rollouts /m);
  expect(() => parseChange("aggregation=median")).toThrow("a change is aggregation");
  expect(() => parseChange("speed=on")).toThrow("a change is aggregation");
});
