import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import Papa from "papaparse";
import { afterAll, expect, test } from "vitest";
import { openCsv } from "./csv.ts";
import { openJsonArray } from "./json-array.ts";
import { openJsonl } from "./jsonl.ts";
import type { FoundRow, RowReader, RowValue } from "./row-reader.ts";

const folder = mkdtempSync(join(tmpdir(), "headstart-readers-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** All rows; each good one is read again from its position, and the pieces that were handed over are the whole file. */
function all(reader: RowReader, content: string | Buffer): FoundRow[] {
  const seen: Uint8Array[] = [];
  const rows = [...reader.rows((bytes) => seen.push(bytes))];
  for (const row of rows) if ("value" in row) expect(reader.read(row.position)).toEqual(row.value);
  expect(Buffer.concat(seen).equals(Buffer.from(content))).toBe(true);
  reader.close();
  return rows;
}
const jsonl = (content: string | Buffer, limit?: number) => all(openJsonl(file("a.jsonl", content), limit), content);
const json = (content: string | Buffer, limit?: number) => all(openJsonArray(file("a.json", content), limit), content);
const csv = (content: string | Buffer, limit?: number) => all(openCsv(file("a.csv", content), undefined, limit), content);
const values = (rows: FoundRow[]) => rows.map((row) => ("value" in row ? row.value : `${row.line}: ${row.reason}`));

test("JSONL: byte order mark, Windows line ends, blank lines, a last line without its end", () => {
  const rows = jsonl('\uFEFF{"a":1}\r\n\n  \n{"a":"é漢"}\n{"a":3}');
  expect(rows.map(({ line }) => line)).toEqual([1, 4, 5]);
  expect(values(rows)).toEqual([{ a: 1 }, { a: "é漢" }, { a: 3 }]);
});

test("JSONL: bad rows have their line and the reason, and the rest is read", () => {
  const rows = jsonl(
    Buffer.concat([
      Buffer.from('{"a":1}\n{"a":\n[1]\nnull\n{"a":"'),
      Buffer.from([0xc3, 0x28]),
      Buffer.from('"}\n{"a":"0123456789"}\n{"a":2}'),
    ]),
    16,
  );
  expect(values(rows)).toEqual([
    { a: 1 },
    expect.stringMatching(/^2: not JSON/),
    "3: not an object but a list",
    "4: not an object but null",
    "5: not UTF-8",
    "6: longer than 16 bytes",
    { a: 2 },
  ]);
});

test("a text that holds U+FFFD itself is UTF-8", () => {
  expect(values(jsonl('{"a":"\uFFFD"}'))).toEqual([{ a: "\uFFFD" }]);
});

test("names that objects inherit are columns like others", () => {
  const [row] = values(jsonl('{"__proto__":"x","constructor":"y"}')) as RowValue[];
  expect(Object.entries(row)).toEqual([
    ["__proto__", "x"],
    ["constructor", "y"],
  ]);
  const [fields] = values(csv("__proto__,b\nx,y\n")) as RowValue[];
  expect(Object.entries(fields)).toEqual([
    ["__proto__", "x"],
    ["b", "y"],
  ]);
});

test("a row of millions of values is refused before they are made", () => {
  expect(values(jsonl(`{"a":[${"[],".repeat(3 << 20)}[]]}\n{"a":1}`))).toEqual(["1: more than 2097152 values in one row", { a: 1 }]);
});

test("UTF-16 and binary files are refused by name", () => {
  for (const content of [Buffer.from("\uFEFF{}", "utf16le"), Buffer.from("{}", "utf16le")])
    expect(() => jsonl(content)).toThrowError(expect.objectContaining({ code: "unsupported-encoding" }));
});

test("a JSON array: brackets and quotes in strings, scalars, broken elements", () => {
  const rows = json('[\n {"a":"]}\\"[{"},\n {"a":{"b":[1,{}]}} , 7, "x",\n {"a":},\n {"a":2}\n]\n');
  expect(values(rows)).toEqual([
    { a: ']}"[{' },
    { a: { b: [1, {}] } },
    "3: not an object but a number",
    "3: not an object but a string",
    expect.stringMatching(/^4: not JSON/),
    { a: 2 },
  ]);
});

test("a JSON array that is cut, goes on after its end, or is none", () => {
  expect(values(json('[{"a":1},{"a":'))).toEqual([{ a: 1 }, "1: the file ends inside this row"]);
  expect(values(json('[{"a":1}'))).toEqual([{ a: 1 }, "1: the array is not closed: the file is cut"]);
  expect(values(json('[{"a":1}]\n{"a":2}'))).toEqual([{ a: 1 }, "2: text after the end of the array; the rest of the file is not read"]);
  expect(values(json('[{"a":"0123456789"},{"a":1}]', 12))).toEqual(["1: longer than 12 bytes", { a: 1 }]);
  for (const content of ['{"a":1}', "", "  "])
    expect(() => json(content)).toThrowError(expect.objectContaining({ code: "not-a-json-array" }));
});

test("CSV: quotes, line ends and delimiters inside fields, lines counted through them", () => {
  const rows = csv('\uFEFFid,text\r\n1,"a ""quoted"", é\nword"\r\n2,漢\r\n\r\n3,"x"\r\n');
  expect(rows.map(({ line }) => line)).toEqual([2, 4, 6]);
  expect(values(rows)).toEqual([
    { id: "1", text: 'a "quoted", é\nword' },
    { id: "2", text: "漢" },
    { id: "3", text: "x" },
  ]);
});

test.each([",", "\t", ";", "|"])("CSV: the delimiter %j is found", (delimiter) => {
  const rows = csv(`${["a", "b", "c"].join(delimiter)}\n${['"1"', '"2,5 "', '"3"'].join(delimiter)}\n`);
  expect(values(rows)).toEqual([{ a: "1", b: "2,5 ", c: "3" }]);
});

test("CSV: bad rows have their line and the reason", () => {
  const rows = csv(Buffer.concat([Buffer.from("a,b\n1,2\n1,2,3\n"), Buffer.from([0xff]), Buffer.from(',x\n"1"2,3\n1,2\n')]));
  expect(values(rows)).toEqual([
    { a: "1", b: "2" },
    "3: 3 fields where the header has 2",
    "4: not UTF-8",
    '5: a quote " inside a quoted field is not doubled',
  ]);
});

test("CSV: a quote that is never closed takes one bad row, at the end of the file or at the limit", () => {
  expect(values(csv('a,b\n1,"x\n2,y\n'))).toEqual(['2: a quote " that opens here is never closed; the rows after it cannot be told apart']);
  const row = { a: "x", b: "y".repeat(1000) };
  const rows = csv(`a,b\n1,"${`${row.a},${row.b}\n`.repeat(3000)}`, 1 << 20);
  expect(values(rows).slice(0, 2)).toEqual([expect.stringMatching(/^2: longer than 1 MiB: a quote/), row]);
});

test("CSV: names that are there twice get a number, a file without a header is refused", () => {
  expect(values(csv("a,a,\n1,2,3\n"))).toEqual([{ a: "1", "a (2)": "2", "column 3": "3" }]);
  for (const content of ["", "\n\n"]) expect(() => csv(content)).toThrowError(expect.objectContaining({ code: "no-header" }));
});

test("rows that go over from one piece of the file into the next are whole", () => {
  const rows = Array.from({ length: 3000 }, (_, i) => ({ id: String(i), text: `é"\n${"漢,".repeat((i * 7919) % 700)}` }));
  expect(values(jsonl(rows.map((row) => JSON.stringify(row)).join("\n")))).toEqual(rows);
  expect(values(json(JSON.stringify(rows)))).toEqual(rows);
  expect(values(csv(Papa.unparse(rows)))).toEqual(rows);
});

test("any rows come back as they were written", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 20 }).map((value) => value.replace(/\r/g, ""));
  const row = fc.record({ first: text, "second one": text });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), (rows) => {
      expect(values(jsonl(rows.map((value) => JSON.stringify(value)).join("\n")))).toEqual(rows);
      expect(values(json(JSON.stringify(rows, null, 1)))).toEqual(rows);
      const quoted = Papa.unparse(rows, { quotes: true, newline: "\r\n" });
      expect(values(csv(quoted))).toEqual(rows);
    }),
    { numRuns: 60 },
  );
});
