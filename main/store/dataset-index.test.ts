import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import {
  type DatasetPageInput,
  histogramColumn,
  type ImportedDataset,
  type ImportedRow,
  type ImportProgress,
  type RowFilter,
  type RowOrder,
  rowFilter,
  rowOrder,
} from "../contract/index.ts";
import { type DatasetIndex, openDatasetIndex } from "./dataset-index.ts";
import { sortByKey } from "./dataset-index-orders.ts";

// Each import and detection starts a thread.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const entry = new URL("dataset-index-thread.ts", import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "headstart-datasets-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const dataFolder = join(folder, "data");

let index: DatasetIndex;
beforeAll(() => {
  index = openDatasetIndex({ dataFolder, entry });
});
afterAll(() => index.close());

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}
const lines = (rows: object[]) => rows.map((row) => JSON.stringify(row)).join("\n");
const shipped = (name: string) => fileURLToPath(new URL(`../../resources/${name}`, import.meta.url));
const leftBehind = () => readdirSync(join(dataFolder, "datasets")).filter((name) => name.startsWith("."));
const failing = (code: string) => expect.objectContaining({ code });

describe("questions are answered as going through all rows would", () => {
  const word = (i: number) => ["prime", "sum", "area", "漢字", "π"][i % 5];
  const source = Array.from({ length: 3000 }, (_, i) => ({
    id: `p-${(i * 7919) % 3000}`,
    problem: `Find the ${word(i)} of ${i}${"x".repeat((i * 31) % 97)}`,
    output: i % 4 === 0 ? [] : Array.from({ length: i % 4 }, (_, k) => "y".repeat((i + k) % 53)),
    answer: String(i % 100),
    source: i % 9 === 0 ? null : `source ${"bca"[i % 3]}`,
    category: `category ${(i * i) % 7}`,
    level: i % 5 === 0 ? null : ((i * 37) % 41) / 8 - 2,
    date: i % 6 === 0 ? null : new Date(Date.UTC(2024, 0, 1 + (i % 200))).toISOString().slice(0, 10),
  }));
  let dataset: ImportedDataset;
  let rows: ImportedRow[];
  beforeAll(async () => {
    dataset = await index.import({ path: file("rows.jsonl", lines(source)) });
    rows = await index.rows({ datasetId: dataset.id });
  });

  const longest = (row: ImportedRow) => Math.max(0, ...row.responses.map(({ length }) => length));
  const within = (value: number | null, range: RowFilter["difficulty"]) =>
    range === null ||
    (range.min === null && range.max === null) ||
    (value !== null && value >= (range.min ?? -1e9) && value <= (range.max ?? 1e9));
  const matches = (filter: RowFilter) => (row: ImportedRow) =>
    (filter.search === "" ||
      filter.search.split(" ").every((part) => `${row.id} ${row.answer} ${row.prompt}`.split(/[^\p{L}\p{N}]+|(?<=漢)/u).includes(part))) &&
    (filter.sources.length === 0 || filter.sources.includes(row.source)) &&
    (filter.categories.length === 0 || filter.categories.includes(row.category)) &&
    within(row.difficulty, filter.difficulty) &&
    within(row.prompt.length, filter.promptLength) &&
    within(longest(row), filter.responseLength) &&
    (filter.dates === null || (row.date !== null && row.date >= filter.dates.from && row.date < filter.dates.to));

  const keys: Record<RowOrder, (row: ImportedRow) => string | number | null> = {
    row: ({ row }) => row,
    id: ({ id }) => id,
    source: ({ source }) => source,
    category: ({ category }) => category,
    difficulty: ({ difficulty }) => difficulty,
    date: ({ date }) => date,
    promptLength: ({ prompt }) => prompt.length,
    responseLength: longest,
    responses: ({ responses }) => responses.length,
    tests: () => 0,
  };
  function sorted(found: ImportedRow[], sort: RowOrder, descending: boolean): number[] {
    const key = keys[sort];
    const present = found.filter((row) => key(row) !== null);
    present.sort((a, b) => (key(a)! < key(b)! ? -1 : key(a)! > key(b)! ? 1 : a.row - b.row));
    if (descending) present.reverse();
    return [...present, ...found.filter((row) => key(row) === null)].map(({ row }) => row);
  }

  test("rows come back whole", () => {
    expect(dataset).toMatchObject({ rows: 3000, badRows: 0, format: "jsonl", version: 1, repeatedIds: 0 });
    expect(rows[5]).toEqual({
      row: 5,
      line: 6,
      id: source[5].id,
      source: source[5].source,
      category: source[5].category,
      difficulty: source[5].level,
      date: source[5].date,
      prompt: source[5].problem,
      messages: null,
      responses: source[5].output,
      answer: "5",
      answerRule: "boxed-or-last-number",
      tests: null,
    });
  });

  const range = fc.option(
    fc.record({ min: fc.option(fc.integer({ min: -2, max: 60 })), max: fc.option(fc.integer({ min: 0, max: 90 })) }),
    { freq: 2 },
  );
  const day = fc.integer({ min: 0, max: 220 }).map((days) => new Date(Date.UTC(2024, 0, 1 + days)).toISOString().slice(0, 10));
  const filters = fc.record({
    search: fc.constantFrom("", "", "", "prime", "Find sum", "漢", "p", "17", "nowhere"),
    sources: fc.constantFrom<(string | null)[]>([], [], ["source a"], ["source b", null], ["no such"]),
    categories: fc.constantFrom<string[]>([], [], ["category 1", "category 4"]),
    difficulty: range,
    promptLength: range,
    responseLength: range,
    dates: fc.option(fc.record({ from: day, to: day }), { freq: 2 }),
  });

  test("pages under any filter, in any order, at any place", async () => {
    const question = fc.record({
      filter: filters,
      sort: fc.constantFrom(...rowOrder.options),
      descending: fc.boolean(),
      offset: fc.integer({ min: 0, max: 400 }),
      limit: fc.integer({ min: 1, max: 60 }),
    });
    await fc.assert(
      fc.asyncProperty(question, async ({ filter, ...question }) => {
        const found = rows.filter(matches(rowFilter.parse(filter)));
        const page = await index.page({ datasetId: dataset.id, filter, ...question });
        expect(page.total).toBe(found.length);
        const { sort, descending, offset, limit } = question;
        expect(page.rows.map(({ row }) => row)).toEqual(sorted(found, sort, descending).slice(offset, offset + limit));
        for (const shown of page.rows)
          expect(shown).toEqual({
            row: shown.row,
            id: rows[shown.row].id,
            source: rows[shown.row].source,
            category: rows[shown.row].category,
            difficulty: rows[shown.row].difficulty,
            date: rows[shown.row].date,
            preview: rows[shown.row].prompt,
            promptLength: rows[shown.row].prompt.length,
            responseLength: longest(rows[shown.row]),
            responses: rows[shown.row].responses.length,
            tests: 0,
            hasAnswer: true,
          });
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  test("histograms count what matches, in bins that no filter moves", async () => {
    const whole = new Map(
      await Promise.all(
        histogramColumn.options.map(async (column) => [column, await index.histogram({ datasetId: dataset.id, column })] as const),
      ),
    );
    await fc.assert(
      fc.asyncProperty(filters, fc.constantFrom(...histogramColumn.options), async (filter, column) => {
        const found = rows.filter(matches(rowFilter.parse(filter)));
        const histogram = await index.histogram({ datasetId: dataset.id, column, filter });
        const values = found.map(keys[column]);
        expect(histogram.missing).toBe(values.filter((value) => value === null).length);
        if (histogram.kind === "label") {
          for (const { label, count } of histogram.bins) expect(values.filter((value) => value === label)).toHaveLength(count);
          expect(histogram.bins.map(({ label }) => label)).toEqual((whole.get(column) as typeof histogram).bins.map(({ label }) => label));
        } else {
          const numbers = values.flatMap((value) => (value === null ? [] : [typeof value === "string" ? Date.parse(value) : value]));
          histogram.bins.forEach(({ from, to, count }, i) => {
            const last = i === histogram.bins.length - 1;
            expect(numbers.filter((value) => value >= from && (last ? value <= to : value < to))).toHaveLength(count);
          });
          expect(histogram.bins.reduce((sum, { count }) => sum + count, 0)).toBe(numbers.length);
          expect(histogram.bins.map(({ from }) => from)).toEqual((whole.get(column) as typeof histogram).bins.map(({ from }) => from));
        }
      }),
      { numRuns: 80, seed: 1 },
    );
  });

  test("a word's beginning is searched with a star; what is no word is in no row", async () => {
    const total = async (search: string) => (await index.page({ datasetId: dataset.id, filter: { search } })).total;
    expect(await total("pri*")).toBe(await total("prime"));
    expect(await total("pri")).toBe(0);
    expect(await total("+++")).toBe(0);
    expect(await total('"; DROP TABLE rows; --')).toBe(0);
    expect(await total("prime OR sum")).toBe(0);
    expect(await total("FIND")).toBe(3000);
  });

  test("a selection is the same each time, more rows of a seed begin with fewer, another seed draws others", async () => {
    const select = async (how: object) => Array.from(await index.select({ datasetId: dataset.id, ...how }));
    const filter = { categories: ["category 1"] };
    const inFile = await select({ filter });
    expect(inFile).toEqual(rows.filter(({ category }) => category === "category 1").map(({ row }) => row));
    const drawn = await select({ filter, order: "random", seed: 3 });
    expect(drawn).not.toEqual(inFile);
    expect([...drawn].sort((a, b) => a - b)).toEqual(inFile);
    expect(await select({ filter, order: "random", seed: 3, limit: 40 })).toEqual(drawn.slice(0, 40));
    expect(await select({ filter, order: "random", seed: 4, limit: 40 })).not.toEqual(drawn.slice(0, 40));
    const read = await index.rows({ datasetId: dataset.id, filter, order: "random", seed: 3, limit: 700 });
    expect(read.map(({ row }) => row)).toEqual(drawn.slice(0, 700));
  });
});

test("sorting by keys is stable and total", () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 0xffffffff }), { maxLength: 300 }), (keys) => {
      const order = sortByKey(
        Uint32Array.from(keys, (_, i) => i),
        Uint32Array.from(keys),
      );
      expect(Array.from(order)).toEqual(keys.map((_, i) => i).sort((a, b) => keys[a] - keys[b] || a - b));
    }),
  );
});

