import { afterAll, beforeAll, expect, test } from "vitest";
import type { Trace } from "../contract/index.ts";
import { datasetEvent, newStudy, problems, studyWithData, temporaryStore } from "./fixture.ts";

let temporary: Awaited<ReturnType<typeof temporaryStore>>;
beforeAll(async () => {
  temporary = await temporaryStore();
  await studyWithData(temporary.store);
});
afterAll(() => temporary.remove());

const page = (input: object = {}) =>
  temporary.store.problems({ datasetId: "data-1", sortBy: "id", descending: false, offset: 0, limit: 100, ...input });
const ids = async (input: object) => (await page(input)).rows.map((p) => p.id);

test("a dataset comes back whole, and the study names it", async () => {
  const { store } = temporary;
  expect(await store.dataset("data-1")).toEqual(datasetEvent().dataset);
  expect(await store.datasets()).toEqual([datasetEvent().dataset]);
  expect((await store.study("s1")).datasetId).toBe("data-1");
  await expect(store.dataset("x")).rejects.toMatchObject({ code: "unknown-dataset" });
});

test("problems come back whole, with their number of traces", async () => {
  const traces = (i: number) => (i >= 6 ? 0 : i % 2 ? 1 : 2);
  expect(await page()).toEqual({ total: 12, rows: problems.map((p, i) => ({ ...p, traces: traces(i) })) });
});

test("problems are filtered, searched, sorted and paged", async () => {
  expect(await ids({ pool: "rl" })).toEqual(["arith-01", "arith-05", "arith-09"]);
  expect(await ids({ source: "gsm8k", pool: "sft" })).toEqual(["arith-00"]);
  expect(await ids({ search: "ann has 6 apples" })).toEqual(["arith-06"]);
  expect(await ids({ search: "100%" })).toEqual(["arith-00", "arith-03", "arith-06", "arith-09"]);
  expect(await ids({ search: "11+12" })).toEqual(["arith-11"]);
  expect(await ids({ sortBy: "difficulty", limit: 2 })).toEqual(["arith-11", "arith-10"]);
  expect(await ids({ sortBy: "steps", descending: true, limit: 5 })).toEqual(["arith-11", "arith-08", "arith-05", "arith-02", "arith-10"]);
  expect(await ids({ sortBy: "prompt", limit: 3 })).toEqual(["arith-00", "arith-01", "arith-10"]);
  expect((await page({ offset: 10, limit: 5 })).rows.map((p) => p.id)).toEqual(["arith-10", "arith-11"]);
  await expect(page({ datasetId: "x" })).rejects.toMatchObject({ code: "unknown-dataset" });
});

test("one problem with its responses; responses that come later are added, those that come again are not", async () => {
  const { store } = temporary;
  const problem = () => store.problem({ datasetId: "data-1", problemId: "arith-00" });
  const first = datasetEvent().traces.filter((t) => t.problemId === "arith-00");
  expect(await problem()).toEqual({ problem: problems[0], traces: first });

  await store.createStudy(newStudy("s2"));
  const more: Trace = { problemId: "arith-00", index: 2, text: "1+0=1#1", style: "commuted" };
  await store.ingest("s2-0", [{ ...datasetEvent(), traces: [...first, more] }]);
  expect((await problem()).traces).toEqual([...first, more]);
  await expect(store.problem({ datasetId: "data-1", problemId: "x" })).rejects.toMatchObject({ code: "unknown-problem" });
});

test("code problems keep their tests", async () => {
  const { store } = temporary;
  await store.createStudy(newStudy("s3"));
  const tests = [{ call: "f(2,3)", expected: "5", hidden: true }];
  const event = datasetEvent("data-code", "h-code");
  await store.ingest("s3-0", [{ ...event, problems: [{ ...problems[1], domain: "code", tests }], traces: [] }]);
  expect((await store.problem({ datasetId: "data-code", problemId: problems[1].id })).problem.tests).toEqual(tests);
});
