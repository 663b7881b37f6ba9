import { expect, test } from "vitest";
import type { ImportedRow } from "../contract/imported-dataset.ts";
import { type ImportedPart, importedProblems, withInstruction } from "./imported-problems.ts";

const row = (n: number, given: Partial<ImportedRow> = {}): ImportedRow => ({
  row: n,
  line: n + 1,
  id: `p${n}`,
  source: null,
  category: null,
  difficulty: null,
  date: null,
  prompt: `What is ${n}+${n}?`,
  messages: null,
  responses: [`It is ${2 * n}.`, `\\boxed{${2 * n}}`],
  answer: String(2 * n),
  answerRule: "boxed",
  tests: null,
  ...given,
});
const dataset = { id: "sums-v1", contentHash: "c" };
const part = (rows: ImportedRow[], rest: Partial<ImportedPart> = {}): ImportedPart => ({
  pool: "test",
  dataset,
  rows,
  responsesPerPrompt: 0,
  ...rest,
});
const training = (rows: ImportedRow[], rest: Partial<ImportedPart> = {}) =>
  part(rows, { pool: "sft", responsesPerPrompt: 1, devRows: 1, ...rest });

test("an instruction stands after the problem, or around it, and the problem's own words are kept", () => {
  expect(withInstruction("1+1?", "")).toBe("1+1?");
  expect(withInstruction("1+1?", "Box it.")).toBe("1+1?\n\nBox it.");
  expect(withInstruction("pay $& or $1", "Solve:\n{problem}\nNow.")).toBe("Solve:\npay $& or $1\nNow.");
  const [problem] = importedProblems([part([row(1)])], "Box it.").problems;
  expect(problem).toMatchObject({ prompt: "What is 1+1?\n\nBox it.", question: "What is 1+1?", answer: "2", answerRule: "boxed", pool: "test", domain: "math" }); // biome-ignore format: one record
});

test("a conversation's last question takes the instruction", () => {
  const messages = [
    { role: "system" as const, content: "Be brief." },
    { role: "user" as const, content: "What is 1+1?" },
  ];
  const [problem] = importedProblems([part([row(1, { messages })])], "Box it.").problems;
  expect(problem.messages).toEqual([messages[0], { role: "user", content: "What is 1+1?\n\nBox it." }]);
});

test("ids that repeat are told apart, rows with tests are code", () => {
  const tests = { kind: "asserts" as const, setup: "", asserts: ["assert f(1) == 2"] };
  const { problems, dataset: summary } = importedProblems([part([row(1), row(2, { id: "p1", tests })])], "");
  expect(problems.map(({ id, domain }) => [id, domain])).toEqual([["p1", "math"], ["p1#2", "code"]]); // biome-ignore format: a table
  expect(problems[1].python).toEqual(tests);
  expect(summary).toMatchObject({ config: { imported: "sums-v1", contentHash: "c" }, counts: [{ pool: "test", source: "imported", problems: 2 }] }); // biome-ignore format: one record
});

test("SFT takes so many responses of each row and keeps the last rows out of training", () => {
  const rows = [row(1), row(2), row(3)];
  const { problems, traces } = importedProblems([training(rows, { responsesPerPrompt: 2 })], "");
  expect(problems.map(({ pool }) => pool)).toEqual(["sft", "sft", "dev"]);
  expect(traces).toHaveLength(6);
  expect(importedProblems([training(rows)], "").traces.map(({ text }) => text)).toEqual(rows.map(({ responses }) => responses[0]));
  expect(() => importedProblems([training(rows, { devRows: 3 })], "")).toThrow(/3 of the 3 selected rows/);
});

test("the hash is of what the model learns from and is asked", () => {
  const hash = (parts: ImportedPart[], instruction = "") => importedProblems(parts, instruction).dataset.contentHash;
  const rows = [row(1), row(2)];
  expect(hash([part(rows)])).toBe(hash([part(rows)]));
  expect(hash([part(rows)], "Box it.")).not.toBe(hash([part(rows)]));
  expect(hash([training(rows, { responsesPerPrompt: 2 })])).not.toBe(hash([training(rows)]));
});

test("a prompt of dev or test in another pool stops the study; SFT and RL may share prompts", () => {
  const pools = [training([row(1), row(2)], { devRows: 0 }), part([row(2), row(3)], { pool: "rl" })];
  const { problems, dataset: summary } = importedProblems([...pools, part([row(4)])], "");
  expect(problems.map(({ id, pool }) => [id, pool])).toEqual([["p1", "sft"], ["p2", "sft"], ["p2#2", "rl"], ["p3", "rl"], ["p4", "test"]]); // biome-ignore format: a table
  expect(summary.counts.map(({ pool, problems: count }) => [pool, count])).toEqual([["sft", 2], ["rl", 2], ["test", 1]]); // biome-ignore format: a table
  expect(() => importedProblems([...pools, part([row(3), row(4)])], "")).toThrow(/1 prompts are in two pools: p3 \(rl\) and p3#3 \(test\)/);
});

test("rows of several datasets are told apart though their files have no ids: by the dataset, and where a row has two pools by its pool", () => {
  const numbered = (n: number) => row(n, { id: `${n}` });
  const other = (n: number) => row(n, { id: `${n}`, prompt: `${n}-1` });
  const of = (id: string) => ({ id, contentHash: id });
  const parts = [
    part([numbered(1), numbered(2)], { pool: "sft", dataset: of("a-v1") }),
    part([other(1), other(2)], { pool: "rl", dataset: of("b-v1") }),
    part([row(9, { id: "1" })], { pool: "test", dataset: of("c-v1") }),
  ];
  const { problems } = importedProblems(parts, "");
  expect(problems.map(({ id, sourceId }) => [id, sourceId])).toEqual([["a-v1/1", "a-v1 row 1"], ["a-v1/2", "a-v1 row 2"], ["b-v1/1", "b-v1 row 1"], ["b-v1/2", "b-v1 row 2"], ["c-v1/1", "c-v1 row 9"]]); // biome-ignore format: a table
  const twice = [part([row(1), row(5, { id: "p1" })], { pool: "sft" }), part([row(1), row(5, { id: "p1" })], { pool: "rl" })];
  expect(importedProblems(twice, "").problems.map(({ id }) => id)).toEqual(["p1", "p1#5", "p1#1", "p1#5 (rl)"]);
});