describe("versions", () => {
  const row = (i: number) => ({ prompt: `p ${i}`, answer: String(i) });

  test("the same file twice is one version; a changed file, or another mapping, is the next one", async () => {
    const path = file("numbers.jsonl", lines([row(1), row(2)]));
    const first = await index.import({ path });
    expect(first).toMatchObject({ id: "numbers-v1", name: "numbers", rows: 2, path, source: path });
    expect(await index.import({ path })).toEqual({ ...first, notices: first.notices });
    const moved = file("moved.jsonl", lines([row(1), row(2)]));
    expect(await index.import({ path: moved, name: "Numbers" })).toMatchObject({ id: "numbers-v1", path: moved });

    writeFileSync(path, lines([row(1), row(2), row(3)]));
    const second = await index.import({ path });
    expect(second).toMatchObject({ id: "numbers-v2", version: 2, rows: 3 });
    const third = await index.import({ path, mapping: { ...second.mapping, answerRule: "boxed" } });
    expect(third).toMatchObject({ id: "numbers-v3", fileHash: second.fileHash });
    expect(new Set([first, second, third].map(({ contentHash }) => contentHash)).size).toBe(3);
    expect((await index.list()).map(({ id }) => id).filter((id) => id.startsWith("numbers"))).toEqual([
      "numbers-v3",
      "numbers-v2",
      "numbers-v1",
    ]);
  });

  test("rows of a file that changed are not read; imported again they are", async () => {
    const path = file("changing.jsonl", lines([row(1), row(2)]));
    const { id } = await index.import({ path });
    expect((await index.row(id, 1)).prompt).toBe("p 2");
    utimesSync(path, 1, 1);
    await expect(index.row(id, 1)).rejects.toThrow(failing("file-changed"));
    expect((await index.page({ datasetId: id })).total).toBe(2);
    expect((await index.import({ path })).id).toBe(id);
    expect((await index.row(id, 1)).prompt).toBe("p 2");
    rmSync(path);
    await expect(index.row(id, 1)).rejects.toThrow(failing("file-changed"));
  });

  test("removing takes the index, never the file", async () => {
    const path = file("removed.jsonl", lines([row(1)]));
    const { id } = await index.import({ path });
    await index.page({ datasetId: id });
    await index.remove(id);
    await expect(index.get(id)).rejects.toThrow(failing("unknown-dataset"));
    await expect(index.page({ datasetId: id })).rejects.toThrow(failing("unknown-dataset"));
    await expect(index.remove("../data")).rejects.toThrow(failing("unknown-dataset"));
    expect(readFileSync(path, "utf8")).toBe(lines([row(1)]));
    expect(leftBehind()).toEqual([]);
  });
});

