// Damaged and made-up files of rows: whatever is done to one, detecting it and going through all its rows ends soon, with good rows,
// bad rows or a HeadstartError, and without memory that the file does not account for. Each file follows from its number, so a
// failure is repeated by it. HEADSTART_LONG_TESTS=1 tries 10,000 files instead of some hundreds.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { gzipSync } from "node:zlib";
import Papa from "papaparse";
import { afterAll, expect, test } from "vitest";
import { type RandomStream, randomStream } from "../../analysis/random.ts";
import { HeadstartError } from "../../contract/errors.ts";
import { detect } from "./detect.ts";
import { fileKind, openRows } from "./file-format.ts";
import { mapRow } from "./map-row.ts";
import { type Position, RowError } from "./row-reader.ts";
import { columnsOf } from "./shapes.ts";

const filesEach = process.env.HEADSTART_LONG_TESTS === "1" ? 1_250 : 40;
const maxMilliseconds = 4_000;
/** The largest of these files has 90 kB. */
const maxBytes = 64 << 20;

const folder = mkdtempSync(join(tmpdir(), "headstart-hostile-rows-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const reference = new URL("reference/", import.meta.url).pathname;
const packed = Object.values(JSON.parse(readFileSync(`${reference}livecodebench.json`, "utf8")).short.packed as Record<string, string>);
const rows = Array.from({ length: 60 }, (_, i) => ({
  id: i,
  problem: `What is ${i} + "é, 漢"?\n\\boxed{}`,
  solution: `It is $\\boxed{${i}}$.`,
  level: `Level ${i % 5}`,
  type: "Algebra",
}));
const liveCodeBench = packed.map((private_test_cases, i) => ({
  question_content: "Add.",
  question_id: String(i),
  contest_date: "2024-01-01T00:00:00",
  public_test_cases: '[{"input": "[1]\\n2", "output": "3", "testtype": "stdin"}]',
  private_test_cases,
  metadata: '{"func_name": "f"}',
}));
const conversations = rows.map(({ problem, solution }) => ({
  conversations: [
    { from: "human", value: problem },
    { from: "gpt", value: solution },
  ],
}));
const lines = (list: object[]) => Buffer.from(list.map((row) => JSON.stringify(row)).join("\n"));

const originals: [name: string, content: Buffer[]][] = [
  ["a.jsonl", [lines(rows)]],
  ["livecodebench.jsonl", [lines(liveCodeBench)]],
  ["a.json", [Buffer.from(JSON.stringify(conversations))]],
  ["a.csv", [Buffer.from(Papa.unparse(rows))]],
  ["a.jsonl.gz", [gzipSync(lines(rows))]],
  ["a.parquet", readdirSync(reference).flatMap((name) => (name.endsWith(".parquet") ? [readFileSync(reference + name)] : []))],
];

/** Goes through a file as importing does: how many rows are good and how many bad. */
function importAll(path: string): { good: number; bad: number } {
  const { compressed, format } = fileKind(path);
  const { mapping, delimiter } = detect(path);
  if (compressed) return { good: 1, bad: 0 };
  const reader = openRows(path, format, { delimiter, columns: columnsOf(mapping) });
  const counts = { good: 0, bad: 0 };
  const positions: Position[] = [];
  try {
    for (const row of reader.rows()) {
      if ("reason" in row) {
        expect(row.reason.length).toBeLessThan(1000);
        counts.bad++;
        continue;
      }
      positions.push(row.position);
      try {
        mapRow(row.value, mapping);
        counts.good++;
      } catch (thrown) {
        if (!(thrown instanceof RowError)) throw thrown;
        counts.bad++;
      }
    }
    for (const position of positions.slice(-2)) reader.read(position); // what was read once is read again
    return counts;
  } finally {
    reader.close();
  }
}

test.each(originals)(
  "%s, changed in every way",
  (name, contents) => {
    const path = join(folder, name);
    writeFileSync(path, contents[0]);
    const original = importAll(path);
    const counts = { whole: 0, harmed: 0, refused: 0 };
    const files = name === "a.parquet" ? 3 * filesEach : filesEach;
    for (let number = 0; number < files; number++) {
      const random = randomStream(name, number);
      let bytes = random.pick(contents);
      for (let changes = 1 + random.integer(0, 2); changes > 0; changes--) bytes = change(bytes, random);
      writeFileSync(path, bytes);
      const [start, before] = [performance.now(), process.memoryUsage()];
      let thrown: unknown = null;
      try {
        const { good, bad } = importAll(path);
        counts[good === original.good && bad === original.bad ? "whole" : "harmed"]++;
      } catch (error) {
        thrown = error;
        counts.refused++;
      }
      const [milliseconds, after] = [performance.now() - start, process.memoryUsage()];
      if (thrown && !(thrown instanceof HeadstartError)) throw new Error(`${name} ${number} is refused by accident`, { cause: thrown });
      expect(milliseconds, `${name} ${number}`).toBeLessThan(maxMilliseconds);
      expect(after.arrayBuffers - before.arrayBuffers, `${name} ${number}`).toBeLessThan(maxBytes);
      expect(after.heapUsed - before.heapUsed, `${name} ${number}`).toBeLessThan(4 * maxBytes);
    }
    // All must happen, or the changes are too harmless or too coarse to show anything.
    expect(counts.whole).toBeGreaterThan(0);
    expect(counts.harmed + counts.refused).toBeGreaterThan(files / 20);
  },
  3_600_000,
);

const edges = [0x00, 0x01, 0x0a, 0x0d, 0x22, 0x2c, 0x5b, 0x5d, 0x7b, 0x7d, 0x7f, 0x80, 0xff];

/** One change; of parquet files half are where their footer and the first page lie. */
function change(original: Buffer, random: RandomStream): Buffer {
  const bytes = Buffer.from(original);
  const anywhere = () => random.integer(0, Math.max(0, bytes.length - 1));
  const near = () =>
    random.integer(0, 1) === 0 ? Math.min(bytes.length, random.integer(0, 200)) : Math.max(0, bytes.length - 1 - random.integer(0, 6000));
  const at = random.integer(0, 1) === 0 ? anywhere() : near();
  const length = random.integer(1, 64);
  switch (random.integer(0, 8)) {
    case 0: // cut
      return bytes.subarray(0, at);
    case 1: // one byte that means something
    case 2:
      if (bytes.length > 0) bytes[at] = random.pick(edges);
      return bytes;
    case 3: // any byte
      if (bytes.length > 0) bytes[at] = random.integer(0, 255);
      return bytes;
    case 4: // a long number, as Thrift and runs write them
      bytes.fill(0xff, at, Math.min(bytes.length, at + random.integer(1, 5)));
      return bytes;
    case 5: // a part left out
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    case 6: // a part twice
      return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
    case 7: // a part from elsewhere
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(anywhere()).subarray(0, length), bytes.subarray(at + length)]);
    default: // noise, or much of one thing
      return Buffer.concat([
        bytes.subarray(0, at),
        random.integer(0, 1) === 0
          ? Buffer.alloc(random.integer(1, 100_000), random.pick(edges))
          : Buffer.from(Array.from({ length }, () => random.integer(0, 255))),
        bytes.subarray(at),
      ]);
  }
}
