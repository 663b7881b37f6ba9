import { afterEach, beforeEach, expect, test } from "vitest";
import { studyWithData, temporaryStore } from "./fixture.ts";

let temporary: Awaited<ReturnType<typeof temporaryStore>>;
let rl: string;
beforeEach(async () => {
  temporary = await temporaryStore();
  ({ rl } = await studyWithData(temporary.store));
});
afterEach(() => temporary.remove());

test("metrics come back as columns over the steps, null where a step lacks one or it is no number", async () => {
  const { store } = temporary;
  await store.ingest(rl, [
    { type: "metrics", step: 2, values: { reward: 0.25, entropy: 0.4 } },
    { type: "metrics", step: 1, values: { reward: 0.125 } },
    { type: "metrics", step: 4, values: { loss: Number.NaN, entropy: 0.3, gradNorm: Number.POSITIVE_INFINITY } },
    { type: "metrics", step: 5, values: { kl: 0 } },
  ]);
  expect(await store.metrics(rl)).toEqual({
    steps: [1, 2, 4, 5],
    values: {
      reward: [0.125, 0.25, null, null],
      entropy: [null, 0.4, 0.3, null],
      loss: [null, null, null, null],
      gradNorm: [null, null, Number.POSITIVE_INFINITY, null],
      kl: [null, null, null, 0],
    },
  });
});

test("a stage without metrics has none", async () => {
  expect(await temporary.store.metrics(rl)).toEqual({ steps: [], values: {} });
});
