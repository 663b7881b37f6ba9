// What a ladder on the rows of one dataset would be: what there is for it, and its cells with their distances. Of the responses only the
// lengths stay in memory.

import type { Problem, Trace } from "../../contract/dataset.ts";
import type { LadderPreview } from "../../contract/ladder.ts";
import { presetLadder } from "../../contract/ladder-preset.ts";
import { ladderCells } from "../ladder.ts";
import { measure } from "./perform.ts";
import { datasetPool } from "./pool-rows.ts";
import type { LadderTask } from "./task.ts";

export function previewLadder({ dataset, cells, preset, seed, tokenizer }: LadderTask): LadderPreview {
  const problems: Problem[] = [];
  const lengths = new Map<string, number[]>();
  for (const row of datasetPool(dataset, measure(tokenizer)).open()) {
    if ("reason" in row) continue;
    const id = String(row.row);
    problems.push({ id, source: row.source ?? "imported", domain: row.tests ? "code" : "math", pool: "sft", prompt: "", answer: "", steps: 0, difficulty: 0 }); // biome-ignore format: one record
    const different = new Map(row.responses.map((response) => [response.text, response.length]));
    lengths.set(id, [...different.values()]);
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
  return {
    unit: tokenizer === null ? "characters" : "tokens",
    problems: problems.length,
    available,
    report: wanted.length === 0 ? null : ladderCells({ problems, traces }, wanted, { seed, length }).report,
  };
}
