// A file's row as the dataset's row, by the mapping and the shape. Whatever a row lacks to be one is thrown as a RowError.
import type { ColumnMapping, ImportedRow } from "../../contract/imported-dataset.ts";
import { textAt, valueAt } from "./columns.ts";
import { type Conversation, isConversation, readConversation } from "./conversation.ts";
import { RowError, type RowValue } from "./row-reader.ts";
import { shapeNamed } from "./shapes.ts";

/** `id` is null where the file has none. */
export type MappedRow = Omit<ImportedRow, "row" | "line" | "id"> & { id: string | null };

const named: Record<string, number> = { easy: 1, medium: 2, hard: 3 };
const dayMilliseconds = 86_400_000;

/** A number, text of one, Level 3, or easy, medium, hard; null for any other. */
export function readDifficulty(text: string | null): number | null {
  const plain = (text ?? "")
    .trim()
    .toLowerCase()
    .replace(/^level\s*/, "");
  if (plain === "") return null;
  const value = Object.hasOwn(named, plain) ? named[plain] : Number(plain);
  return Number.isFinite(value) ? value : null;
}

/** An ISO day, or the day of an ISO time; null for any other. */
export function readDay(text: string | null): string | null {
  const day = /^\s*(\d{4}-\d{2}-\d{2})(?:[T ]|\s*$)/.exec(text ?? "")?.[1];
  const time = day === undefined ? Number.NaN : Date.parse(day);
  return Number.isFinite(time) && new Date(Math.floor(time / dayMilliseconds) * dayMilliseconds).toISOString().startsWith(day!)
    ? day!
    : null;
}

/** Of several labels, all of them. */
function labelAt(row: RowValue, column: string | null): string | null {
  const value = column === null ? null : valueAt(row, column);
  const labels = Array.isArray(value) && value.every((item) => typeof item === "string") ? value.join(", ") : textAt(row, column);
  return labels?.trim() || null;
}

function conversationAt(row: RowValue, { messages, prompt }: ColumnMapping): Conversation | null {
  if (messages !== null) return readConversation(valueAt(row, messages));
  const value = prompt === null ? null : valueAt(row, prompt);
  return isConversation(value) ? readConversation(value) : null;
}

function responsesAt(row: RowValue, column: string | null): string[] {
  const value = column === null ? null : valueAt(row, column);
  if (column === null || value === null || value === undefined) return [];
  if (!Array.isArray(value)) return [textAt(row, column) ?? ""];
  return value.map((item) => {
    if (typeof item !== "string") throw new RowError(`${column} is a list of something else than texts`);
    return item;
  });
}

export function mapRow(row: RowValue, mapping: ColumnMapping): MappedRow {
  if (mapping.prompt === null && mapping.messages === null) throw new RowError("no column is chosen for the prompt");
  const shape = shapeNamed(mapping.shape);
  const conversation = conversationAt(row, mapping);
  const single = conversation?.messages.length === 1; // a user turn alone is a prompt
  const lastUser = conversation?.messages.filter(({ role }) => role === "user").pop()?.content;
  const prompt = lastUser ?? (shape.prompt ? shape.prompt(row, mapping) : textAt(row, mapping.prompt));
  if (prompt === null || prompt.trim() === "") throw new RowError(`${mapping.messages ?? mapping.prompt} is empty`);

  const own = shape.response ? [shape.response(row, mapping) ?? ""] : responsesAt(row, mapping.response);
  const responses = [...own, conversation?.response ?? ""].filter((response) => response.trim() !== "");

  const answer = (shape.answer ? shape.answer(row, mapping) : textAt(row, mapping.answer))?.trim() || null;
  if (shape.needsAnswer && answer === null) throw new RowError(`${mapping.answer ?? "answer"} is empty`);

  return {
    id: labelAt(row, mapping.id),
    source: labelAt(row, mapping.source),
    category: labelAt(row, mapping.category),
    difficulty: readDifficulty(textAt(row, mapping.difficulty)),
    date: readDay(textAt(row, mapping.date)),
    prompt,
    messages: conversation && !single ? conversation.messages : null,
    responses,
    answer,
    answerRule: answer === null ? null : mapping.answerRule,
    tests: shape.tests ? shape.tests(row, mapping) : null,
  };
}
