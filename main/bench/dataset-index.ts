// How long importing a million rows takes, and how long each question to their index: pages at any offset, in each order, under
// filters and searches, counts and histograms. Rows are made up, with words as frequent as words are; the rarest questions and the
// commonest word are asked too.
//     node main/bench/dataset-index.ts [ROWS]     prints a table; ends with 1 where a question took longer than 200 ms
// Whole rows come from the file itself and are not held to the limit: in a parquet file each takes a page of every column.
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileWriter, parquetWriteRows } from "hyparquet-writer";
import { randomStream } from "../analysis/random.ts";
import { type DatasetPageInput, histogramColumn, type ImportedDataset, rowOrder } from "../contract/index.ts";
import { threadEntries } from "../host/entries.ts";
import { type DatasetIndex, openDatasetIndex } from "../store/dataset-index.ts";
import { busyShare } from "./busy-share.ts";

const rowCount = Number(process.argv[2] ?? 1_000_000);
const limitMilliseconds = 200;

interface BenchRow {
  id: string;
  problem: string;
  output: string;
  answer: string;
  source: string;
  category: string;
  level: number;
  date: string;
}
const columns = ["id", "problem", "output", "answer", "source", "category", "level", "date"] as const;

/** Deterministic; a word's frequency falls with its rank. */
function* madeUpRows(): Generator<BenchRow> {
  const random = randomStream("dataset-index bench").uniform;
  const words = Array.from({ length: 30_000 }, (_, i) => `${["find", "the", "sum", "of", "all"][i] ?? `w${i.toString(36)}`}`);
  const text = (count: number) => Array.from({ length: count }, () => words[Math.floor(words.length ** random()) - 1]).join(" ");
  const day = Date.parse("2023-01-01");
  for (let i = 0; i < rowCount; i++)
    yield {
      id: `row-${i}`,
      problem: text(8 + Math.floor(60 * random() ** 2)),
      output: text(20 + Math.floor(120 * random() ** 3)),
      answer: String(Math.floor(1000 * random())),
      source: `source ${Math.floor(12 * random() ** 2)}`,
      category: random() < 0.7 ? "math" : "code",
      level: Math.round(100 * random()) / 100,
      date: new Date(day + Math.floor(900 * random()) * 86_400_000).toISOString().slice(0, 10),
    };
}

function writeJsonl(path: string): void {
  const file = openSync(path, "w");
  let lines: string[] = [];
  const flush = () => {
    if (lines.length > 0) writeSync(file, `${lines.join("\n")}\n`);
    lines = [];
  };
  for (const row of madeUpRows()) if (lines.push(JSON.stringify(row)) === 10_000) flush();
  flush();
  closeSync(file);
}

function writeParquet(path: string): void {
  const typed = columns.map((name) => ({ name, type: name === "level" ? ("DOUBLE" as const) : ("STRING" as const) }));
  void parquetWriteRows({ writer: fileWriter(path), rows: madeUpRows(), columns: typed, rowGroupSize: 50_000 });
}

const round = (milliseconds: number) => Math.round(milliseconds * 10) / 10;
let slowest = 0;

async function timed(what: string, ask: () => Promise<unknown>, limited = true): Promise<void> {
  const started = performance.now();
  await ask();
  const milliseconds = performance.now() - started;
  if (limited) slowest = Math.max(slowest, milliseconds);
  process.stdout.write(`  ${String(round(milliseconds)).padStart(7)} ms  ${what}\n`);
}

async function questions(index: DatasetIndex, { id, rows }: ImportedDataset): Promise<void> {
  const page = (input: Omit<DatasetPageInput, "datasetId">) => index.page({ datasetId: id, ...input });
  await timed("first page", () => page({}));
  await timed("last page", () => page({ offset: rows - 100 }));
  for (const sort of rowOrder.options) {
    await timed(`sorted by ${sort}`, () => page({ sort }));
    await timed(`sorted by ${sort}, descending, in the middle`, () => page({ sort, descending: true, offset: rows >> 1 }));
  }
  const filters: [string, DatasetPageInput["filter"]][] = [
    ["two sources", { sources: ["source 0", "source 7"] }],
    ["a category", { categories: ["code"] }],
    ["a range of lengths", { promptLength: { min: 50, max: 200 } }],
    ["a range of difficulty", { difficulty: { min: 0.25, max: 0.5 } }],
    ["a window of dates", { dates: { from: "2024-01-01", to: "2024-07-01" } }],
    ["the commonest word", { search: "the" }],
    ["two common words", { search: "find sum" }],
    ["a rare word", { search: "wn5c" }],
    ["an id", { search: `row-${rows >> 1}` }],
    ["a word's beginning", { search: "wn5*" }],
    [
      "all of it",
      {
        search: "the",
        sources: ["source 0"],
        categories: ["math"],
        difficulty: { min: 0.1, max: 0.9 },
        promptLength: { min: 20, max: null },
      },
    ],
  ];
  for (const [what, filter] of filters) {
    await timed(`${what}: page and count`, () => page({ filter }));
    const { total } = await page({ filter });
    await timed(`${what}: sorted by response length, last page`, () =>
      page({ filter, sort: "responseLength", descending: true, offset: Math.max(0, total - 100) }),
    );
    for (const column of histogramColumn.options) {
      // As after a first brush: what matches has to be found anew.
      const brushed = { ...filter, responseLength: { min: 10 + histogramColumn.options.indexOf(column), max: null } };
      await timed(`${what}: histogram of ${column}`, () => index.histogram({ datasetId: id, column, filter: brushed }));
    }
  }
  for (const row of [0, rows >> 1, rows - 1]) await timed(`row ${row} whole`, () => index.row(id, row), false);
  await timed("500 rows drawn, whole", () => index.rows({ datasetId: id, order: "random", limit: 500 }), false);
}

const folder = mkdtempSync(join(tmpdir(), "headstart-bench-"));
const index = openDatasetIndex({ dataFolder: join(folder, "data"), entry: threadEntries().datasetIndex });
try {
  await index.list(); // starts the thread, as the app does before anyone asks
  for (const [name, write] of [
    ["rows.jsonl", writeJsonl],
    ["rows.parquet", writeParquet],
  ] as const) {
    const path = join(folder, name);
    write(path);
    const dataset = await index.import({ path, name });
    const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
    const busy = Math.round(100 * (await busyShare(1000)));
    process.stdout.write(
      `${name}: ${dataset.rows} rows, ${megabytes(statSync(path).size)}, imported in ${round(dataset.seconds)} s, index ${megabytes(dataset.indexBytes)}; others use ${busy} % of the machine\n`,
    );
    await questions(index, dataset);
    rmSync(path);
  }
} finally {
  await index.close();
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(`slowest: ${round(slowest)} ms (limit ${limitMilliseconds} ms)\n`);
process.exitCode = slowest > limitMilliseconds ? 1 : 0;
