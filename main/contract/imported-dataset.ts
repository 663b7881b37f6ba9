// Datasets that a user brings, kept by reference: the file stays where it is, an index of its own says where each row lies and what
// it can be searched, filtered and sorted by. The words here are shared by what reads the files (data/import), what keeps the index
// (store) and what shows them.
import { z } from "zod";
import { answerRule } from "./answer-rule.ts";
import type { CodeTests } from "./code-tests.ts";
import type { Message } from "./message.ts";

export const fileFormat = z.enum(["jsonl", "json", "csv", "parquet"]);
export type FileFormat = z.infer<typeof fileFormat>;

/** Known forms of rows. What a shape's name implies beyond its columns is in data/import/shapes.ts. */
export const rowShape = z.enum([
  "gsm8k",
  "aime",
  "math-500",
  "math",
  "matharena",
  "acereason-math",
  "acereason-sft",
  "livecodebench",
  "humaneval",
  "humaneval-plus",
  "mbpp",
  "mbpp-plus",
  "sharegpt",
  "messages",
  "generic",
]);
export type RowShape = z.infer<typeof rowShape>;

const column = z.string().min(1).max(500).nullable().default(null);

/** Which column holds what; a name with dots reaches into objects (reward_model.ground_truth). */
export const columnMapping = z
  .object({
    shape: rowShape,
    prompt: column.meta({ description: "What the model reads" }),
    messages: column.meta({ description: "A conversation in place of the prompt; its last assistant turn is the response" }),
    response: column.meta({ description: "One response, or a list of them" }),
    answer: column.meta({ description: "What a right response must state" }),
    tests: column.meta({ description: "What a program is tested with, in the form that the shape says" }),
    source: column.meta({ description: "Where the row comes from" }),
    category: column.meta({ description: "Subject or kind" }),
    id: column.meta({ description: "Empty: the number of the row's line" }),
    difficulty: column.meta({ description: "A number, Level 3, or easy, medium, hard as 1, 2, 3" }),
    date: column.meta({ description: "A day, for windows such as LiveCodeBench's" }),
    answerRule: answerRule.nullable().default(null).meta({ description: "Where a response states its answer; empty where rows have none" }),
  })
  .superRefine((mapping, ctx) => {
    if (mapping.prompt === null && mapping.messages === null)
      ctx.addIssue({ code: "custom", path: ["prompt"], message: "Neither prompt nor messages has a column: choose one of them." });
    if (mapping.answer !== null && mapping.answerRule === null)
      ctx.addIssue({ code: "custom", path: ["answerRule"], message: "Rows have an answer: say where a response states it." });
  });
export type ColumnMapping = z.infer<typeof columnMapping>;

/** The columns a mapping may name, in the order in which they are shown. */
export const mappedColumns = [
  "prompt",
  "messages",
  "response",
  "answer",
  "tests",
  "source",
  "category",
  "id",
  "difficulty",
  "date",
] as const satisfies readonly (keyof ColumnMapping)[];

/** One row whole, as training and evaluation take it. */
export interface ImportedRow {
  /** 0-based among the dataset's good rows. */
  row: number;
  /** 1-based line of the file; in a parquet file the row's number. */
  line: number;
  /** The file's own id, which need not be unique; the line where it has none. */
  id: string;
  source: string | null;
  category: string | null;
  difficulty: number | null;
  /** ISO day. */
  date: string | null;
  /** The problem; of a conversation the last user turn. */
  prompt: string;
  /** Conversation up to the response; null where the prompt alone is it. */
  messages: Message[] | null;
  responses: string[];
  answer: string | null;
  answerRule: z.infer<typeof answerRule> | null;
  tests: CodeTests | null;
}

/** One line of the table. */
export interface ImportedRowSummary {
  row: number;
  id: string;
  source: string | null;
  category: string | null;
  difficulty: number | null;
  date: string | null;
  /** The prompt's beginning, on one line. */
  preview: string;
  /** Characters of prompt or conversation, without the response. */
  promptLength: number;
  /** Characters of the longest response. */
  responseLength: number;
  responses: number;
  /** Number of tests, 0 without; tests written as one program count as one. */
  tests: number;
  hasAnswer: boolean;
}

export interface BadRow {
  /** 1-based line of the file; in a parquet file the row's number. */
  line: number;
  reason: string;
}

export interface DetectedColumn {
  name: string;
  type: "text" | "number" | "boolean" | "date" | "list" | "object" | "mixed" | "empty";
  /** Up to three values, as text, cut short. */
  samples: string[];
}

/** What a file seems to be, from its head and its tail alone. */
export interface DetectedDataset {
  path: string;
  name: string;
  bytes: number;
  format: FileFormat;
  /** gzip: its decompressed copy goes into the data folder. */
  compressed: boolean;
  /** CSV alone. */
  delimiter: string | null;
  columns: DetectedColumn[];
  shape: RowShape;
  shapeLabel: string;
  /** False: this shape is written from its documentation and was never tried on a real file. */
  triedOnRealFiles: boolean;
  mapping: ColumnMapping;
  /** Columns that the mapping leaves out. */
  unused: string[];
  /** Exact in parquet. */
  rows: { count: number; exact: boolean };
  /** The first rows by this mapping; long texts are cut, tests are told in words. */
  first: (Omit<ImportedRow, "tests"> & { tests: string | null })[];
  /** Of the first rows. */
  bad: BadRow[];
  warnings: string[];
}

