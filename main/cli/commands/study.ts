// headstart study: run a study to its comparison, go on with one, list them.
import type { Command } from "commander";
import { HeadstartError, type StudySummary } from "../../contract/index.ts";
import { type Application, withApplication } from "../application.ts";
import { parseSeed } from "../arguments.ts";
import { formatComparison, formatSeeds } from "../comparison-table.ts";
import { runToTheEnd } from "../follow-study.ts";

export function addStudy(program: Command): void {
  const study = program.command("study").description("run studies");
  for (const [preset, description] of [
    ["quick", "a weak and a strong SFT start through the same GRPO recipe, to the comparison"],
    ["tiny", "the quick study with everything small: shows that all of it works here, measures nothing"],
  ])
    study
      .command(preset)
      .description(description)
      .option("--seed <seed>", "seed of data order, sampling and evaluation", parseSeed, 1)
      .option("--json", "print the comparison as JSON (schema: comparison in main/contract)")
      .action(({ seed, json }: { seed: number; json?: true }) =>
        withApplication(async (application) => {
          const { id } = await application.client.studies.start.mutate({ preset, seed });
          await printComparison(application, id, json ?? false);
        }),
      );
  study
    .command("resume <id>")
    .description("go on with a paused, interrupted or failed study; the first letters of its id are enough")
    .option("--json", "print the comparison as JSON")
    .action((text: string, { json }: { json?: true }) =>
      withApplication(async (application) => {
        const { id, status } = await findStudy(application, text);
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
        const { id } = await findStudy(application, text);
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

async function printComparison(application: Application, id: string, json: boolean): Promise<void> {
  if ((await runToTheEnd(application, id)) === "paused") return;
  const comparison = await application.client.compare.study.query({ id });
  if (comparison) process.stdout.write(json ? `${JSON.stringify(comparison, null, 2)}\n` : formatComparison(comparison));
}

async function findStudy({ client }: Application, text: string): Promise<StudySummary> {
  const studies = await client.studies.list.query();
  const exact = studies.find(({ id }) => id === text);
  const matches = exact ? [exact] : studies.filter(({ id }) => id.startsWith(text));
  if (matches.length === 1) return matches[0];
  throw new HeadstartError({
    code: "unknown-study",
    where: "study resume",
    message: matches.length === 0 ? `No study's id begins with ${text}.` : `${matches.length} studies' ids begin with ${text}.`,
    hint: "See headstart study list.",
  });
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
