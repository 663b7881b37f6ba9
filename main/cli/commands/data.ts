// headstart data: files of rows, by reference: import, list, head, stats; pipeline (data-pipeline.ts), ladder (data-ladder.ts).
import { resolve } from "node:path";
import type { Command } from "commander";
import {
  answerRule,
  type ColumnMapping,
  columnMapping,
  type DetectedDataset,
  HeadstartError,
  type ImportDatasetEvent,
  type ImportedDataset,
  issueInWords,
  mappedColumns,
  valueOfIssue,
} from "../../contract/index.ts";
import { type Application, withApplication } from "../application.ts";
import { parseCount } from "../arguments.ts";
import { plural } from "../text.ts";
import { addDataLadder } from "./data-ladder.ts";
import { addDataPipeline } from "./data-pipeline.ts";

export function addData(program: Command): void {
  const data = program.command("data").description("datasets: JSONL, JSON, CSV and parquet files, kept where they are");
  data
    .command("import <file>")
    .description("index a file's rows; its shape and columns are detected and shown")
    .option("--name <name>", "by default the file's; a changed file under one name is its next version")
    .option("--column <what=name...>", `in place of what is detected: ${mappedColumns.join(", ")}, shape or answerRule`)
    .option("--dry-run", "show what is detected, import nothing")
    .option("--json", "print the dataset (or with --dry-run what is detected) as JSON")
    .action((file: string, options: ImportOptions) => withApplication((application) => importFile(application, file, options)));
  data
    .command("list")
    .description("imported datasets, newest first")
    .option("--json", "one a line as JSON")
    .action(({ json }: { json?: true }) =>
      withApplication(async ({ client }) => {
        const datasets = await client.datasets.imported.list.query();
        if (datasets.length === 0 && !json) process.stdout.write("No imported datasets yet. Import one: headstart data import FILE\n");
        for (const dataset of datasets) process.stdout.write(json ? `${JSON.stringify(dataset)}\n` : `${inWords(dataset)}\n`);
      }),
    );
  data
    .command("head <dataset>")
    .description("the first rows, whole, a line of JSON each")
    .option("--n <n>", "rows", parseCount, 5)
    .option("--json", "accepted; rows are always JSON")
    .action((datasetId: string, { n }: { n: number }) =>
      withApplication(async ({ client }) => {
        const { rows } = await client.datasets.imported.page.query({ datasetId, limit: Math.min(n, 500) });
        for (const { row } of rows)
          process.stdout.write(`${JSON.stringify(await client.datasets.imported.row.query({ datasetId, row }))}\n`);
      }),
    );
  data
    .command("stats <dataset>")
    .description("rows by source, category, difficulty and length, and the rows that could not be read")
    .option("--json", "as JSON")
    .action((datasetId: string, { json }: { json?: true }) => withApplication((application) => printStats(application, datasetId, json)));
  addDataPipeline(data);
  addDataLadder(data);
}

interface ImportOptions {
  name?: string;
  column?: string[];
  dryRun?: true;
  json?: true;
}

async function importFile({ client }: Application, file: string, { name, column, dryRun, json }: ImportOptions): Promise<void> {
  const { handle } = await client.files.handle.mutate({ path: resolve(file) });
  const detected = await client.datasets.imported.detect.mutate({ handle });
  const mapping = mappingOf(detected, column ?? []);
  const columns = mappedColumns.flatMap((what) => (mapping[what] === null ? [] : [`${what} = ${mapping[what]}`]));
  const note = detected.triedOnRealFiles ? "" : ", untested on a real file of this shape";
  process.stderr.write(`${detected.format}, ${detected.shapeLabel}${note}: ${columns.join(", ")}\n`);
  for (const warning of detected.warnings) process.stderr.write(`${warning}\n`);
  if (dryRun) {
    process.stdout.write(`${JSON.stringify({ ...detected, mapping }, null, json ? undefined : 2)}\n`);
    return;
  }
  const dataset = await new Promise<ImportedDataset>((done, reject) => {
    client.datasets.imported.import.subscribe(
      { handle, name, mapping },
      {
        onData: (event: ImportDatasetEvent) => {
          if (event.type === "imported") done(event.dataset);
        },
        onError: reject,
      },
    );
  });
  process.stdout.write(json ? `${JSON.stringify(dataset)}\n` : `${inWords(dataset)}\n`);
  if (dataset.badRows === 0) return;
  const { rows } = await client.datasets.imported.badRows.query({ datasetId: dataset.id, limit: 10 });
  for (const { line, reason } of rows) process.stderr.write(`line ${line}: ${reason}\n`);
  if (dataset.badRows > rows.length)
    process.stderr.write(`and ${dataset.badRows - rows.length} more: headstart data stats ${dataset.id}\n`);
}

