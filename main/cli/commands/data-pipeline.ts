// headstart data pipeline: imported datasets made into one by the steps of a YAML or JSON file.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { z } from "zod";
import {
  HeadstartError,
  type MatchedSpan,
  type PipelineConfig,
  type PipelineProgress,
  type PipelineReport,
  pipelineConfig,
} from "../../contract/index.ts";
import { type JsonSchema, readSettings } from "../../host/settings-file.ts";
import { type Application, withApplication } from "../application.ts";
import { parseCount } from "../arguments.ts";
import { plural } from "../text.ts";

interface PipelineOptions {
  dryRun?: true;
  limit?: number;
  spans?: true;
  json?: true;
}

export function addDataPipeline(data: Command): void {
  data
    .command("pipeline <config>")
    .description("merge, unique, decontaminate, thin, resample and check imported datasets, as a YAML or JSON file says; prints each step")
    .option("--dry-run", "run it and report, make no dataset")
    .option("--limit <rows>", "with --dry-run: the first rows of each pool", parseCount)
    .option("--spans", "print every matched span, both texts side by side")
    .option("--json", "print the report as JSON (with --spans: one span a line after it)")
    .action((path: string, options: PipelineOptions) => {
      const config = readPipelineConfig(resolve(path));
      return withApplication((application) => runPipelineFile(application, config, options));
    });
}

/** A pipeline's file; what is wrong with it is told by line and field. */
export function readPipelineConfig(path: string): PipelineConfig {
  const refuse = (message: string, hint: string) => new HeadstartError({ code: "bad-pipeline", where: path, message, hint });
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (thrown) {
    throw refuse(`It cannot be read: ${(thrown as Error).message.split("\n")[0]}.`, "Give the path of a YAML or JSON file.");
  }
  const schema = z.toJSONSchema(pipelineConfig, { io: "input" }) as JsonSchema;
  const read = readSettings(text, pipelineConfig, schema, "A pipeline is a list of settings: its name, and its steps, the first of kind merge."); // biome-ignore format: one thought
  if ("value" in read) return read.value;
  const lines = read.problems.map(({ line, column, path: field, message }) => `  ${path}:${line}:${column}  ${field ? `${field}: ` : ""}${message}`); // biome-ignore format: one thought
  throw refuse(
    `${lines.length === 1 ? "One thing is" : `${lines.length} things are`} wrong with this pipeline:\n${lines.join("\n")}`,
    "Correct the file; with --dry-run it makes nothing.",
  );
}

async function runPipelineFile(
  { client }: Application,
  config: PipelineConfig,
  { dryRun, limit, spans, json }: PipelineOptions,
): Promise<void> {
  if (limit !== undefined && !dryRun)
    throw new HeadstartError({ code: "bad-input", where: "--limit", message: "A dataset of part of its pools would not say so.", hint: "Use it with --dry-run, or set the limit of a pool in the file." }); // biome-ignore format: one thought
  const onProgress = progressPrinter();
  const { report, datasetId } = await new Promise<{ report: PipelineReport; datasetId: string | null }>((done, onError) => {
    if (dryRun)
      client.datasets.pipeline.preview.subscribe(
        { config, limit: limit ?? null },
        {
          onData: (event) => (event.type === "progress" ? onProgress(event.progress) : done({ report: event.report, datasetId: null })),
          onError,
        },
      );
    else
      client.datasets.pipeline.run.subscribe(
        { config },
        { onData: (event) => (event.type === "progress" ? onProgress(event.progress) : done(event)), onError },
      );
  });
  if (process.stderr.isTTY === true) process.stderr.write("\r\x1b[K");
  process.stdout.write(json ? `${JSON.stringify({ datasetId, ...report })}\n` : `${formatPipelineReport(report, datasetId)}\n`);
  if (!spans) return;
  for await (const span of spansOf(client, report, datasetId))
    process.stdout.write(json ? `${JSON.stringify(span)}\n` : `${formatSpan(span)}\n`);
}

