// Rows of an imported dataset as the problems and responses of a study.
import { createHash } from "node:crypto";
import type { DatasetSummary, Pool, Problem, Trace } from "../contract/dataset.ts";
import { HeadstartError } from "../contract/errors.ts";
import type { ImportedDataset, ImportedRow } from "../contract/imported-dataset.ts";
import type { ImportedProblems } from "../contract/job.ts";
import type { Message } from "../contract/message.ts";

/** Rows of one dataset version, in the order in which they were selected, and what they are to a study. */
export interface ImportedPart {
  pool: Pool;
  dataset: Pick<ImportedDataset, "id" | "contentHash">;
  rows: readonly ImportedRow[];
  /** At most so many of each row's responses go along. */
  responsesPerPrompt: number;
  /** The last so many rows are dev. */
  devRows?: number;
}

/** Refuses a prompt of dev or test that is in another pool too. */
export function importedProblems(parts: readonly ImportedPart[], instruction: string): ImportedProblems {
  const problems: Problem[] = [];
  const traces: Trace[] = [];
  const seen = new Set<string>();
  // Row numbers, which stand for ids where a file has none, are the same in every file.
  const several = new Set(parts.map(({ dataset }) => dataset.id)).size > 1;
  for (const part of parts) {
    const { rows, devRows = 0 } = part;
    if (devRows > 0) refuseTooFew(rows, devRows);
    const before = several ? part.dataset.id : null;
    const idOf = uniqueIds(part, before, seen);
    for (const [i, row] of rows.entries()) {
      problems.push(problemOf(row, idOf[i], before, i < rows.length - devRows ? part.pool : "dev", instruction));
      traces.push(...tracesOf(row, idOf[i], part.responsesPerPrompt));
    }
  }
  if (parts.length > 1) refuseShared(problems);
  const hash = createHash("sha256");
  for (const part of [...problems, ...traces]) hash.update(`${JSON.stringify(part)}\n`);
  const contentHash = hash.digest("hex");
  return { dataset: summarise(parts, contentHash, problems), problems, traces };
}

function refuseTooFew(rows: readonly ImportedRow[], devRows: number): void {
  const usable = rows.filter(({ responses }) => responses.length > 0).length;
  if (usable > devRows) return;
  throw new HeadstartError({
    code: "too-few-rows",
    where: "recipe.data",
    message: `${usable} of the ${rows.length} selected rows have a response, and ${devRows} are kept out of training.`,
    hint: "Select more rows, or lower devRows.",
  });
}

/** What is measured must not have been trained on; SFT and RL may share prompts. */
function refuseShared(problems: readonly Problem[]): void {
  const measured = new Map<string, Problem>();
  for (const problem of problems) if (problem.pool === "dev" || problem.pool === "test") measured.set(problem.prompt, problem);
  const shared = problems.filter(({ prompt, pool }) => {
    const other = measured.get(prompt);
    return other !== undefined && other.pool !== pool;
  });
  if (shared.length === 0) return;
  const [first] = shared;
  const other = measured.get(first.prompt)!;
  throw new HeadstartError({
    code: "pools-overlap",
    where: "recipe.data",
    message: `${shared.length} prompts are in two pools: ${first.id} (${first.pool}) and ${other.id} (${other.pool}) are one, for example.`,
    hint: "Select other rows, or make datasets that share no prompt (headstart data pipeline decontaminates).",
  });
}

/** A file's ids need not be unique: one that came before is told apart by its row, and a row of two pools by its pool. */
function uniqueIds({ rows, pool }: ImportedPart, before: string | null, seen: Set<string>): string[] {
  return rows.map(({ id, row }) => {
    const own = before === null ? id : `${before}/${id}`;
    const unique = [own, `${own}#${row}`, `${own}#${row} (${pool})`].find((candidate) => !seen.has(candidate))!;
    seen.add(unique);
    return unique;
  });
}

function problemOf(row: ImportedRow, id: string, before: string | null, pool: Pool, instruction: string): Problem {
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
    sourceId: `${before === null ? "" : `${before} `}row ${row.row}`,
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

function summarise(parts: readonly ImportedPart[], contentHash: string, problems: Problem[]): DatasetSummary {
  const counts = new Map<string, DatasetSummary["counts"][number]>();
  for (const { pool, source } of problems) {
    const entry = counts.get(`${pool} ${source}`) ?? { pool, source, problems: 0 };
    entry.problems++;
    counts.set(`${pool} ${source}`, entry);
  }
  const of = (pick: (dataset: ImportedPart["dataset"]) => string) => [...new Set(parts.map(({ dataset }) => pick(dataset)))].join(", ");
  return {
    id: `data-${contentHash.slice(0, 12)}`,
    name: `${of(({ id }) => id)}, ${problems.length} rows`,
    contentHash,
    config: { imported: of(({ id }) => id), contentHash: of((dataset) => dataset.contentHash) },
    createdAt: new Date().toISOString(),
    counts: [...counts.values()],
    dropped: [],
  };
}
