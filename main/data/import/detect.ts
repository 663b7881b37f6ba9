// What a file seems to be, for the import wizard: format, columns, shape, the mapping that implies, and the first rows by it. Reads
// the file's head and its tail, whatever its size.
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { CodeTests } from "../../contract/code-tests.ts";
import type { BadRow, ColumnMapping, DetectedDataset, FileFormat } from "../../contract/imported-dataset.ts";
import { FileReader } from "../../formats/file-reader.ts";
import { describeColumns } from "./columns.ts";
import type { CsvReader } from "./csv.ts";
import { fileKind, gunzipHead, openRows } from "./file-format.ts";
import { mapRow } from "./map-row.ts";
import type { ParquetReader } from "./parquet.ts";
import { clip, type GoodRow, RowError, type UnreadRow } from "./row-reader.ts";
import { Sample } from "./shape.ts";
import { columnsOf, recognise, shapeNamed } from "./shapes.ts";
import { readBytes } from "./text-file.ts";

const sampleRows = 100;
const sampleBytes = 64 << 20;
/** Files up to this size are counted to the end. */
const countedBytes = 8 << 20;
const shownRows = 5;
const shownLength = 4000;
const gzipHeadBytes = 1 << 20;
const tailBytes = 1 << 20;

/** gzip: on what its beginning holds, in a file of its own for as long as it takes. */
export function detect(path: string, mapping?: ColumnMapping): DetectedDataset {
  const { format, compressed } = fileKind(path);
  const bytes = statSync(path).size;
  const about = { path, name: datasetName(path), bytes, format, compressed };
  if (!compressed) return { ...about, ...inspect(path, path, format, true, mapping) };
  const folder = mkdtempSync(join(tmpdir(), "headstart-"));
  try {
    const file = new FileReader(path);
    const whole = bytes <= gzipHeadBytes;
    const head = gunzipHead(readBytes(file, { at: 0, length: Math.min(bytes, gzipHeadBytes) }), path);
    file.close();
    const copy = join(folder, "head");
    writeFileSync(copy, head);
    const found = inspect(copy, path, format, whole, mapping);
    if (!whole) found.rows = { count: Math.round((found.rows.count * bytes) / gzipHeadBytes), exact: false };
    found.warnings.push("gzip: a decompressed copy is kept in the data folder, because rows are read at their places in it.");
    return { ...about, ...found };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The file's name without its endings; with its folder's where files of many data sets are called so: gsm8k train. */
export function datasetName(path: string): string {
  const name = basename(path)
    .replace(/\.gz$/i, "")
    .replace(/\.[a-z0-9]+$/i, "");
  const common = /^(?:train|test|dev|val|validation|data|rows|problems)(?![a-z])/i.test(name);
  return (common ? `${basename(dirname(path))} ${name}` : name).trim().slice(0, 64);
}

type Inspected = Omit<DetectedDataset, "path" | "name" | "bytes" | "format" | "compressed">;

/** `whole`: the file does not end before its last row does. */
function inspect(path: string, shownPath: string, format: FileFormat, whole: boolean, given?: ColumnMapping): Inspected {
  const reader = openRows(path, format);
  const { size } = statSync(path);
  try {
    const good: GoodRow[] = [];
    const bad: UnreadRow[] = [];
    let read = 0;
    let count = 0;
    let counted = true;
    for (const row of reader.rows()) {
      if (good.length + bad.length >= sampleRows || read > sampleBytes) {
        if (size > countedBytes || format === "parquet") {
          counted = false;
          break;
        }
        count += "reason" in row ? 0 : 1;
      } else if ("reason" in row) bad.push(row);
      else {
        good.push(row);
        count++;
        read += format === "parquet" ? 0 : row.position.length;
      }
    }
    if (!whole && bad.length > 0 && bad[bad.length - 1].line > (good[good.length - 1]?.line ?? 0)) bad.pop();
    const values = good.map(({ value }) => value);
    const columns = describeColumns(values);
    const sample = new Sample(
      basename(shownPath),
      columns.map(({ name }) => name),
      values,
    );
    const recognised = recognise(sample);
    const mapping = given ?? recognised.mapping;
    const shape = shapeNamed(mapping.shape);
    const mapped = mapFirst(good, mapping);
    const topLevel = columns.map(({ name }) => name).filter((name) => values.some((value) => Object.hasOwn(value, name)));
    const used = columnsOf(mapping);
    return {
      delimiter: format === "csv" ? (reader as CsvReader).delimiter : null,
      columns,
      shape: shape.shape,
      shapeLabel: shape.label,
      triedOnRealFiles: shape.triedOnRealFiles,
      mapping,
      unused: topLevel.filter((name) => !used.includes(name)),
      rows:
        format === "parquet"
          ? { count: (reader as ParquetReader).rowCount, exact: true }
          : counted
            ? { count, exact: whole }
            : { count: estimate(path, good, bad), exact: false },
      first: mapped.first,
      bad: [...bad.map(({ line, reason }) => ({ line, reason })), ...mapped.bad].sort((a, b) => a.line - b.line),
      warnings: [...recognised.warnings, ...(good.length === 0 ? ["No row of the file's beginning can be read."] : [])],
    };
  } finally {
    reader.close();
  }
}

/** All sampled rows are mapped, so that a mapping that does not fit shows; the first of them are shown. */
function mapFirst(good: readonly GoodRow[], mapping: ColumnMapping): Pick<DetectedDataset, "first" | "bad"> {
  const first: DetectedDataset["first"] = [];
  const bad: BadRow[] = [];
  for (const { line, value } of good) {
    try {
      const row = mapRow(value, mapping);
      if (first.length < shownRows)
        first.push({
          ...row,
          row: first.length,
          line,
          id: clip(row.id ?? String(line), shownLength),
          prompt: clip(row.prompt, shownLength),
          messages: row.messages?.slice(0, 20).map(({ role, content }) => ({ role, content: clip(content, shownLength) })) ?? null,
          responses: row.responses.slice(0, 3).map((response) => clip(response, shownLength)),
          answer: row.answer === null ? null : clip(row.answer, shownLength),
          tests: row.tests && testsInWords(row.tests),
        });
    } catch (thrown) {
      if (!(thrown instanceof RowError)) throw thrown;
      bad.push({ line, reason: thrown.message });
    }
  }
  return { first, bad };
}

export function testsInWords(tests: CodeTests): string {
  const of = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;
  if (tests.kind === "check") return `check(${tests.entryPoint})`;
  if (tests.kind === "asserts") return of(tests.asserts.length, "assertion");
  return tests.kind === "calls" ? `${of(tests.cases.length, "call")} of ${tests.entryPoint}` : of(tests.cases.length, "run");
}

/** By how long rows are at the head and, where a row is a line, how many lines the tail has. */
function estimate(path: string, good: readonly GoodRow[], bad: readonly UnreadRow[]): number {
  const last = good[good.length - 1];
  if (!last) return 0;
  const file = new FileReader(path);
  try {
    const headRow = (last.position.at + last.position.length) / good.length;
    const tail = readBytes(file, { at: Math.max(0, file.size - tailBytes), length: Math.min(tailBytes, file.size) });
    const lines = tail.reduce((sum, byte) => sum + (byte === 10 ? 1 : 0), 0);
    const aLineARow = last.line <= good.length + bad.length + 1;
    const tailRow = aLineARow && lines > 0 ? tail.length / lines : headRow;
    return Math.round(file.size / ((headRow + tailRow) / 2));
  } finally {
    file.close();
  }
}
