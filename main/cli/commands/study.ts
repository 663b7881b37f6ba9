// headstart study: run a recipe to its result, over seeds if asked, go on with a study, list them.
import { existsSync, readFileSync } from "node:fs";
import type { Command } from "commander";
import { evaluationBudget, HeadstartError, paperStages, type StudyRecipe, type StudySummary, studyRecipe } from "../../contract/index.ts";
import { recipeJsonSchema } from "../../host/recipe-file.ts";
import { hashRecipe } from "../../host/recipe-hash.ts";
import { type Application, withApplication } from "../application.ts";
import { parseCount, parseSeed, parseSeeds } from "../arguments.ts";
import { formatComparison, formatSeeds } from "../comparison-table.ts";
import { runToTheEnd } from "../follow-study.ts";
import { formatPreflight } from "../preflight-table.ts";
import { formatResult } from "../result-table.ts";
import { reportsOf } from "../study-reports.ts";
import { table } from "../text.ts";
import { findStudy } from "./find-study.ts";
import { addStudyReplay } from "./study-replay.ts";

export function addStudy(program: Command): void {
  const study = program
    .command("study")
    .enablePositionalOptions()
    .description("run a study: a recipe file (YAML), or a shipped recipe by its key (quick, tiny, …; see study recipes)")
    .argument("[recipe]", "path of a recipe file, or key of a shipped recipe")
    .option("--seed <seed>", "seed of data order, sampling and evaluation", parseSeed, 1)
    .option("--seeds <seeds>", "several, one after the other: 1,2,3. A seed that is done already is not run again", parseSeeds)
    .option("--plan", "print stages, tokens, time and memory before anything runs, and run nothing")
    .option("--json", "print the result as JSON (schemas: comparison for starts, studyResult otherwise, in main/contract)")
    .action((text: string | undefined, options: RunOptions) => {
      if (text === undefined) return study.help();
      return withApplication((application) => runRecipe(application, text, options));
    });
  study
    .command("recipes")
    .description("the shipped recipes, each with its question")
    .action(() =>
      withApplication(async ({ client }) => {
        const rows = (await client.studies.presets.query()).map(({ key, recipe, minutes }) => [key, recipe.kind, `${minutes} min`, recipe.description]); // biome-ignore format: one thought
        process.stdout.write(table([["Key", "Kind", "About", "Question"], ...rows]));
      }),
    );
  study
    .command("schema")
    .description("the JSON Schema of recipe files, for editors")
    .action(() => {
      process.stdout.write(`${JSON.stringify(recipeJsonSchema(), null, 2)}\n`);
    });
  study
    .command("paper-stages <recipe>")
    .description(
      "print a recipe with the paper's stages of RL at its model's size (Math 8K, 16K, 24K, Code 24K, 32K, Math 32K), to be saved and run",
    )
    .option(
      "--first <tokens>",
      "budget of the first stage; by default where about 30 % of the longest start's responses are cut, as at 8K",
      parseCount,
    )
    .action((text: string, { first }: { first?: number }) =>
      withApplication(async (application) => {
        const staged = await withPaperStages(application, await readRecipe(application, text), first);
        process.stdout.write(await application.client.studies.recipeText.query({ recipe: staged }));
      }),
    );
  study
    .command("result <id>")
    .description("what a study found, so far or whole; the first letters of its id are enough")
    .option("--all-seeds", "with all finished seeds of its recipe")
    .option(
      "--json",
      "print it as JSON (schema: studyResult in main/contract; beside it fairness, alignment, overlong, and of this study's seed fates and fingerprints, null where a kind has none)",
    )
    .action((text: string, { allSeeds, json }: { allSeeds?: true; json?: true }) =>
      withApplication(async (application) => {
        const { id } = await findStudy(application, text, "study result");
        await printResult(application, id, json ?? false, allSeeds ?? false);
      }),
    );
  addStudyReplay(study);
  study
    .command("resume <id>")
    .description("go on with a paused, interrupted or failed study; the first letters of its id are enough")
    .option("--json", "print the comparison as JSON")
    .action((text: string, { json }: { json?: true }) =>
      withApplication(async (application) => {
        const { id, status } = await findStudy(application, text, "study resume");
        if (status !== "done") await application.client.studies.resume.mutate({ id });
        await printComparison(application, id, json ?? false);
      }),
    );
  study
    .command("seeds <id>")
    .description("the recipe of a study over its finished seeds: means with intervals over seeds")
    .option("--json", "print the summary as JSON (schema: seedSummary in main/contract)")
    .action((text: string, { json }: { json?: true }) =>
      withApplication(async (application) => {
        const { id } = await findStudy(application, text, "study seeds");
        const summary = await application.client.compare.seeds.query({ id });
        process.stdout.write(json ? `${JSON.stringify(summary, null, 2)}\n` : formatSeeds(summary));
      }),
    );
  study
    .command("list")
    .description("all studies of the data folder, newest first")
    .option("--json", "print them as JSON")
    .action(({ json }: { json?: true }) =>
      withApplication(async ({ client }) => {
        const studies = await client.studies.list.query();
        process.stdout.write(json ? `${JSON.stringify(studies, null, 2)}\n` : formatList(studies));
      }),
    );
}

