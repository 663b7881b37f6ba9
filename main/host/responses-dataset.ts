// Responses from a checkpoint as an SFT dataset: an evaluation's samples, all or those that were verified, written as JSONL in the
// data folder and imported like any other file, so that it has a version, a hash and its rows can be browsed.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type AnswerRule, HeadstartError, type ResponsesDataset, type Sample } from "../contract/index.ts";
import { writeAside } from "../formats/write-aside.ts";
import type { Host } from "./host.ts";

export interface ResponsesRequest {
  evaluationId: string;
  keep: "all" | "verified";
  name: string;
}

/** One row a problem, with its distinct responses in the order they were drawn. */
export async function responsesToDataset(
  { store, importedDatasets, dataFolder }: Pick<Host, "store" | "importedDatasets" | "dataFolder">,
  { evaluationId, keep, name }: ResponsesRequest,
): Promise<ResponsesDataset> {
  const evaluation = await store.evaluation(evaluationId);
  const { datasetId } = await store.study(evaluation.studyId);
  const byProblem = new Map<string, Sample[]>();
  for (const sample of await store.samplesOf(evaluationId))
    if (keep === "all" || sample.reward === 1) byProblem.set(sample.problemId, [...(byProblem.get(sample.problemId) ?? []), sample]);
  if (byProblem.size === 0)
    throw new HeadstartError({
      code: "no-responses",
      where: `evaluation ${evaluationId}`,
      message: "None of its responses was verified.",
      hint: "Keep all, or sample more.",
    });
  const rules = new Set<AnswerRule>();
  const rows = await Promise.all(
    [...byProblem].map(async ([problemId, samples]) => {
      const { problem } = await store.problem({ datasetId: datasetId!, problemId });
      if (problem.answerRule) rules.add(problem.answerRule);
      const ordered = [...samples].sort((a, b) => a.sampleIndex - b.sampleIndex);
      return {
        id: problemId,
        source: problem.source,
        // The words of the problem itself: an instruction is the next recipe's to add.
        prompt: problem.question ?? problem.prompt,
        response: [...new Set(ordered.map(({ text }) => text))],
        answer: problem.answer === "" ? null : problem.answer,
        sampled_by: evaluation.start,
        evaluation: evaluationId,
      };
    }),
  );
  const folder = join(dataFolder, "responses");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${evaluationId}-${keep}.jsonl`);
  writeAside(path, (append) => {
    for (const row of rows) append(new TextEncoder().encode(`${JSON.stringify(row)}\n`));
  });
  const dataset = await importedDatasets.import({
    path,
    name,
    mapping: {
      shape: "generic",
      prompt: "prompt",
      response: "response",
      answer: "answer",
      source: "source",
      id: "id",
      // A study's problems come from one dataset, which has one rule.
      answerRule: [...rules][0] ?? "boxed",
    },
  });
  return { datasetId: dataset.id, rows: dataset.rows };
}
