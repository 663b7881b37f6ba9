import { afterEach, beforeEach, expect, test } from "vitest";
import { evaluationRecipe } from "../contract/index.ts";
import { evaluationEvent, newStudy, studyWithData, temporaryStore } from "./fixture.ts";

let temporary: Awaited<ReturnType<typeof temporaryStore>>;
let evaluate: string;
beforeEach(async () => {
  temporary = await temporaryStore();
  ({ evaluate } = await studyWithData(temporary.store));
});
afterEach(() => temporary.remove());

const whole = () => evaluationEvent("s1", evaluate, 0);
/** The samples from one index to another, as they come before the evaluation is complete. */
const part = (from: number, to: number) => {
  const { evaluation, samples } = whole();
  const { id, studyId, stageId, start, step, pool, config, createdAt } = evaluation;
  return { type: "samples" as const, evaluation: { id, studyId, stageId, start, step, pool, config, createdAt }, samples: samples.slice(from, to) }; // biome-ignore format: one record
};

test("samples come in parts and are the evaluation's once it is complete", async () => {
  const { store } = temporary;
  await store.ingest(evaluate, [part(0, 3)]);
  expect(await store.evaluations("s1")).toEqual([]);
  expect(await store.unfinishedSamples(evaluate)).toEqual(whole().samples.slice(0, 3));
  await store.ingest(evaluate, [part(3, 6)]);
  const verdicts = { right: 3, wrong: 2, truncated: 1, unparseable: 1, error: 1 };
  const evaluation = { ...whole().evaluation, low: 0.1, high: 0.6, verdicts };
  await store.ingest(evaluate, [{ type: "evaluation", evaluation, samples: whole().samples.slice(6) }]);
  expect(await store.evaluations("s1")).toEqual([evaluation]);
  expect(await store.evaluation(evaluation.id)).toEqual(evaluation);
  expect(await store.samplesOf(evaluation.id)).toEqual(whole().samples);
  expect(await store.unfinishedSamples(evaluate)).toEqual([]);
});

test("a sample comes once, and nothing comes after the end", async () => {
  const { store } = temporary;
  await store.ingest(evaluate, [part(0, 3)]);
  await expect(store.ingest(evaluate, [part(2, 4)])).rejects.toMatchObject({ code: "invalid-event" });
  expect(await store.unfinishedSamples(evaluate)).toHaveLength(3);
  await store.ingest(evaluate, [{ ...whole(), samples: whole().samples.slice(3) }]);
  await expect(store.ingest(evaluate, [part(0, 1)])).rejects.toMatchObject({ code: "already-stored" });
});

test("an evaluation stage that runs again keeps its samples, also those of an evaluation whose result was not stored", async () => {
  const { store } = temporary;
  await store.ingest(evaluate, [part(0, 5)]);
  await store.supersede(evaluate, null);
  expect(await store.unfinishedSamples(evaluate)).toHaveLength(5);
  await store.ingest(evaluate, [{ ...whole(), samples: whole().samples.slice(5) }]);
  await store.supersede(evaluate, null);
  expect(await store.unfinishedSamples(evaluate)).toEqual(whole().samples);
  expect(await store.evaluations("s1")).toEqual([]);
});

test("solve rates are means over a problem's samples", async () => {
  const { store } = temporary;
  await store.ingest(evaluate, [whole()]);
  const results = await store.problemResults(whole().evaluation.id);
  expect(results.map(({ problemId, samples, solveRate, verdicts }) => [problemId, samples, solveRate, verdicts])).toEqual([
    ["arith-00", 4, 0.5, { right: 2, truncated: 1, wrong: 1 }],
    ["arith-01", 4, 0.25, { error: 1, right: 1, unparseable: 1, wrong: 1 }],
  ]);
});

test("a study of kind evaluation is listed by its evaluation, and takes one more stage", async () => {
  const { store } = temporary;
  const recipe = evaluationRecipe.parse({ kind: "evaluation", name: "GSM8K", checkpoint: "smollm2", data: { dataset: "gsm8k" } });
  const plan = {
    kind: "evaluate" as const,
    key: "evaluate",
    from: { checkpoint: "smollm2" },
    label: "Evaluation",
    start: "smollm2",
    when: "alone" as const,
    config: recipe.eval,
  };
  await store.createStudy({ ...newStudy("e1"), recipe, stages: [{ kind: "data", key: "data", label: "Data" }, plan] });
  await store.setStudyStatus("e1", "done");
  const study = await store.appendStage("e1", { ...plan, key: "more", label: "More", extends: "e1-1-eval-0" });
  expect(study.status).toBe("queued");
  expect(study.stages.map(({ id, plan: { label }, status }) => [id, label, status])).toEqual([["e1-0", "Data", "queued"], ["e1-1", "Evaluation", "queued"], ["e1-2", "More", "queued"]]); // biome-ignore format: a table
  expect(await store.benchmarkEvaluations()).toEqual([]);
});