export interface RunOptions {
  seed: number;
  seeds?: number[];
  plan?: true;
  json?: true;
}

/** Runs a recipe's seeds one after the other, or tells its plan. */
export async function runRecipe(application: Application, text: string, { seed, seeds, plan, json }: RunOptions): Promise<void> {
  const { client } = application;
  const recipe = await readRecipe(application, text);
  if (plan) {
    const preflight = await client.studies.preflight.query({ recipe, seed: seeds?.[0] ?? seed });
    process.stdout.write(json ? `${JSON.stringify(preflight, null, 2)}\n` : formatPreflight(preflight));
    if (preflight.problems.some(({ severity }) => severity === "stops")) process.exitCode = 1;
    return;
  }
  let last = "";
  for (const each of seeds ?? [seed]) {
    // Without --seeds a study is run as often as it is asked for.
    const known = seeds ? await earlier(application, recipe, each) : null;
    if (known?.status === "done") process.stderr.write(`Seed ${each} is done: ${known.id}\n`);
    else if (known) process.stderr.write(`Seed ${each} goes on: ${known.id}\n`);
    if (known && known.status !== "done") await client.studies.resume.mutate({ id: known.id });
    last = known?.id ?? (await client.studies.start.mutate({ recipe, seed: each })).id;
    if (known?.status !== "done" && (await runToTheEnd(application, last)) === "paused") return;
  }
  await print(application, last, json ?? false, seeds !== undefined);
}

/** A file's recipe, or a shipped one. What is wrong with a file is told with its lines. */
async function readRecipe({ client }: Application, text: string): Promise<StudyRecipe> {
  if (!existsSync(text)) {
    const presets = await client.studies.presets.query();
    const preset = presets.find(({ key }) => key === text);
    if (preset) return preset.recipe;
    throw new HeadstartError({
      code: "unknown-recipe",
      where: `study ${text}`,
      message: `There is neither a file ${text} nor a shipped recipe of that key.`,
      hint: `Shipped recipes: ${presets.map(({ key }) => key).join(", ")}.`,
    });
  }
  const parsed = await client.studies.parseRecipe.query({ text: readFileSync(text, "utf8") });
  if ("recipe" in parsed) return parsed.recipe;
  const lines = parsed.problems.map(
    ({ line, column, path, message }) => `  ${text}:${line}:${column}  ${path ? `${path}: ` : ""}${message}`,
  );
  throw new HeadstartError({
    code: "bad-recipe",
    where: text,
    message: `${lines.length === 1 ? "One thing is" : `${lines.length} things are`} wrong with this recipe:\n${lines.join("\n")}`,
    hint: "headstart study schema prints what a recipe may say.",
  });
}

