import { afterAll, beforeAll, expect, test } from "vitest";
import { evaluationEvent, problems, studyWithData, temporaryStore } from "./fixture.ts";

let temporary: Awaited<ReturnType<typeof temporaryStore>>;
let rl: string;
const evaluation = (step: number) => evaluationEvent("s1", rl, step);
beforeAll(async () => {
  temporary = await temporaryStore();
  ({ rl } = await studyWithData(temporary.store));
  await temporary.store.ingest(rl, [evaluation(0), evaluation(8)]);
});
afterAll(() => temporary.remove());

const page = (input: object) => temporary.store.evaluationSamples({ evaluationId: `${rl}-eval-8`, offset: 0, limit: 100, ...input });
const problemOf = (id: string) => problems.find((p) => p.id === id)!;

test("evaluations come back whole, in order", async () => {
  expect(await temporary.store.evaluations("s1")).toEqual([evaluation(0).evaluation, evaluation(8).evaluation]);
  expect(await temporary.store.evaluations("none")).toEqual([]);
});

test("samples come back whole, in order, with their problems", async () => {
  const { total, rows } = await page({});
  expect(total).toBe(8);
  expect(rows).toEqual(
    evaluation(8).samples.map((s) => {
      const { source, prompt, answer } = problemOf(s.problemId);
      return { ...s, source, prompt, answer };
    }),
  );
  expect((await page({ offset: 6, limit: 5 })).rows).toEqual(rows.slice(6));
});

test("samples are filtered", async () => {
  const all = (await page({})).rows;
  for (const [input, keep] of [
    [{ verdict: "wrong" }, (r) => r.verdict === "wrong"],
    [{ problemId: all[5].problemId }, (r) => r.problemId === all[5].problemId],
    [{ source: "arithmetic" }, (r) => r.source === "arithmetic"],
    [{ search: "sample 7" }, (r) => r.text.includes("sample 7")],
    [{ source: "gsm8k", search: "sample 6" }, (r) => r.source === "gsm8k" && r.text.includes("sample 6")],
  ] satisfies [object, (row: (typeof all)[number]) => boolean][]) {
    const expected = all.filter(keep);
    expect(await page(input)).toEqual({ total: expected.length, rows: expected });
  }
});

test("statistics get every sample, without its text", async () => {
  expect(await temporary.store.allEvaluationSamples(`${rl}-eval-8`)).toEqual(
    evaluation(8).samples.map(({ problemId, sampleIndex, reward, verdict, tokens }) => ({
      problemId,
      source: problemOf(problemId).source,
      sampleIndex,
      reward,
      verdict,
      tokens,
    })),
  );
});

test("an evaluation that is not there", async () => {
  await expect(page({ evaluationId: "x" })).rejects.toMatchObject({ code: "unknown-evaluation" });
  await expect(temporary.store.allEvaluationSamples("x")).rejects.toMatchObject({ code: "unknown-evaluation" });
});
