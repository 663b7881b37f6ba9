// Columns as they are chosen for an import: what is missing is told with the option that gives it.
import { expect, test } from "vitest";
import { columnMapping, type DetectedDataset } from "../../contract/index.ts";
import { mappingOf } from "./data.ts";

const detected = (names: string[], mapping: object) => ({
  path: "/tmp/a.csv",
  columns: names.map((name): DetectedDataset["columns"][number] => ({ name, type: "text", samples: [] })),
  mapping: { ...columnMapping.parse({ shape: "generic", prompt: "question" }), prompt: null, ...mapping },
});

test("chosen columns stand in place of detected ones", () => {
  const { prompt, answer, answerRule } = mappingOf(detected(["q", "a"], {}), ["prompt=q", "answer=a", "answerRule=boxed"]);
  expect([prompt, answer, answerRule]).toEqual(["q", "a", "boxed"]);
});

test("a file without a prompt, an answer without its rule, and a rule that is none are sentences with the option to give", () => {
  const of = (mapping: object, chosen: string[]) => () => mappingOf(detected(["foo", "bar"], mapping), chosen);
  expect(of({}, [])).toThrow(
    expect.objectContaining({
      where: "/tmp/a.csv",
      message: "Neither prompt nor messages has a column: choose one of them.",
      hint: "Name it: --column prompt=NAME (of a conversation messages=NAME). The file's columns: foo, bar.",
    }),
  );
  expect(of({ prompt: "foo" }, ["answer=bar"])).toThrow(
    expect.objectContaining({
      message: "Rows have an answer: say where a response states it.",
      hint: expect.stringContaining("--column answerRule=RULE, one of boxed, "),
    }),
  );
  expect(of({ prompt: "foo" }, ["answer=bar", "answerRule=last"])).toThrow(
    expect.objectContaining({ message: expect.stringMatching(/^answerRule: Choose one of boxed, /) }),
  );
});
