// Values of rows by column, and what the columns of a sample hold.
import type { DetectedColumn } from "../../contract/imported-dataset.ts";
import { notText } from "./parquet-page.ts";
import { clip, RowError, type RowValue } from "./row-reader.ts";

const maxColumns = 500;
const sampleLength = 200;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** A column by its name, else by its path through objects: reward_model.ground_truth. */
export function valueAt(row: RowValue, column: string): unknown {
  if (Object.hasOwn(row, column)) return row[column];
  let value: unknown = row;
  for (const part of column.split(".")) value = isObject(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  return value;
}

/** Text of a value that is text or a number; null for none. Throws a RowError for any other. */
export function textAt(row: RowValue, column: string | null): string | null {
  if (column === null) return null;
  const value = valueAt(row, column);
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new RowError(
    value === notText ? `${column} is not UTF-8` : `${column} is ${Array.isArray(value) ? "a list" : "an object"}, not text`,
  );
}

function typeOf(value: unknown): DetectedColumn["type"] {
  if (value === null || value === undefined) return "empty";
  if (Array.isArray(value)) return "list";
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "boolean";
  if (typeof value === "object") return "object";
  return typeof value === "string" && /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}\S*)?$/.test(value) ? "date" : "text";
}

function shown(value: unknown): string {
  if (typeof value === "string") return clip(value, sampleLength);
  try {
    return clip(JSON.stringify(value) ?? "", sampleLength);
  } catch {
    return "…"; // nested deeper than can be written
  }
}

/** All columns of the sample, those inside objects too (one level), in the order in which they appear. */
export function describeColumns(rows: readonly RowValue[]): DetectedColumn[] {
  const found = new Map<string, { types: Set<DetectedColumn["type"]>; samples: string[] }>();
  const note = (name: string, value: unknown) => {
    if (!found.has(name) && found.size >= maxColumns) return;
    const column = found.get(name) ?? { types: new Set(), samples: [] };
    found.set(name, column);
    const type = typeOf(value);
    if (type !== "empty") column.types.add(type);
    if (type !== "empty" && column.samples.length < 3 && value !== "") column.samples.push(shown(value));
  };
  for (const row of rows)
    for (const [name, value] of Object.entries(row)) {
      note(name, value);
      if (isObject(value)) for (const [inner, innerValue] of Object.entries(value)) note(`${name}.${inner}`, innerValue);
    }
  return [...found].map(([name, { types, samples }]) => ({
    name,
    type:
      types.size === 0
        ? "empty"
        : types.size === 1
          ? [...types][0]
          : [...types].every((type) => type === "text" || type === "date")
            ? "text"
            : "mixed",
    samples,
  }));
}