/** Code stages are left out where the RL pool has no code problems. */
export async function withPaperStages({ client }: Application, recipe: StudyRecipe, first: number | undefined): Promise<StudyRecipe> {
  const refuse = (message: string, hint: string) => new HeadstartError({ code: "no-stages", where: `study ${recipe.name}`, message, hint });
  const staged = (first: number, withCode: boolean) => studyRecipe.parse({ ...recipe, stages: paperStages(first, withCode) });
  if (!("stages" in staged(1, false)))
    throw refuse(`A study of kind ${recipe.kind} has no stages of RL.`, "Choose one of kind weak-vs-strong, epochs, temperature or rl.");
  const { firstBudget, data, longestResponse } = await client.studies.preflight.query({ recipe });
  const budget = first ?? firstBudget?.budget;
  if (budget === undefined)
    throw refuse("No start's response lengths are known.", "Give the first stage's budget with --first, or evaluate the checkpoint here.");
  const basis = first === undefined ? ` (where about 30 % of ${firstBudget!.start}'s responses are cut: ${firstBudget!.basis})` : "";
  process.stderr.write(
    `Budget of the first stage: ${budget} tokens${basis}.${data.rlByDomain.code === 0 ? " The RL pool has no code problems: no code stages." : ""}\n`,
  );
  return withEvaluations(staged(budget, data.rlByDomain.code > 0), longestResponse);
}

/** Both evaluations at the last stage's budget at the least, as far as the model's positions go: what it learnt to write is cut else. */
function withEvaluations(recipe: StudyRecipe, longestResponse: number): StudyRecipe {
  if (!("stages" in recipe) || recipe.stages === undefined) return recipe;
  const budget = evaluationBudget(recipe.stages, longestResponse);
  const raised = (["devEval", "finalEval"] as const).filter((key) => recipe[key].maxResponseTokens < budget);
  if (raised.length > 0) process.stderr.write(`Raised to the last stage's ${budget} tokens: ${raised.join(" and ")}.\n`);
  const evaluations = raised.map((key) => [key, { ...recipe[key], maxResponseTokens: budget }]);
  return studyRecipe.parse({ ...recipe, ...Object.fromEntries(evaluations) });
}

/** The newest study of the same recipe and seed that is not cancelled. */
async function earlier({ client }: Application, recipe: StudyRecipe, seed: number): Promise<StudySummary | null> {
  const hash = hashRecipe(recipe);
  const studies = await client.studies.list.query();
  const own = studies.filter((study) => study.recipeHash === hash && study.seed === seed && study.status !== "cancelled");
  return own.find(({ status }) => status === "done") ?? own[0] ?? null;
}

async function printComparison(application: Application, id: string, json: boolean): Promise<void> {
  if ((await runToTheEnd(application, id)) === "paused") return;
  await print(application, id, json, false);
}

/** One seed of a study of starts ends with its comparison; everything else with its result. */
async function print(application: Application, id: string, json: boolean, allSeeds: boolean): Promise<void> {
  const { client } = application;
  const { recipe } = await client.studies.get.query({ id });
  const comparison = recipe.kind === "weak-vs-strong" && !allSeeds ? await client.compare.study.query({ id }) : null;
  if (!comparison) await printResult(application, id, json, allSeeds);
  else if (json) process.stdout.write(`${JSON.stringify(comparison, null, 2)}\n`);
  else process.stdout.write(formatComparison(comparison, await client.results.get.query({ id })));
}

async function printResult({ client }: Application, id: string, json: boolean, allSeeds: boolean): Promise<void> {
  const input = { id, seeds: allSeeds ? "all" : "this" } as const;
  const result = await client.results.get.query(input);
  const reports = await reportsOf(client, input);
  if (json) process.stdout.write(`${JSON.stringify({ ...result, ...reports }, null, 2)}\n`);
  else process.stdout.write(formatResult(result, { id, reports, published: await client.results.published.query() }));
}

function formatList(studies: StudySummary[]): string {
  if (studies.length === 0) return "No studies yet. Start one: headstart study quick\n";
  const width = Math.max(...studies.map(({ id }) => id.length));
  return studies
    .map(({ id, seed, status, progress, createdAt, activity }) => {
      const started = createdAt.slice(0, 16).replace("T", " ");
      return `${id.padEnd(width)}  seed ${seed}  ${started}  ${status.padEnd(9)} ${`${Math.round(progress * 100)} %`.padStart(5)}  ${activity}\n`;
    })
    .join("");
}