export const importDatasetInput = z.object({
  path: z.string().min(1).meta({ description: "Absolute" }),
  name: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .meta({ description: "Empty: the file's name. A changed file under one name is its next version" }),
  mapping: columnMapping.optional().meta({ description: "Empty: as detected" }),
});
export type ImportDatasetInput = z.input<typeof importDatasetInput>;

export interface ImportProgress {
  activity: "decompressing" | "reading" | "hashing" | "finishing";
  bytes: number;
  totalBytes: number;
  rows: number;
  badRows: number;
}

/** A version of an imported dataset. */
export interface ImportedDataset {
  /** Name in small letters and version: gsm8k-train-v1. */
  id: string;
  name: string;
  version: number;
  /** sha256 over the file's hash and the mapping: the same content read the same way. */
  contentHash: string;
  /** sha256 of the file's bytes; of a gzip file, of what it holds. */
  fileHash: string;
  /** Where the rows are read from, absolute. */
  path: string;
  /** The file that was chosen: `path`, or the gzip file of which `path` is the decompressed copy. */
  source: string;
  bytes: number;
  /** When the file was last changed; rows are no longer read when that or the size is another. */
  modifiedMilliseconds: number;
  /** The index's files, and the decompressed copy where there is one. */
  indexBytes: number;
  format: FileFormat;
  delimiter: string | null;
  mapping: ColumnMapping;
  rows: number;
  badRows: number;
  /** Rows whose id an earlier row has. */
  repeatedIds: number;
  notices: string[];
  /** What importing took. */
  seconds: number;
  createdAt: string;
}

const range = z
  .object({ min: z.number().nullable().default(null), max: z.number().nullable().default(null) })
  .nullable()
  .default(null);
const labels = z.array(z.string().nullable()).max(1000).default([]);

/** Which rows; what is left out does not restrict. */
export const rowFilter = z.object({
  search: z
    .string()
    .max(1000)
    .default("")
    .meta({ description: "Words, each of which is in prompt, id or answer; prob* also finds probability" }),
  sources: labels.meta({ description: "Only these; null: rows without one" }),
  categories: labels,
  difficulty: range.meta({ description: "Inclusive" }),
  promptLength: range.meta({ unit: "characters" }),
  responseLength: range.meta({ unit: "characters" }),
  dates: z
    .object({ from: z.string(), to: z.string() })
    .nullable()
    .default(null)
    .meta({ description: "From (inclusive) to (exclusive), ISO days" }),
  tests: z.boolean().nullable().default(null).meta({ description: "Only rows with tests, or without" }),
});
export type RowFilter = z.infer<typeof rowFilter>;

export const rowOrder = z.enum([
  "row",
  "id",
  "source",
  "category",
  "difficulty",
  "date",
  "promptLength",
  "responseLength",
  "responses",
  "tests",
]);
export type RowOrder = z.infer<typeof rowOrder>;

/** importedDatasets.page */
export const datasetPageInput = z.object({
  datasetId: z.string(),
  filter: rowFilter.prefault({}),
  sort: rowOrder.default("row"),
  descending: z.boolean().default(false).meta({ description: "Rows without a value come last either way" }),
  offset: z.number().int().nonnegative().default(0),
  limit: z.number().int().positive().max(500).default(100),
});
/** As a caller writes it; with every field, as it is answered. */
export type DatasetPageInput = z.input<typeof datasetPageInput>;
export type DatasetPageQuery = z.output<typeof datasetPageInput>;

export const histogramColumn = z.enum(["promptLength", "responseLength", "difficulty", "date", "source", "category"]);

/** importedDatasets.histogram */
export const datasetHistogramInput = z.object({
  datasetId: z.string(),
  column: histogramColumn,
  filter: rowFilter.prefault({}),
});
export type DatasetHistogramInput = z.input<typeof datasetHistogramInput>;
export type DatasetHistogramQuery = z.output<typeof datasetHistogramInput>;

/**
 * Bins are the same whatever the filter, so that a filtered histogram can be laid over the whole. Numbers, and days in milliseconds
 * since 1970: from `from` (inclusive) to `to` (exclusive, the last bin inclusive); the last bin of a length holds the longest
 * hundredth. A difficulty of few values has a bin for each, which begins with it.
 */
export type DatasetHistogram =
  | { kind: "number" | "date"; bins: { from: number; to: number; count: number }[]; missing: number }
  | { kind: "label"; bins: { label: string; count: number }[] /** Labels past the commonest. */; others: number; missing: number };

/** importedDatasets.select, and what training and evaluation read. */
export const rowSelection = z.object({
  datasetId: z.string(),
  filter: rowFilter.prefault({}),
  order: z.enum(["file", "random"]).default("file"),
  seed: z.number().int().nonnegative().default(1).meta({ description: "Of the random order; more rows of one seed begin with the fewer" }),
  limit: z.number().int().positive().nullable().default(null),
});
export type RowSelection = z.input<typeof rowSelection>;
export type RowSelectionQuery = z.output<typeof rowSelection>;
