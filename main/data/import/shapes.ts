// The known shapes, the most particular first, and the mapping a sample implies. What no shape fits is mapped by its columns' usual
// names, and the user says what they hold.
import { codeTests } from "../../contract/code-tests.ts";
import { type ColumnMapping, mappedColumns, type RowShape } from "../../contract/imported-dataset.ts";
import { codeShapes } from "./code-shapes.ts";
import { valueAt } from "./columns.ts";
import { isConversation } from "./conversation.ts";
import { mathShapes } from "./math-shapes.ts";
import { parseJson, RowError } from "./row-reader.ts";
import type { Sample, Shape } from "./shape.ts";

const hasKey = (key: string) => (value: unknown) => isConversation(value) && (value as object[]).every((turn) => key in turn);

const conversationShapes: Shape[] = [
  {
    shape: "sharegpt",
    label: "ShareGPT conversations",
    triedOnRealFiles: false,
    recognise(sample) {
      const messages = sample.column("conversations", "conversation");
      return sample.every(messages, hasKey("from")) ? { mapping: { messages, id: sample.column("id") } } : null;
    },
  },
  {
    shape: "messages",
    label: "Messages",
    triedOnRealFiles: false,
    recognise(sample) {
      const messages = sample.column("messages", "conversations", "conversation");
      if (!sample.every(messages, hasKey("role"))) return null;
      return { mapping: { messages, id: sample.column("id"), source: sample.column("source"), category: sample.column("category") } };
    },
  },
];

const aceReasonSft: Shape = {
  shape: "acereason-sft",
  label: "AceReason-1.1-SFT",
  triedOnRealFiles: false,
  recognise(sample) {
    if (!sample.has("category", "source", "input", "output")) return null;
    const mapping = { prompt: sample.column("input"), response: sample.column("output") };
    return { mapping: { ...mapping, source: sample.column("source"), category: sample.column("category") } };
  },
};

const generic: Shape = {
  shape: "generic",
  label: "Other",
  triedOnRealFiles: true,
  recognise(sample) {
    const answer = sample.column("answer", "final_answer", "expected_answer", "ground_truth", "reward_model.ground_truth", "target");
    return {
      mapping: {
        prompt: sample.column("prompt", "problem", "question", "instruction", "input", "query", "text"),
        response: sample.column("response", "responses", "output", "completion", "solution", "generation", "generations"),
        answer,
        answerRule: answer === null ? null : "boxed-or-last-number",
        source: sample.column("source", "data_source"),
        category: sample.column("category", "subject", "topic", "type"),
        id: sample.column("id", "uuid", "task_id", "unique_id", "question_id"),
        difficulty: sample.column("difficulty", "level"),
        date: sample.column("date"),
      },
    };
  },
  tests: (row, { tests }) => (tests === null ? null : ownTests(valueAt(row, tests))),
};

/** Tests as Headstart writes them, as an object or as JSON text. */
function ownTests(value: unknown) {
  if (value === null || value === undefined || value === "") return null;
  const parsed = codeTests.safeParse(typeof value === "string" ? parseJson(value) : value);
  if (!parsed.success) throw new RowError("the tests are none of check, asserts, calls and stdin");
  return parsed.data;
}

export const shapes: readonly Shape[] = [...codeShapes, ...mathShapes, aceReasonSft, ...conversationShapes, generic];

export function shapeNamed(name: RowShape): Shape {
  return shapes.find(({ shape }) => shape === name)!;
}

const noColumns: Omit<ColumnMapping, "shape"> = {
  prompt: null,
  messages: null,
  response: null,
  answer: null,
  tests: null,
  source: null,
  category: null,
  id: null,
  difficulty: null,
  date: null,
  answerRule: null,
};

/** The first shape that fits; `generic` fits anything. */
export function recognise(sample: Sample): { mapping: ColumnMapping; warnings: string[] } {
  for (const { shape, recognise } of shapes) {
    const found = recognise(sample);
    if (found) return { mapping: { ...noColumns, shape, ...found.mapping }, warnings: found.warnings ?? [] };
  }
  throw new Error("unreachable");
}

/** Columns that a mapping reads: as it names them, and the ones that a name with dots may begin in. */
export function columnsOf(mapping: ColumnMapping): string[] {
  const named = mappedColumns.flatMap((key) => mapping[key] ?? []);
  return [...new Set([...named, ...named.map((name) => name.split(".")[0]), ...(shapeNamed(mapping.shape).also ?? [])])];
}
