// headstart data ladder: what a ladder of nested SFT sets on a dataset would be, with how alike its cells' response lengths are.
import { type Command, InvalidArgumentError } from "commander";
import type { LadderPreview, NamedCell } from "../../contract/index.ts";
import { withApplication } from "../application.ts";
import { parseCount, parseSeed } from "../arguments.ts";
import { plural } from "../text.ts";

interface LadderOptions {
  cell: NamedCell[];
  preset?: number;
  seed: number;
  tokenizer?: string;
  make?: string;
  json?: true;
}

/** 100x4: 100 prompts with 4 responses each. */
export function parseCell(text: string, before: NamedCell[] = []): NamedCell[] {
  const [, prompts, responses] = /^(\d+)x(\d+)$/.exec(text) ?? [];
  if (!(Number(prompts) > 0 && Number(responses) > 0)) throw new InvalidArgumentError("a cell is PROMPTSxRESPONSES, e.g. 100x4");
  return [...before, { name: text, prompts: Number(prompts), responsesPerPrompt: Number(responses) }];
}

export function addDataLadder(data: Command): void {
  data
    .command("ladder <dataset>")
    .description("nested SFT sets of prompts and responses a prompt, alike in length: what there is for them, and how alike they are")
    .option("--cell <PxR>", "a cell of P prompts with R responses each; may be given again", parseCell, [])
    .option("--preset <responses>", "v1 to v7 as the paper has them, with so many responses at v7", parseCount)
    .option("--seed <seed>", "seed of the orders", parseSeed, 1)
    .option("--tokenizer <checkpoint>", "measure responses in its tokens; by default in characters")
    .option("--make <name>", "make each cell a dataset, called after the name and the cell")
    .option("--json", "as JSON")
    .action((datasetId: string, { cell, preset, seed, tokenizer, make, json }: LadderOptions) =>
      withApplication(async ({ client }) => {
        const input = {
          datasetId,
          cells: cell,
          preset: preset === undefined ? null : { responses: preset },
          seed,
          tokenizer: tokenizer ?? null,
        };
        if (make === undefined) {
          const preview = await client.datasets.ladder.preview.query(input);
          process.stdout.write(`${json ? JSON.stringify(preview) : formatLadder(preview)}\n`);
          return;
        }
        const made = await client.datasets.ladder.make.mutate({ ...input, name: make });
        const sets = made.sets.map((each) => `Made ${each.datasetId} of ${plural(each.rows, "row")}.`);
        process.stdout.write(`${json ? JSON.stringify(made) : [formatLadder(made.preview), ...sets].join("\n")}\n`);
      }),
    );
}

export function formatLadder({ unit, problems, available, report }: LadderPreview): string {
  const lines = [
    `${plural(problems, "problem")}; with at least so many different responses: ${available.map((each) => `${each.responses}: ${each.problems}`).join(", ") || "none"}`,
  ];
  if (report === null) return lines[0];
  lines.push(
    `Cells draw from the ${plural(report.eligible, "problem")} with ${plural(report.mostResponses, "response")}; distances are to ${report.largest}.`,
  );
  const width = Math.max(4, ...report.cells.map(({ name }) => name.length));
  const line = (name: string, ...cells: string[]) => `${name.padEnd(width)}${cells.map((cell) => cell.padStart(14)).join("")}`;
  lines.push(line("cell", "prompts", "responses", "examples", unit, "mean", "Wasserstein-1", "KS"));
  for (const { name, prompts, responsesPerPrompt, examples, tokens, meanLength, wasserstein, ks } of report.cells) {
    const counts = [prompts, responsesPerPrompt, examples, tokens].map(String);
    lines.push(line(name, ...counts, meanLength.toFixed(1), wasserstein.toFixed(2), ks.toFixed(3)));
  }
  return lines.join("\n");
}
