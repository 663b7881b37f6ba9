// What replay says, on hand-made changes.
import { expect, test } from "vitest";
import type { Replay, ReplayChange, ReplayRule } from "../../main/contract/replay.ts";
import { readSelection } from "../client/selection.ts";
import { replayFigure, replaySentence } from "./replay-figure.ts";

const asRun: ReplayRule = {
  aggregation: "token-mean",
  std: "sample",
  overlongFilter: false,
  overlongInGroupStats: true,
  dynamicSampling: false,
};
const mass = { right: 0.25, wrong: 0.5, truncated: 0.25, long: 0.5 };
const none: ReplayChange = {
  rollouts: 1200,
  signChanged: 0,
  left: 0,
  entered: 0,
  weight: { asRun: mass, replayed: mass },
  pull: { asRun: mass, replayed: mass },
  meanChange: 0,
  relativeChange: 0,
  correlation: 1,
};
const replayed = (rule: Partial<ReplayRule>, change: Partial<ReplayChange>, steps: Replay["steps"] = []): Replay => ({
  schemaVersion: 1,
  asRun,
  replayed: { ...asRun, ...rule },
  steps,
  overall: { ...none, ...change },
  reproduced: 0,
});
const plain = (text: string) => text.replace(/\u202f/g, " ");

test("a sentence names the rule, who moved, by how much, and the class whose pull changed most", () => {
  const filtered = { right: 0.3, wrong: 0.7, truncated: 0, long: 0.5 };
  const change = { left: 0.12, signChanged: 0.031, meanChange: 0.01, relativeChange: 0.31, correlation: 0.8, pull: { asRun: mass, replayed: filtered } }; // biome-ignore format: one record
  expect(plain(replaySentence(replayed({ overlongFilter: true, std: "none" }, change)))).toBe(
    "With no division by the std and the over-long filter on, of 1,200 rollouts 12.0 % would have left the loss and 3.1 % would have an advantage of another sign; the gradient's coefficients would have moved by 31.0 % of their size, and truncated rollouts would have made 0.0 % of the pull in place of 25.0 %.",
  );
});

test("a class's share of the pull is named from a point up", () => {
  const change = { meanChange: 0.1, relativeChange: 0.2, correlation: 0.9 };
  const said = (pull: typeof mass) =>
    plain(replaySentence(replayed({ std: "none" }, { ...change, pull: { asRun: mass, replayed: pull } })));
  expect(said({ ...mass, right: 0.255 })).toContain("and no class of rollouts would have gained or lost a point of the pull.");
  expect(said({ ...mass, long: 0.3 })).toContain("and the longest quarter would have made 30.0 % of the pull in place of 50.0 %.");
});

test("no change, a change in proportion, and a run without any pull are said as such", () => {
  expect(replaySentence(replayed({ dynamicSampling: true }, {}))).toBe(
    "With dynamic sampling on, nothing would have changed: all 1,200 rollouts keep their weight and their advantage.",
  );
  expect(plain(replaySentence(replayed({ std: "population" }, { meanChange: 0.1, relativeChange: 0.069 })))).toBe(
    "With the std over n, of 1,200 rollouts none would have left or entered the loss; the gradient's coefficients would have moved by 6.9 % of their size, all in one proportion.",
  );
  expect(plain(replaySentence(replayed({ dynamicSampling: true }, { left: 1 })))).toContain(
    "of 1,200 rollouts 100.0 % would have left the loss; the gradient would have been the same.",
  );
  expect(replaySentence(replayed({ std: "none" }, { meanChange: 0.1, relativeChange: null, correlation: null }))).toContain(
    "as run no rollout had any pull",
  );
});

test("the curve leaves out steps without any pull, and a point opens its rollouts", () => {
  const steps = [none, { ...none, relativeChange: null }, { ...none, relativeChange: 0.2 }].map((change, i) => ({
    ...change,
    step: i + 1,
  }));
  const { series, subtitle } = replayFigure(replayed({ std: "none" }, {}, steps), "rl", undefined);
  expect([series[0].x, series[0].y]).toEqual([[1, 3], [0, 0.2]]); // biome-ignore format: a table
  expect(subtitle).toContain("1 of 3 steps");
  expect(readSelection(series[0].keys?.[1] ?? null)).toEqual({ kind: "rollouts", stageId: "rl", step: 3 });
});
