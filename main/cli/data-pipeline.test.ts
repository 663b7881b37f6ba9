import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type PipelineReport, pipelineConfig } from "../contract/index.ts";
import { formatLadder, parseCell } from "./commands/data-ladder.ts";
import { formatPipelineReport, formatSpan, readPipelineConfig } from "./commands/data-pipeline.ts";

function file(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "headstart-pipeline-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "pipeline.yaml");
  writeFileSync(path, text);
  return path;
}

const yaml = `
name: clean
steps:
  - kind: merge
    pools: [{ dataset: a-v1 }]
  - kind: decontaminate
    benchmarks: [gsm8k]
`;

test("a pipeline is read from YAML or JSON, with the contract's defaults", () => {
  const config = readPipelineConfig(file(yaml));
  expect(config).toMatchObject({ name: "clean", seed: 1, tokenizer: null, steps: [{ kind: "merge" }, { kind: "decontaminate", n: 9 }] });
  expect(readPipelineConfig(file(JSON.stringify(config)))).toEqual(config);
});

test("what is wrong with a pipeline's file is told by line and field", () => {
  expect(() => readPipelineConfig(file("name: x\nsteps:\n  - kind: unique\n"))).toThrow("steps.0: A pipeline begins with one merge step");
  expect(() => readPipelineConfig(file(yaml.replace("[gsm8k]", "[]")))).toThrow(/steps\.1\.benchmarks: /);
  expect(() => readPipelineConfig(file("name: [x"))).toThrow(/Not YAML/);
  expect(() => readPipelineConfig("/nowhere/pipeline.yaml")).toThrow(/cannot be read/);
  expect(() => readPipelineConfig(file(yaml.replace("decontaminate", "dedup")))).toThrow(
    /:6:11 {2}steps\.1\.kind: Choose one of merge, unique/,
  );
  const typos = () => readPipelineConfig(file(`${yaml}    kepp: 0.5\nsed: 7\n`));
  expect(typos).toThrow(/2 things are wrong/);
  expect(typos).toThrow("kepp is no setting here: there are kind, name, benchmarks, n.");
  expect(typos).toThrow("sed is no setting here; did you mean seed?");
});

test("a report is a table of steps with what each dropped; a span is shown in both texts", () => {
  const lengths: PipelineReport["promptLengths"]["after"] = { unit: "tokens", count: 1, mean: 12.4, max: 20, bins: [] };
  const none = { rows: 0, responses: 0 };
  const report: PipelineReport = {
    schemaVersion: 1,
    version: "0",
    config: pipelineConfig.parse({ name: "x", steps: [{ kind: "merge", pools: [{ dataset: "a-v1" }] }] }),
    pools: [],
    steps: [
      {
        kind: "resample",
        name: "by length",
        in: { rows: 10, responses: 20 },
        kept: { rows: 4, responses: 9 },
        dropped: [
          { reason: "no response left", rows: 6, responses: 0, examples: [] },
          { reason: "not drawn: length 0 to 5", rows: 0, responses: 11, examples: [] },
        ],
        lengths,
        bins: [{ from: 0, to: null, in: 20, kept: 9 }],
      },
    ],
    result: none,
    responseLengths: { before: { ...lengths, mean: null }, after: lengths },
    promptLengths: { before: lengths, after: lengths },
    notices: ["Note."],
    seconds: 1.25,
    createdAt: "",
  };
  const lines = formatPipelineReport(report, null).split("\n");
  expect(lines[1].split(/\s{2,}/)).toEqual(["by length", "10", "4", "40.0 %", "20", "9"]);
  expect(lines.slice(2).map((line) => line.trim())).toEqual([
    "− 6 rows: no response left",
    "− 11 responses: not drawn: length 0 to 5",
    "length 0 or more: 9 of 20 responses",
    "Response length: none tokens on average before, 12 after.",
    "Note.",
    "Nothing was made (--dry-run): 0 rows, 0 responses, in 1.3 s.",
  ]);
  const place = { dataset: "a-v1", row: 3, id: "x", turn: null, benchmark: "b", problem: "p", problemRow: 0, words: 2, whole: false };
  const span = formatSpan({ ...place, from: 104, to: 109, text: "one\ntwo three", textFrom: 100, problemFrom: 0, problemTo: 7, problemText: "Two\nOne?", problemTextFrom: 0 }); // biome-ignore format: one record
  expect(span.split("\n").slice(1)).toEqual(["  one 【two t】hree", "  【Two One】?"]);
});

test("a ladder's cells are given as prompts and responses, and shown with their distances", () => {
  const cells = parseCell("100x4", parseCell("20x1"));
  expect(cells).toEqual([
    { name: "20x1", prompts: 20, responsesPerPrompt: 1 },
    { name: "100x4", prompts: 100, responsesPerPrompt: 4 },
  ]);
  for (const wrong of ["100", "0x4", "ax4", "1x2x3"]) expect(() => parseCell(wrong)).toThrow(/PROMPTSxRESPONSES/);
  const available = [{ responses: 1, problems: 120 }, { responses: 4, problems: 110 }]; // biome-ignore format: one list
  const found = { examples: 20, tokens: 300, meanLength: 15, wasserstein: 1.234, ks: 0.0567 };
  const report = { largest: "100x4", mostResponses: 4, eligible: 110, pool: 120, cells: [{ ...cells[0], ...found }] };
  const lines = formatLadder({ unit: "characters", problems: 120, available, report }).split("\n");
  expect(lines[0]).toBe("120 problems; with at least so many different responses: 1: 120, 4: 110");
  expect(lines[3].split(/\s+/)).toEqual(["20x1", "20", "1", "20", "300", "15.0", "1.23", "0.057"]);
});