/** What is detected with what is chosen in its place; what then lacks is told with the option that gives it. */
export function mappingOf(
  { path, columns, mapping }: Pick<DetectedDataset, "path" | "columns" | "mapping">,
  chosen: string[],
): ColumnMapping {
  const whole = { ...mapping, ...chosenColumns(chosen) };
  const parsed = columnMapping.safeParse(whole);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const what = String(issue.path[0]);
  const words = issueInWords(issue, valueOfIssue(issue, whole));
  const hints: Record<string, string> = {
    prompt: `Name it: --column prompt=NAME (of a conversation messages=NAME). The file's columns: ${columns.map(({ name }) => name).join(", ")}.`,
    answerRule: `Give --column answerRule=RULE, one of ${answerRule.options.join(", ")}; or leave the answer out with --column answer=`,
  };
  throw new HeadstartError({
    code: "invalid-mapping",
    where: path,
    message: issue.code === "custom" ? words : `${what}: ${words}`,
    hint: hints[what] ?? `Correct --column ${what}=…`,
  });
}

function chosenColumns(pairs: string[]): Record<string, string | null> {
  const known: string[] = [...mappedColumns, "shape", "answerRule"];
  return Object.fromEntries(
    pairs.map((pair) => {
      const [what, ...rest] = pair.split("=");
      if (known.includes(what) && rest.length > 0) return [what, rest.join("=") || null];
      throw new HeadstartError({
        code: "bad-input",
        where: `--column ${pair}`,
        message: "A column is given as what=name.",
        hint: `What is one of ${known.join(", ")}; an empty name takes the column out.`,
      });
    }),
  );
}

function inWords({ id, rows, badRows, mapping, format, contentHash, bytes }: ImportedDataset): string {
  const bad = badRows === 0 ? "" : `, ${badRows} bad`;
  return `${id}  ${plural(rows, "row")}${bad}  ${mapping.shape} in ${format}, ${(bytes / 1e6).toFixed(1)} MB  ${contentHash.slice(0, 12)}`;
}

async function printStats({ client }: Application, datasetId: string, json: true | undefined): Promise<void> {
  const dataset = await client.datasets.imported.get.query({ id: datasetId });
  const columns = ["source", "category", "difficulty", "promptLength", "responseLength"] as const;
  const histograms = await Promise.all(columns.map((column) => client.datasets.imported.histogram.query({ datasetId, column })));
  const bad = await client.datasets.imported.badRows.query({ datasetId, limit: 500 });
  if (json) {
    const stats = Object.fromEntries(columns.map((column, i) => [column, histograms[i]]));
    process.stdout.write(`${JSON.stringify({ dataset, ...stats, badRows: bad })}\n`);
    return;
  }
  process.stdout.write(`${inWords(dataset)}\n`);
  columns.forEach((column, i) => {
    const { bins, missing, kind } = histograms[i];
    const shown = kind === "label" ? bins.map((bin) => `${"label" in bin ? bin.label : ""}: ${bin.count}`) : bins.flatMap((bin) => ("from" in bin && bin.count > 0 ? [`${bin.from}–${bin.to}: ${bin.count}`] : [])); // biome-ignore format: one thought
    if (shown.length > 0) process.stdout.write(`${column.padEnd(14)} ${shown.join("  ")}${missing > 0 ? `  without: ${missing}` : ""}\n`);
  });
  for (const { line, reason } of bad.rows) process.stdout.write(`bad line ${line}: ${reason}\n`);
}