/** All of a dataset that was made; of a dry run the report's. */
async function* spansOf(client: Application["client"], report: PipelineReport, datasetId: string | null): AsyncGenerator<MatchedSpan> {
  if (datasetId === null) {
    for (const { spans } of report.steps) if (spans) yield* spans.shown;
    return;
  }
  for (let offset = 0; ; ) {
    const { rows, total } = await client.datasets.pipeline.spans.query({ datasetId, offset, limit: 500 });
    yield* rows;
    offset += rows.length;
    if (offset >= total || rows.length === 0) return;
  }
}

/** On a terminal, one line that is written again. */
function progressPrinter(): (progress: PipelineProgress) => void {
  if (process.stderr.isTTY !== true) return () => {};
  return ({ activity, rows, totalRows }) =>
    void process.stderr.write(`\r\x1b[K${activity === "rows" ? `${rows} of ${totalRows} rows` : activity}`);
}

const share = (part: number, whole: number): string => (whole === 0 ? "" : `${((100 * part) / whole).toFixed(1)} %`);

/** What there is none of is left out. */
const amount = (rows: number, responses: number): string =>
  [rows > 0 || responses === 0 ? plural(rows, "row") : "", responses > 0 ? plural(responses, "response") : ""]
    .filter((part) => part !== "")
    .join(", ");

export function formatPipelineReport(report: PipelineReport, datasetId: string | null): string {
  const width = Math.max(...report.steps.map(({ name }) => name.length), 4);
  const line = (name: string, ...cells: (string | number)[]) =>
    `${name.padEnd(width)}${cells.map((cell) => String(cell).padStart(12)).join("")}`;
  const lines = [line("step", "rows in", "kept", "", "responses in", "kept").trimEnd()];
  for (const step of report.steps) {
    const { in: taken, kept, dropped, bins, benchmarks } = step;
    lines.push(line(step.name, taken.rows, kept.rows, share(kept.rows, taken.rows), taken.responses, kept.responses));
    for (const { reason, rows, responses } of dropped) lines.push(`${" ".repeat(width)}  − ${amount(rows, responses)}: ${reason}`);
    for (const { benchmark, from, problems, shortProblems, rows } of benchmarks ?? [])
      lines.push(`${" ".repeat(width)}    ${benchmark} (${from}): ${plural(problems, "problem")}, ${shortProblems} of them too short for an n-gram; ${plural(rows, "row")}`); // biome-ignore format: one thought
    for (const { from, to, in: before, kept: after } of bins ?? [])
      lines.push(
        `${" ".repeat(width)}    length ${from}${to === null ? " or more" : ` to ${to}`}: ${after} of ${plural(before, "response")}`,
      );
  }
  const { before, after } = report.responseLengths;
  const mean = (value: number | null) => (value === null ? "none" : value.toFixed(0));
  lines.push(`Response length: ${mean(before.mean)} ${before.unit} on average before, ${mean(after.mean)} after.`);
  lines.push(...report.notices);
  const made = datasetId === null ? "Nothing was made (--dry-run)" : `Made ${datasetId}`;
  lines.push(
    `${made}: ${plural(report.result.rows, "row")}, ${plural(report.result.responses, "response")}, in ${report.seconds.toFixed(1)} s.`,
  );
  return lines.join("\n");
}

/** Both texts, the span in brackets. */
export function formatSpan(span: MatchedSpan): string {
  const marked = (text: string, from: number, to: number) =>
    `${text.slice(0, from)}【${text.slice(from, to)}】${text.slice(to)}`.replace(/\s+/g, " ").trim();
  const place = span.turn === null ? "" : `, turn ${span.turn}`;
  return [
    `${span.dataset} row ${span.row} (${span.id}${place}) ${span.from}–${span.to}, ${span.benchmark} ${span.problem} ${span.problemFrom}–${span.problemTo}: ${plural(span.words, "word")}${span.whole ? ", all of it" : ""}`,
    `  ${marked(span.text, span.from - span.textFrom, span.to - span.textFrom)}`,
    `  ${marked(span.problemText, span.problemFrom - span.problemTextFrom, span.problemTo - span.problemTextFrom)}`,
  ].join("\n");
}
