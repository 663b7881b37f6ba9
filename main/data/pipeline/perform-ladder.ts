// What a ladder on the rows of one dataset would be: what there is for it, and its cells with their distances; and where a folder is
// given, each cell's rows in it. Of the responses only the lengths stay in memory; rows that are written are read a second time.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { AnswerRule } from "../../contract/answer-rule.ts";
import type { Problem, Trace } from "../../contract/dataset.ts";
import type { LadderPreview, NamedCell } from "../../contract/ladder.ts";
import { presetLadder } from "../../contract/ladder-preset.ts";
import { type Ladder, ladderCells } from "../ladder.ts";
import { fileRow, LineFile } from "./dataset-file.ts";
import { measure } from "./perform.ts";
import { datasetPool } from "./pool-rows.ts";
import type { PipelineResponse } from "./row.ts";
import { commonestRule } from "./run-pipeline.ts";
import type { LadderOutcome, LadderTask } from "./task.ts";

export function performLadder(task: LadderTask): LadderOutcome {
  const { dataset, cells, preset, seed, tokenizer, folder } = task;
  const problems: Problem[] = [];
  const lengths = new Map<string, number[]>();
  for (const row of datasetPool(dataset, measure(tokenizer)).open()) {
    if ("reason" in row) continue;
    const id = String(row.row);
    problems.push({ id, source: row.source ?? "imported", domain: row.tests ? "code" : "math", pool: "sft", prompt: "", answer: "", steps: 0, difficulty: 0 }); // biome-ignore format: one record
    lengths.set(
      id,
      different(row.responses).map(({ length }) => length),
    );
  }
  const counts = [...lengths.values()].map((each) => each.length).sort((a, b) => b - a);
  const withAtLeast = (responses: number) => counts.filter((count) => count >= responses).length;
  const available = Array.from({ length: counts[0] ?? 0 }, (_, i) => ({ responses: i + 1, problems: withAtLeast(i + 1) }));
  const wanted =
    preset === null ? cells : presetLadder({ prompts: preset.prompts ?? withAtLeast(preset.responses), responses: preset.responses });
  // A response stands for itself by its place: its text is gone.
  const traces = ({ id }: Problem, count: number) =>
    lengths.get(id)!.slice(0, count).map((_, index): Trace => ({ problemId: id, index, text: String(index), style: "" })); // biome-ignore format: one list
  const length = (_: string, { problemId, index }: Trace) => lengths.get(problemId)![index];
  const ladder = wanted.length === 0 ? null : ladderCells({ problems, traces }, wanted, { seed, length });
  const preview: LadderPreview = {
    unit: tokenizer === null ? "characters" : "tokens",
    problems: problems.length,
    available,
    report: ladder?.report ?? null,
  };
  return { preview, sets: ladder === null || folder === null ? null : writeSets(task, wanted, ladder, folder) };
}

/** The first of those that say the same. */
function different(responses: readonly PipelineResponse[]): PipelineResponse[] {
  const seen = new Set<string>();
  return responses.filter(({ text }) => !seen.has(text) && seen.add(text));
}

/** Each cell's rows, in the dataset's order, as folder/<place of the cell>/rows.jsonl. */
function writeSets({ dataset }: LadderTask, cells: readonly NamedCell[], ladder: Ladder, folder: string): LadderOutcome["sets"] {
  const sets = cells.map(({ name }, place) => {
    const taken = new Map<string, Set<number>>();
    for (const { problem, trace } of ladder.examples(name)) taken.set(problem.id, (taken.get(problem.id) ?? new Set()).add(trace.index));
    const own = join(folder, String(place));
    mkdirSync(own);
    return { name, folder: own, taken, file: new LineFile(join(own, "rows.jsonl")) };
  });
  const rules = new Map<string, number>();
  for (const row of datasetPool(dataset, () => 0).open()) {
    if ("reason" in row) continue;
    const responses = different(row.responses);
    for (const { taken, file } of sets) {
      const own = taken.get(String(row.row));
      if (own) file.add(fileRow({ ...row, responses: responses.filter((_, i) => own.has(i)) }));
    }
    if (row.answer !== null && row.answerRule !== null) rules.set(row.answerRule, (rules.get(row.answerRule) ?? 0) + 1);
  }
  const answerRule = commonestRule(rules) as AnswerRule | null;
  return sets.map(({ name, folder: own, file }) => ({ name, folder: own, hash: file.finish(), answerRule }));
}
