import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, describe, expect, test } from "vitest";
import { openParquet, type PageStarts } from "./parquet.ts";
import type { FoundRow, GoodRow } from "./row-reader.ts";
import { checkThrift } from "./thrift-check.ts";

const folder = mkdtempSync(join(tmpdir(), "headstart-parquet-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const reference = (name: string) => new URL(`reference/${name}`, import.meta.url).pathname;

type WriteOptions = Omit<Parameters<typeof parquetWriteBuffer>[0], "writer">;
function write(options: WriteOptions): string {
  const path = join(folder, "a.parquet");
  writeFileSync(path, Buffer.from(parquetWriteBuffer(options)));
  return path;
}
function read(path: string, columns: string[] = []): FoundRow[] {
  const reader = openParquet(path, columns);
  try {
    return [...reader.rows()];
  } finally {
    reader.close();
  }
}
const reasons = (rows: FoundRow[]) => rows.flatMap((row) => ("reason" in row ? [row.reason] : []));

/** Where pages begin, as the index keeps it. */
function pageMap(): PageStarts & { count(): number } {
  const known = new Map<string, { row: number; at: number }[]>();
  const list = (group: number, column: string) => {
    const key = `${group} ${column}`;
    const found = known.get(key) ?? [];
    known.set(key, found);
    return found;
  };
  return {
    add: (group, column, row, at) => void list(group, column).push({ row, at }),
    before: (group, column, row) => [...list(group, column)].reverse().find((page) => page.row <= row) ?? null,
    count: () => [...known.values()].reduce((sum, pages) => sum + pages.length, 0),
  };
}

describe("files as pyarrow writes them, with several pages a column", () => {
  const expected = readFileSync(reference("rows.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

  test.each(readdirSync(reference("")).filter((name) => name.endsWith(".parquet")))("%s", (name) => {
    const starts = pageMap();
    const reader = openParquet(reference(name), [], starts);
    const rows = [...reader.rows()] as GoodRow[];
    expect(rows.map(({ value }) => value)).toEqual(expected);
    expect(rows.map(({ line }) => line)).toEqual(expected.map((_, i) => i + 1));
    expect(reader.rowCount).toBe(expected.length);
    reader.close();
    expect(starts.count()).toBeGreaterThan(60);

    // Any row again, in any order, from the nearest page before it.
    const again = openParquet(reference(name), ["messages", "problem"], { ...starts, add: () => {} });
    for (let i = 0, at = 7; i < 100; i++, at = (at * 7919 + 13) % expected.length)
      expect(again.read(rows[at].position)).toEqual({ problem: expected[at].problem, messages: expected[at].messages });
    again.close();
  });
});

test("only the wanted columns are read; whole numbers past 2^53 stay exact; text that is not UTF-8 is told", () => {
  const path = write({
    columnData: [
      { name: "big", data: [1n, 2n ** 60n + 1n], type: "INT64" },
      { name: "text", data: [new Uint8Array([0xff]), new Uint8Array([0x61])], type: "BYTE_ARRAY" },
      { name: "other", data: ["x", "y"], type: "STRING" },
    ],
  });
  const rows = read(path, ["big", "text"]) as GoodRow[];
  expect(rows[1].value).toEqual({ big: "1152921504606846977", text: "a" });
  expect(typeof rows[0].value.text).toBe("symbol");
});

test("a row group that cannot be read is bad rows, and the others are read", () => {
  const text = Array.from({ length: 30 }, (_, i) => `text number ${i}`);
  const path = write({ columnData: [{ name: "text", data: text, type: "STRING" }], rowGroupSize: 10, codec: "UNCOMPRESSED" });
  const bytes = readFileSync(path);
  bytes.fill(0xff, bytes.indexOf("text number 10") - 4, bytes.indexOf("text number 10")); // a length past the page
  writeFileSync(path, bytes);
  const rows = read(path);
  expect(rows.filter((row) => "value" in row)).toHaveLength(20);
  expect(rows.filter((row) => "reason" in row)).toEqual([{ line: 11, reason: expect.stringMatching(/^row group 2: /), rows: 10 }]);
});

test("encodings and types that are not read are refused by name", () => {
  const numbers = {
    name: "n",
    data: Int32Array.from({ length: 100 }, (_, i) => i),
    type: "INT32" as const,
    encoding: "DELTA_BINARY_PACKED" as const,
  };
  expect(reasons(read(write({ columnData: [numbers] })))).toEqual([expect.stringContaining("n is encoded as DELTA_BINARY_PACKED")]);
});

describe("files made to harm", () => {
  test("a page that decompresses to more than it says", () => {
    const bomb = gzipSync(Buffer.alloc(64 << 20));
    const columnData = [{ name: "text", data: ["a".repeat(1000)], type: "STRING" as const }];
    const compress = () => bomb;
    const path = write({ columnData, codec: "GZIP", compressors: { GZIP: compress } });
    expect(reasons(read(path))).toEqual([expect.stringContaining("Cannot create a Buffer larger")]);
  });

  test("a run of a few bytes that claims millions of values", () => {
    const path = write({
      columnData: [{ name: "n", data: Array.from({ length: 10_000 }, () => 1), type: "INT32" }],
      codec: "UNCOMPRESSED",
      rowGroupSize: 10_000,
    });
    const bytes = readFileSync(path);
    // 10,000 as Thrift and runs write it: in the page's header twice, then in its levels, then in its indexes.
    const written = Buffer.from([0xa0, 0x9c, 0x01]);
    for (const place of [3, 4]) {
      const changed = Buffer.from(bytes);
      let run = -1;
      for (let i = 0; i < place; i++) run = bytes.indexOf(written, run + 1);
      changed.set([0xfe, 0xff, 0x7f], run);
      writeFileSync(path, changed);
      expect(reasons(read(path))).toEqual(["row group 1: a run in a page of n claims 1048575 values of 10000"]);
    }
  });

  test("a footer that is cut, of another format, or claims more than there is", () => {
    const path = write({ columnData: [{ name: "n", data: [1, 2], type: "INT32" }] });
    const whole = readFileSync(path);
    const refused = (bytes: Buffer) => {
      writeFileSync(path, bytes);
      return expect(() => read(path));
    };
    refused(whole.subarray(0, whole.length - 1)).toThrow(/cut short/);
    refused(whole.subarray(0, 8)).toThrow(/too short/);
    const long = Buffer.from(whole);
    long.writeUInt32LE(0x7fffffff, long.length - 8);
    refused(long).toThrow(/footer claims/);
    const encrypted = Buffer.from(whole);
    encrypted.write("PARE", encrypted.length - 4, "latin1");
    refused(encrypted).toThrow(/encrypted/);
  });

  test("more rows than bytes", () => {
    const path = write({ columnData: [{ name: "n", data: Array.from({ length: 200_000 }, () => null), type: "INT32" }] });
    expect(() => read(path)).toThrow(/claims 200000 rows in \d+ bytes/);
  });

  test("descriptions: lists, texts and integers that claim more than is there, endless nesting", () => {
    const check = (bytes: number[]) => () => checkThrift(Uint8Array.from(bytes), 0, { values: 100, depth: 4 });
    expect(checkThrift(Uint8Array.from([0x15, 0x02, 0x00, 0xff]), 0, { values: 100, depth: 4 })).toBe(3);
    expect(check([0x19, 0xf8, 0xff, 0xff, 0xff, 0xff, 0x07])).toThrow(/list/);
    expect(check([0x18, 0xff, 0xff, 0xff, 0xff, 0x07])).toThrow(/claims/);
    expect(check([0x16, ...Array.from({ length: 20 }, () => 0xff)])).toThrow(/no end/);
    expect(check(Array.from({ length: 20 }, () => 0x1c))).toThrow(/nested/);
    expect(check([0x19, 0x19, 0x19, 0x19, 0x19, 0x19, 0x19, 0x19, 0x19, 0x19])).toThrow(/nested/);
    expect(check([0x15])).toThrow(/middle/);
    expect(check([0x1a, 0x00])).toThrow(/unknown type/);
  });
});
