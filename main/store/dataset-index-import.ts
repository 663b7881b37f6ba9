// Imports one file: goes through its rows once, writes their index aside, and gives it its name and version when whole. Runs in a
// thread of its own that can be ended at any time; what it leaves behind then, the next opening removes.
import { createHash } from "node:crypto";
import { existsSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  type BadRow,
  type ColumnMapping,
  columnMapping,
  type FileFormat,
  HeadstartError,
  type ImportDatasetInput,
  type ImportedDataset,
  type ImportProgress,
} from "../contract/index.ts";
import { datasetName, detect } from "../data/import/detect.ts";
import { fileKind, openRows } from "../data/import/file-format.ts";
import { gunzipFile } from "../data/import/gunzip.ts";
import { hashFile } from "../data/import/hash-file.ts";
import { mapRow } from "../data/import/map-row.ts";
import { RowError } from "../data/import/row-reader.ts";
import { columnsOf, shapeNamed } from "../data/import/shapes.ts";
import { indexFile, listDatasets, newFolder, publish, readDataset, rewriteDataset } from "./dataset-index-folders.ts";
import { type IndexWriter, writeIndex } from "./dataset-index-writer.ts";
import { datasetsFolder } from "./folders.ts";

/** Part of the content hash: to be raised when rows come out otherwise for the same file and mapping. */
const rowsVersion = 1;
const progressMilliseconds = 100;
const checkedRows = 64;

export async function importDataset(
  dataFolder: string,
  input: ImportDatasetInput,
  report: (progress: ImportProgress) => void,
): Promise<ImportedDataset> {
  const folder = newFolder(dataFolder);
  try {
    return await importInto(folder, dataFolder, input, report);
  } finally {
    rmSync(folder, { recursive: true, force: true }); // gone already where it was published
  }
}

async function importInto(
  folder: string,
  dataFolder: string,
  input: ImportDatasetInput,
  report: (progress: ImportProgress) => void,
): Promise<ImportedDataset> {
  const started = performance.now();
  const progress: ImportProgress = { activity: "reading", bytes: 0, totalBytes: statSync(input.path).size, rows: 0, badRows: 0 };
  let reported = 0;
  const tell = (change: Partial<ImportProgress>, always = false) => {
    Object.assign(progress, change);
    const now = performance.now();
    if (!always && now - reported < progressMilliseconds) return;
    reported = now;
    report({ ...progress });
  };

  const { format, compressed } = fileKind(input.path);
  const detected = detect(input.path, input.mapping && checkedMapping(input.mapping));
  const mapping = checkedMapping(detected.mapping);
  const copy = compressed ? join(folder, `rows.${format}`) : null;
  if (copy) {
    tell({ activity: "decompressing" }, true);
    await gunzipFile(input.path, copy, (bytes) => tell({ bytes }));
  }
  const path = copy ?? input.path;
  const before = statSync(path);
  tell({ activity: "reading", bytes: 0, totalBytes: before.size }, true);

  const writer = writeIndex(indexFile(folder));
  let fileHash: string;
  let finished: ReturnType<IndexWriter["finish"]>;
  try {
    const indexed = indexRows(writer, { path, format, delimiter: detected.delimiter, mapping }, tell);
    if (writer.rows === 0) throw noRows(input.path, writer.badRows, indexed.firstBad);
    if (indexed.hash === null) tell({ activity: "hashing", bytes: 0 }, true);
    fileHash = indexed.hash ?? hashFile(path, (bytes) => tell({ bytes }));
    const after = statSync(path);
    if (after.size !== before.size || after.mtimeMs !== before.mtimeMs) throw changedMeanwhile(input.path);
    tell({ activity: "finishing", bytes: before.size }, true);
    finished = writer.finish();
  } catch (thrown) {
    writer.close();
    throw thrown;
  }

  const contentHash = createHash("sha256")
    .update(JSON.stringify({ rowsVersion, fileHash, delimiter: detected.delimiter, mapping: Object.entries(mapping).sort() }))
    .digest("hex");
  const name = input.name?.trim() || datasetName(input.path);
  const notices = [...finished.notices];
  if (compressed)
    notices.push("A decompressed copy of the gzip file is kept in the data folder, because rows are read at their places in it.");
  if (!shapeNamed(mapping.shape).triedOnRealFiles)
    notices.push(`The shape ${shapeNamed(mapping.shape).label} was never tried on a real file: look at a few rows.`);
  if (finished.repeatedIds > 0) notices.push(`${finished.repeatedIds} rows have an id that an earlier row has.`);
  const dataset: Omit<ImportedDataset, "id" | "version"> = {
    name,
    contentHash,
    fileHash,
    path,
    source: input.path,
    bytes: before.size,
    modifiedMilliseconds: before.mtimeMs,
    indexBytes: 0, // told when it is listed
    format,
    delimiter: detected.delimiter,
    mapping,
    rows: writer.rows,
    badRows: writer.badRows,
    repeatedIds: finished.repeatedIds,
    notices,
    seconds: (performance.now() - started) / 1000,
    createdAt: new Date().toISOString(),
  };
  return place(dataFolder, folder, dataset, copy, writer);
}

