// Rows of an imported dataset as the problems and responses of a study.
import { createHash } from "node:crypto";
import type { DatasetSummary, Pool, Problem, Trace } from "../contract/dataset.ts";
import { HeadstartError } from "../contract/errors.ts";
import type { ImportedDataset, ImportedRow } from "../contract/imported-dataset.ts";
import type { ImportedProblems } from "../contract/job.ts";
import type { Message } from "../contract/message.ts";
import type { EvaluationRecipe, SftRecipe } from "../contract/recipe.ts";

/** Rows in the order in which they were selected; the last devRows of an SFT recipe are kept out of training. */
export function importedProblems(
  recipe: EvaluationRecipe | SftRecipe,
  dataset: Pick<ImportedDataset, "id" | "contentHash">,
  rows: readonly ImportedRow[],
): ImportedProblems {
  const training = recipe.kind === "sft" ? trainingRows(recipe, rows) : 0;
  const idOf = uniqueIds(rows);
  const problems = rows.map((row, i): Problem => {
    const pool = recipe.kind === "evaluation" ? recipe.eval.pool : i < training ? "sft" : "dev";
    return problemOf(row, idOf[i], pool, recipe.instruction);
  });
  const traces = recipe.kind === "sft" ? rows.flatMap((row, i) => tracesOf(row, idOf[i], recipe.responsesPerPrompt)) : [];
  const hash = createHash("sha256");
  for (const part of [...problems, ...traces]) hash.update(`${JSON.stringify(part)}\n`);
  const contentHash = hash.digest("hex");
  return { dataset: summarise(dataset, contentHash, problems), problems, traces };
}

function trainingRows(recipe: SftRecipe, rows: readonly ImportedRow[]): number {
  const usable = rows.filter(({ responses }) => responses.length > 0).length;
  if (usable > recipe.devRows) return rows.length - recipe.devRows;
  throw new HeadstartError({
    code: "too-few-rows",
    where: "recipe.data",
    message: `${usable} of the ${rows.length} selected rows have a response, and ${recipe.devRows} are kept out of training.`,
    hint: "Select more rows, or lower devRows.",
  });
}

/** A file's ids need not be unique: one that came before is told apart by its row. */
function uniqueIds(rows: readonly ImportedRow[]): string[] {
  const seen = new Set<string>();
  return rows.map(({ id, row }) => {
    const unique = seen.has(id) ? `${id}#${row}` : id;
    seen.add(unique);
    return unique;
  });
}

function problemOf(row: ImportedRow, id: string, pool: Pool, instruction: string): Problem {
  const prompt = withInstruction(row.prompt, instruction);
  return {
    id,
    source: row.source ?? "imported",
    domain: row.tests ? "code" : "math",
    pool,
    prompt,
    ...(row.messages && { messages: lastTurn(row.messages, prompt) }),
    answer: row.answer ?? "",
    ...(row.answerRule && { answerRule: row.answerRule }),
    ...(row.tests && { python: row.tests }),
    steps: 0,
    difficulty: row.difficulty ?? 0,
    ...(prompt !== row.prompt && { question: row.prompt }),
    sourceId: `row ${row.row}`,
  };
}

export function withInstruction(problem: string, instruction: string): string {
  if (instruction === "") return problem;
  // A function, so that a $ in the problem is itself.
  return instruction.includes("{problem}") ? instruction.replace("{problem}", () => problem) : `${problem}\n\n${instruction}`;
}

/** The last user's turn is the problem. */
function lastTurn(messages: readonly Message[], prompt: string): Message[] {
  const at = messages.map(({ role }) => role).lastIndexOf("user");
  return messages.map((message, i) => (i === at ? { ...message, content: prompt } : message));
}

function tracesOf(row: ImportedRow, problemId: string, count: number): Trace[] {
  return row.responses.slice(0, count).map((text, index) => ({ problemId, index, text, style: "" }));
}

function summarise(dataset: Pick<ImportedDataset, "id" | "contentHash">, contentHash: string, problems: Problem[]): DatasetSummary {
  const counts = new Map<string, DatasetSummary["counts"][number]>();
  for (const { pool, source } of problems) {
    const entry = counts.get(`${pool} ${source}`) ?? { pool, source, problems: 0 };
    entry.problems++;
    counts.set(`${pool} ${source}`, entry);
  }
  return {
    id: `data-${contentHash.slice(0, 12)}`,
    name: `${dataset.id}, ${problems.length} rows`,
    contentHash,
    config: { imported: dataset.id, contentHash: dataset.contentHash },
    createdAt: new Date().toISOString(),
    counts: [...counts.values()],
    dropped: [],
  };
}
