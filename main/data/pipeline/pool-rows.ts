// Rows of an imported dataset version, and problems of a benchmark, read from their files from the first to the last: the same rows, with
// the same numbers, that the dataset's index has.
import { statSync } from "node:fs";
import { HeadstartError } from "../../contract/errors.ts";
import type { ColumnMapping, FileFormat, ImportedDataset } from "../../contract/imported-dataset.ts";
import { detect } from "../import/detect.ts";
import { fileKind, openRows } from "../import/file-format.ts";
import { hashFile } from "../import/hash-file.ts";
import { type MappedRow, mapRow } from "../import/map-row.ts";
import { RowError } from "../import/row-reader.ts";
import { columnsOf } from "../import/shapes.ts";
import type { LoadedBenchmark } from "./decontaminate.ts";
import type { Pool, UnreadablePoolRow } from "./merge.ts";
import type { PipelineRow } from "./row.ts";

export type DatasetFile = Pick<
  ImportedDataset,
  "id" | "contentHash" | "path" | "bytes" | "modifiedMilliseconds" | "format" | "delimiter" | "mapping" | "rows"
>;

/** A benchmark's problems: an imported dataset, or a shipped file that is read as it is detected; with the benchmark's window of dates. */
export interface BenchmarkSource {
  /** As the pipeline's steps name it. */
  key: string;
  source: { dataset: DatasetFile } | { file: string; shippedAs: string };
  dates: { from: string; to: string } | null;
}

interface NumberedRow extends MappedRow {
  row: number;
  line: number;
}

interface OpenedFile {
  path: string;
  format: FileFormat;
  delimiter: string | null;
  mapping: ColumnMapping;
}

function* fileRows({ path, format, delimiter, mapping }: OpenedFile): Generator<NumberedRow | UnreadablePoolRow> {
  const reader = openRows(path, format, { delimiter, columns: columnsOf(mapping) });
  try {
    let row = 0;
    for (const found of reader.rows()) {
      if ("reason" in found) {
        yield { line: found.line, reason: found.reason, rows: found.rows ?? 1 };
        continue;
      }
      let mapped: MappedRow;
      try {
        mapped = mapRow(found.value, mapping);
      } catch (thrown) {
        if (!(thrown instanceof RowError)) throw thrown;
        yield { line: found.line, reason: thrown.message, rows: 1 };
        continue;
      }
      yield { ...mapped, row: row++, line: found.line };
    }
  } finally {
    reader.close();
  }
}

/** A file that changed since it was imported is not the version that the report would name. */
function refuseChanged({ id, path, bytes, modifiedMilliseconds }: DatasetFile): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.size === bytes && found.mtimeMs === modifiedMilliseconds) return;
  throw new HeadstartError({
    code: "file-changed",
    where: `dataset ${id}`,
    message: `The file ${path} ${found ? "has changed since it was imported" : "is gone"}.`,
    hint: found ? "Import it again: it becomes the next version." : "Put it back, or import it from where it is now.",
  });
}

/** `lengthOf` measures a response. */
export function datasetPool(dataset: DatasetFile, lengthOf: (text: string) => number): Pool {
  function* rows(): Generator<PipelineRow | UnreadablePoolRow> {
    refuseChanged(dataset);
    for (const found of fileRows(dataset)) {
      if ("reason" in found) yield found;
      else {
        const { line, responses, id, ...row } = found;
        const measured = responses.map((text) => ({ text, length: lengthOf(text) }));
        yield { ...row, id: id ?? String(line), dataset: dataset.id, responses: measured };
      }
    }
  }
  return { dataset: dataset.id, contentHash: dataset.contentHash, rows: dataset.rows, open: rows };
}

export function loadBenchmark({ key, source, dates }: BenchmarkSource): LoadedBenchmark {
  const opened = "dataset" in source ? source.dataset : shipped(source.file);
  if ("dataset" in source) refuseChanged(source.dataset);
  const problems: { id: string; text: string }[] = [];
  for (const row of fileRows(opened)) {
    if ("reason" in row) continue; // no problem of the benchmark: evaluations do not have it either
    if (dates && (row.date === null || row.date < dates.from || row.date >= dates.to)) continue;
    problems.push({ id: row.id ?? String(row.line), text: row.prompt });
  }
  if (problems.length === 0)
    throw new HeadstartError({
      code: "empty-benchmark",
      where: `benchmark ${key}`,
      message: "It has no problem that can be read.",
      hint: "Look at its rows, and at the window of dates that the benchmark has.",
    });
  const about =
    "dataset" in source
      ? { from: source.dataset.id, hash: source.dataset.contentHash }
      : { from: source.shippedAs, hash: hashFile(source.file, () => {}) };
  return { key, problems, ...about };
}

function shipped(path: string): OpenedFile {
  const { mapping, delimiter } = detect(path);
  return { path, format: fileKind(path).format, delimiter, mapping };
}