describe("files", () => {
  afterEach(() => expect(leftBehind()).toEqual([]));

  test("bad rows are listed with line and reason, and do not stop the rest", async () => {
    const bad = Array.from({ length: 1200 }, () => "{");
    const path = file("bad.jsonl", ['{"prompt":"a"}', ...bad, '{"prompt":""}', '{"prompt":"b"}'].join("\n"));
    const dataset = await index.import({ path });
    expect(dataset).toMatchObject({ rows: 2, badRows: 1201 });
    const { total, rows } = await index.badRows(dataset.id, 999, 10);
    expect(total).toBe(1201);
    expect(rows).toEqual([{ line: 1001, reason: expect.stringContaining("not JSON") }]);
  });

  test("gzip is kept decompressed in the data folder, and is the version its content is", async () => {
    const content = readFileSync(shipped("humaneval/HumanEval.jsonl"));
    const path = file("HumanEval.jsonl.gz", gzipSync(content));
    const dataset = await index.import({ path });
    expect(dataset).toMatchObject({ id: "humaneval-v1", rows: 164, badRows: 0, source: path, bytes: content.length });
    expect(dataset.notices).toEqual([expect.stringContaining("decompressed copy")]);
    rmSync(path);
    expect((await index.row(dataset.id, 163)).tests).toMatchObject({ kind: "check" });
    expect((await index.import({ path: shipped("humaneval/HumanEval.jsonl") })).id).toBe("humaneval-v1");
  });

  test("the real files that are shipped", async () => {
    const progress: ImportProgress[] = [];
    const gsm8k = await index.import({ path: shipped("gsm8k/train.jsonl") }, { onProgress: (step) => progress.push(step) });
    expect(gsm8k).toMatchObject({ id: "gsm8k-train-v1", rows: 7473, badRows: 0, notices: [], mapping: { shape: "gsm8k" } });
    expect(progress.map(({ activity }) => activity)).toContain("finishing");
    expect(progress[progress.length - 1]).toMatchObject({ rows: 7473, bytes: gsm8k.bytes, totalBytes: gsm8k.bytes });
    const math = await index.import({ path: shipped("math500/test.jsonl") });
    expect(math).toMatchObject({ id: "math500-test-v1", rows: 500, badRows: 0, mapping: { shape: "math-500" } });
    expect(await index.histogram({ datasetId: math.id, column: "difficulty" })).toMatchObject({
      bins: [
        { from: 1, to: 2, count: 43 },
        { from: 2, to: 3, count: 90 },
        { from: 3, to: 4, count: 105 },
        { from: 4, to: 5, count: 128 },
        { from: 5, to: 5, count: 134 },
      ],
    });
  });

  test("CSV and parquet rows are read again from where they lie", async () => {
    const csv = await index.import({ path: file("rows.csv", 'problem;answer\n"a;\n""b""";1\né;2\n') });
    expect(await index.rows({ datasetId: csv.id })).toMatchObject([
      { line: 2, prompt: 'a;\n"b"', answer: "1" },
      { line: 4, prompt: "é", answer: "2" },
    ]);
    const parquet = await index.import({ path: fileURLToPath(new URL("../data/import/reference/rows-zstd.parquet", import.meta.url)) });
    expect(parquet).toMatchObject({ rows: 316, badRows: 4 });
    const drawn = await index.rows({ datasetId: parquet.id, order: "random", limit: 50 });
    for (const { line, prompt } of drawn) expect(prompt).toMatch(new RegExp(`^problem ${line - 1} `));
  });

  test("what cannot be imported is refused by name", async () => {
    const refused: [name: string, content: string, code: string, mapping?: object][] = [
      ["empty.jsonl", "", "unsupported-file"],
      ["none.jsonl", '{"a":1}', "invalid-mapping"],
      ["blank.jsonl", '{"prompt":""}', "no-rows"],
      ["rows.zip", "PK\u0003\u0004", "unsupported-file"],
      ["rows.gz", "\u001f\u008bnot gzip", "unsupported-file"],
      ["notes.txt", "notes", "unsupported-file"],
    ];
    for (const [name, content, code] of refused)
      await expect(index.import({ path: file(name, Buffer.from(content, "latin1")) }), name).rejects.toThrow(failing(code));
    await expect(index.import({ path: folder })).rejects.toThrow(failing("unreadable-file"));
    await expect(index.detect(join(folder, "nowhere.jsonl"))).rejects.toThrow(failing("unreadable-file"));
  });

  test("a cancelled import leaves nothing behind", async () => {
    const many = lines(Array.from({ length: 20_000 }, (_, i) => ({ prompt: `row ${i} ${"words ".repeat(20)}` })));
    const path = file("many.jsonl", many);
    const controller = new AbortController();
    const importing = index.import({ path }, { signal: controller.signal, onProgress: ({ rows }) => rows > 0 && controller.abort() });
    await expect(importing).rejects.toThrow(failing("cancelled"));
    expect((await index.list()).map(({ id }) => id)).not.toContain("many-v1");
    expect(leftBehind()).toEqual([]);
    expect((await index.import({ path })).rows).toBe(20_000);
  });
});

