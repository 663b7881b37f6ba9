import { afterAll, beforeAll, expect, test } from "vitest";
import { problems, rolloutsEvent, studyWithData, temporaryStore } from "./fixture.ts";

let temporary: Awaited<ReturnType<typeof temporaryStore>>;
let rl: string;
beforeAll(async () => {
  temporary = await temporaryStore();
  ({ rl } = await studyWithData(temporary.store));
  for (const step of [1, 2, 3]) await temporary.store.ingest(rl, [rolloutsEvent(step)]);
});
afterAll(() => temporary.remove());

const page = (input: object) => temporary.store.rollouts({ stageId: rl, offset: 0, limit: 100, ...input });

test("a rollout comes back whole, with its problem", async () => {
  const { rows, total } = await page({ step: 2 });
  expect(total).toBe(8);
  const sent = rolloutsEvent(2).rollouts;
  rows.forEach(({ id, step, prompt, answer, source, ...rollout }, i) => {
    expect(rollout).toEqual(sent[i]);
    const problem = problems.find((p) => p.id === rollout.problemId)!;
    expect({ step, prompt, answer, source }).toEqual({ step: 2, prompt: problem.prompt, answer: problem.answer, source: problem.source });
    expect(id).toBeGreaterThan(0);
  });
});

test("without a step the latest come first, each batch in its order; pages neither overlap nor skip", async () => {
  const all = await page({});
  expect(all.rows.map((r) => r.text)).toEqual([3, 2, 1].flatMap((step) => rolloutsEvent(step).rollouts.map((r) => r.text)));
  const paged = [];
  for (let offset = 0; offset < 24; offset += 5) paged.push(...(await page({ offset, limit: 5 })).rows);
  expect(paged).toEqual(all.rows);
  expect(await page({ offset: 100 })).toEqual({ total: 24, rows: [] });
});

test("filters by verdict, problem and text, alone and together", async () => {
  const all = (await page({})).rows;
  const right = await page({ verdict: "right" });
  expect(right.rows).toEqual(all.filter((r) => r.verdict === "right"));
  expect(right.total).toBe(9);
  expect((await page({ problemId: "arith-03" })).rows).toEqual(all.filter((r) => r.problemId === "arith-03"));
  expect((await page({ problemId: "absent" })).total).toBe(0);
  expect((await page({ search: "STEP 3 sample" })).total).toBe(8);
  expect((await page({ search: "3+4=?" })).rows).toEqual(all.filter((r) => r.prompt === "3+4=?"));
  expect((await page({ search: "is not 2", verdict: "wrong", step: 2 })).total).toBe(2);
  expect((await page({ search: "%" })).total).toBe(0);
  expect((await page({ search: "_" })).total).toBe(0);
  expect((await page({ search: "" })).total).toBe(24);
  expect((await page({ search: "'; DROP TABLE rollouts; --" })).total).toBe(0);
});

test("steps are listed with their verdicts", async () => {
  expect(await temporary.store.rolloutSteps(rl)).toEqual(
    [1, 2, 3].map((step) => ({ step, rollouts: 8, verdicts: { right: 3, wrong: 2, truncated: 1, unparseable: 1, error: 1 } })),
  );
});

test("tokens of a rollout that is not there", async () => {
  await expect(temporary.store.rolloutTokens(999)).rejects.toMatchObject({ code: "unknown-rollout" });
});