/** The next version of the name; the version that has this content already, if one has. */
function place(
  dataFolder: string,
  folder: string,
  dataset: Omit<ImportedDataset, "id" | "version">,
  copy: string | null,
  writer: IndexWriter,
): ImportedDataset {
  const same = listDatasets(dataFolder).filter(({ name }) => slug(name) === slug(dataset.name));
  const known = same.find(({ contentHash }) => contentHash === dataset.contentHash);
  if (known) {
    writer.close();
    const { path, source, modifiedMilliseconds } = dataset;
    // The file may lie elsewhere by now; the copy of a gzip file stays the one it has.
    const renewed = copy !== null || known.path !== known.source ? known : { ...known, path, source, modifiedMilliseconds };
    rewriteDataset(dataFolder, renewed);
    return readDataset(dataFolder, renewed.id);
  }
  const idOf = (version: number) => `${slug(dataset.name)}-v${version}`;
  let version = 1 + Math.max(0, ...same.map(({ version }) => version));
  while (existsSync(join(datasetsFolder(dataFolder), idOf(version)))) version++; // one whose index cannot be opened is in no list
  const id = idOf(version);
  const whole: ImportedDataset = {
    ...dataset,
    id,
    version,
    path: copy === null ? dataset.path : join(datasetsFolder(dataFolder), id, `rows.${dataset.format}`),
  };
  writer.describe(whole);
  publish(dataFolder, folder, id);
  return readDataset(dataFolder, id);
}

interface Source {
  path: string;
  format: FileFormat;
  delimiter: string | null;
  mapping: ColumnMapping;
}

/** All rows into the writer. The file's hash where the reader saw all its bytes in order. */
function indexRows(
  writer: IndexWriter,
  { path, format, delimiter, mapping }: Source,
  tell: (change: Partial<ImportProgress>) => void,
): { hash: string | null; firstBad: BadRow | null } {
  const hash = createHash("sha256");
  const pageStarts = { add: writer.addPage, before: () => null };
  const reader = openRows(path, format, { delimiter, columns: columnsOf(mapping), pageStarts });
  let firstBad: BadRow | null = null;
  const bad = (row: BadRow, count = 1) => {
    firstBad ??= row;
    writer.addBad(row, count);
  };
  try {
    let seen = 0;
    for (const row of reader.rows((bytes) => void hash.update(bytes))) {
      if (seen++ % checkedRows === 0) tell({ bytes: reader.progress(), rows: writer.rows, badRows: writer.badRows });
      if ("reason" in row) {
        bad({ line: row.line, reason: row.reason }, row.rows);
        continue;
      }
      const { line, position, value } = row;
      try {
        const mapped = mapRow(value, mapping);
        writer.add({ ...mapped, id: mapped.id ?? String(line), line, position });
      } catch (thrown) {
        if (!(thrown instanceof RowError)) throw thrown;
        bad({ line, reason: thrown.message });
      }
    }
    tell({ bytes: reader.progress(), rows: writer.rows, badRows: writer.badRows });
    return { hash: format === "parquet" ? null : hash.digest("hex"), firstBad };
  } finally {
    reader.close();
  }
}

const slug = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "") || "dataset";

function checkedMapping(mapping: unknown): ColumnMapping {
  const parsed = columnMapping.safeParse(mapping);
  if (parsed.success) return parsed.data;
  throw new HeadstartError({
    code: "invalid-mapping",
    where: "import mapping",
    message: parsed.error.issues.map(({ message }) => message).join(" "),
    hint: "Choose which column holds what, and import again.",
  });
}

const noRows = (path: string, badRows: number, first: BadRow | null) =>
  new HeadstartError({
    code: "no-rows",
    where: path,
    message: first ? `None of the file's ${badRows} rows can be used; line ${first.line}: ${first.reason}.` : "The file has no rows.",
    hint: "Check the file, and which columns the mapping reads.",
  });

const changedMeanwhile = (path: string) =>
  new HeadstartError({
    code: "file-changed",
    where: path,
    message: "The file changed while it was imported.",
    hint: "Import it again when nothing writes to it.",
  });