test("an index that cannot be opened says so, and does not stand in the next version's way", async () => {
  const path = file("damaged.jsonl", lines([{ prompt: "a" }]));
  const { id } = await index.import({ path });
  writeFileSync(join(dataFolder, "datasets", id, "index.sqlite"), "no database, whatever its name says");
  await expect(index.get(id)).rejects.toThrow(failing("index-damaged"));
  expect((await index.list()).map((dataset) => dataset.id)).not.toContain(id);
  expect((await index.import({ path })).id).toBe("damaged-v2");
  await index.remove(id);
  await expect(index.get(id)).rejects.toThrow(failing("unknown-dataset"));
});

test("what a crash left unfinished is removed when the folder is opened again", async () => {
  const other = join(folder, "other");
  mkdirSync(join(other, "datasets", ".unfinished-abc"), { recursive: true });
  writeFileSync(join(other, "datasets", ".unfinished-abc", "index.sqlite"), "half");
  const reopened = openDatasetIndex({ dataFolder: other, entry });
  expect(readdirSync(join(other, "datasets"))).toEqual([]);
  expect(await reopened.list()).toEqual([]);
  await reopened.close();
  await expect(reopened.list()).rejects.toThrow(failing("datasets-closed"));
});

test("detection shows the mapping's first rows without importing", async () => {
  const path = file("detected.jsonl", lines([{ question: "q", answer: "2 + 2 = 4\n#### 4", extra: 1 }, { question: "" }]));
  const detected = await index.detect(path);
  expect(detected).toMatchObject({ shape: "gsm8k", triedOnRealFiles: true, unused: ["extra"], rows: { count: 2, exact: true } });
  expect(detected.first).toMatchObject([{ prompt: "q", answer: "4" }]);
  expect(detected.bad).toEqual([{ line: 2, reason: "question is empty" }]);
  const changed = await index.detect(path, { ...detected.mapping, shape: "generic", response: "extra" });
  expect(changed.first).toMatchObject([{ responses: ["1"], answer: "2 + 2 = 4\n#### 4" }]);
  const page: DatasetPageInput = { datasetId: "detected-v1" };
  await expect(index.page(page)).rejects.toThrow(failing("unknown-dataset"));
});
