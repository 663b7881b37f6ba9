import { expect, test } from "vitest";
import { paperValue, studyResult } from "../../contract/index.ts";
import { openHost, untilStatus } from "../testing/open-host.ts";
import { smallRecipe } from "../testing/small-recipe.ts";

async function finished(seeds: number[]) {
  const { host, caller } = await openHost();
  const ids: string[] = [];
  for (const seed of seeds) {
    const { id } = await caller.studies.start({ recipe: smallRecipe, seed });
    await untilStatus(host, id, "done");
    ids.push(id);
  }
  return { caller, ids };
}

test("a result has every arm's points, and its differences are those of the comparison", async () => {
  const { caller, ids } = await finished([3]);
  const result = await caller.results.get({ id: ids[0] });
  expect(studyResult.parse(result)).toEqual(result);
  expect(result.arms.map(({ name, role, runs }) => [name, role, runs[0].evaluations.map(({ when }) => when)])).toEqual([["weak", "arm", ["before", "after"]], ["strong", "arm", ["before", "after"]]]); // biome-ignore format: a table
  const comparison = (await caller.compare.study({ id: ids[0] }))!;
  const change = (arm: string) => result.differences.find(({ what, to }) => what === "change" && to.arm === arm)!;
  for (const start of comparison.starts) expect(change(start.name).bySeed).toEqual([{ seed: 3, difference: start.change }]);
  const gaps = result.differences
    .filter(({ what }) => what === "between arms")
    .map(({ from, bySeed }) => [from.when, bySeed[0].difference]);
  expect(gaps).toEqual([["before", comparison.gaps[0].before], ["after", comparison.gaps[0].after]]); // biome-ignore format: a table
  expect(result.starts?.scopes[0].pairs[0].bySeed[0].gap).toEqual(comparison.gaps[0]);
  expect(result.notes).toEqual([expect.stringContaining("One seed")]);
});

test("over seeds each arm has a run a seed, and each difference its interval over seeds", async () => {
  const { caller, ids } = await finished([3, 4]);
  const result = await caller.results.get({ id: ids[1], seeds: "all" });
  expect(result.seeds.map(({ seed, studyId }) => [seed, studyId])).toEqual([[3, ids[0]], [4, ids[1]]]); // biome-ignore format: a table
  for (const { runs } of result.arms) expect(runs.map(({ seed }) => seed)).toEqual([3, 4]);
  for (const { bySeed, overSeeds } of result.differences) {
    expect(bySeed).toHaveLength(2);
    expect(overSeeds.mean).toBeCloseTo((bySeed[0].difference.value + bySeed[1].difference.value) / 2, 12);
    expect(overSeeds.low).not.toBeNull();
  }
});

test("fates, curves and fairness of a study are there for its starts", async () => {
  const { caller, ids } = await finished([3]);
  const fates = (await caller.results.fates({ id: ids[0] }))!;
  expect(fates.starts).toEqual(["weak", "strong"]);
  expect(fates.points).toEqual([["before RL", "end"], ["before RL", "end"]]); // biome-ignore format: a table
  const curves = (await caller.results.alignment({ id: ids[0], axis: "step" }))!.curves;
  expect(curves.map(({ start, points }) => [start, points.map(({ x }) => x)])).toEqual([["weak", [3, 6]], ["strong", [3, 6]]]); // biome-ignore format: a table
  expect((await caller.results.fairness({ id: ids[0] }))?.fair).toBe(true);
});

test("replay under the rule as run changes nothing; only RL has rollouts", async () => {
  const { caller, ids } = await finished([3]);
  const rule = {
    aggregation: "token-mean",
    std: "none",
    overlongFilter: false,
    overlongInGroupStats: true,
    dynamicSampling: false,
  } as const;
  const replayed = await caller.results.replay({ stageId: `${ids[0]}-7`, rule });
  expect(replayed.steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(replayed.asRun).toEqual({ ...rule, std: "sample" });
  expect(replayed.overall.rollouts).toBe(24);
  await expect(caller.results.replay({ stageId: `${ids[0]}-1`, rule })).rejects.toThrow(/Only a stage of RL/);
});

test("published numbers are the contract's, with their source", async () => {
  const { caller } = await openHost();
  const values = await caller.results.published();
  expect(values.length).toBeGreaterThan(100);
  for (const value of values) expect(paperValue.parse(value)).toEqual(value);
});
