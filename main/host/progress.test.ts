import { expect, test } from "vitest";
import type { StageRecord } from "../contract/index.ts";
import { planStudy } from "../studies/plan.ts";
import { progressOf } from "./progress.ts";
import { smallRecipe } from "./testing/small-recipe.ts";

// Data 1; SFT weak and strong 20 together, the strong with twice the examples; temperature 4 each; evaluations 6 each; RL 40 each.
const stages = (): StageRecord[] =>
  planStudy(smallRecipe).map((plan, ordinal) => ({
    id: `s-${ordinal}`,
    studyId: "s",
    ordinal,
    plan,
    status: "queued",
    step: 0,
    totalSteps: 0,
    startedAt: null,
    finishedAt: null,
    activeSeconds: 0,
    result: null,
    error: null,
  }));

test("before anything ran, nothing is done and nothing is known of the time", () => {
  expect(progressOf(stages())).toEqual({ progress: 0, etaSeconds: null });
});

test("the data made tells nothing of the time that the rest takes; all count by the weights", () => {
  const [data, ...rest] = stages();
  const { progress, etaSeconds } = progressOf([{ ...data, status: "done", activeSeconds: 2 }, ...rest]);
  // All together 1 + 20 + 8 + 24 + 80 = 133.
  expect(progress).toBeCloseTo(1 / 133);
  expect(etaSeconds).toBeNull();
});

test("a measured stage tells what the others of its kind take, by their size", () => {
  const all = stages();
  all[1] = { ...all[1], status: "done", activeSeconds: 10 };
  // SFT strong has twice the examples: 20 s. All others by the weights, at 10 s for the 20 / 3 of SFT weak.
  const rate = 10 / (20 / 3);
  expect(progressOf(all).etaSeconds).toBeCloseTo(20 + rate * (1 + 8 + 24 + 80));
});

test("a running stage counts by the share of its steps", () => {
  const all = stages().map((stage) => ({ ...stage, status: "done" as const, activeSeconds: 1 }));
  all[9] = { ...all[9], status: "running" as never, step: 3, totalSteps: 6, activeSeconds: 1 };
  all[7] = { ...all[7], activeSeconds: 2 };
  // RL weak took 2 s, half of RL strong 1 s: 2 s each.
  expect(progressOf(all).etaSeconds).toBeCloseTo(1);
});

test("a finished study is whole", () => {
  const all = stages().map((stage) => ({ ...stage, status: "done" as const, activeSeconds: 1 }));
  expect(progressOf(all)).toEqual({ progress: 1, etaSeconds: 0 });
});
