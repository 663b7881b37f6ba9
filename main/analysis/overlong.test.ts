import { describe, expect, it } from "vitest";
import { overlongReport as schema } from "../contract/overlong.ts";
import { extend, type OverlongFork, type OverlongSample, overlongReport } from "./overlong.ts";
import { pairedDifference } from "./paired.ts";
import { type Scores, scoresOf } from "./scores.ts";

const sample = (problem: number, index: number, text: string, reward: number, cut: boolean): OverlongSample => ({
  problemId: `p${String(problem).padStart(2, "0")}`,
  source: "s",
  sampleIndex: index,
  text,
  tokens: text.length,
  reward,
  finishReason: cut ? "length" : "stop",
});

describe("truncated responses given more tokens", () => {
  const trained = [
    sample(0, 0, "abcd", 0, true),
    sample(0, 1, "abcd", 0, true),
    sample(1, 0, "xyz", 1, false),
    sample(1, 1, "efg\uFFFD", 0, true),
    sample(2, 0, "mnop", 0, true),
    sample(2, 1, "qr", 0, false),
  ];
  const doubled = [
    sample(0, 0, "abcd42", 1, false),
    sample(0, 1, "abcd1234", 0, true),
    sample(1, 0, "xyz", 1, false),
    sample(1, 1, "efgé", 0, false), // the cut character completed
    sample(2, 0, "another", 1, false), // not a continuation: does not count
    sample(2, 1, "qs", 1, false),
  ];
  const extension = extend({ budget: 4, trained, doubled });

  it("count as continued only where the later text begins with them", () => {
    expect(extension).toMatchObject({ budget: 4, doubled: 8, truncated: 4, continued: 3, ended: 2, same: 1 });
    expect(extension.turned).toEqual({ right: 1, wrong: 1, truncated: 1 });
  });

  it("the share that turns right is a ratio, clustered by problem", () => {
    // Continued 2, 1, 0; right 1, 0, 0: share 1/3. Influences (right − share · continued) / mean continued (1): 1/3, −1/3, 0;
    // variance 1/9, standard error √(1/27).
    expect(extension.turnedRight!.value).toBeCloseTo(1 / 3, 12);
    expect(extension.turnedRight!.standardError).toBeCloseTo(Math.sqrt(1 / 27), 12);
    expect([extension.turnedRight!.low, extension.turnedRight!.high]).toEqual([0, 1]);
  });

  it("none continued says nothing, and none of many turned right is no certainty", () => {
    const all = (reward: number, text: string) => Array.from({ length: 40 }, (_, p) => sample(p, 0, text, reward, true));
    const none = extend({ budget: 2, trained: all(0, "ab"), doubled: all(0, "abcd") });
    // All 40 continued, none right: Clopper–Pearson's 1 − 0.025^(1/40).
    expect(none.turnedRight!.value).toBe(0);
    expect(none.turnedRight!.high).toBeCloseTo(1 - 0.025 ** (1 / 40), 12);
    expect(extend({ budget: 2, trained: all(0, "ab"), doubled: all(0, "xy") }).turnedRight).toBeNull();
  });

  it("refuses evaluations of other samples", () => {
    expect(() => extend({ budget: 4, trained, doubled: doubled.slice(1) })).toThrow("same problems and samples");
  });
});

/** 40 problems of one sample, the first `right` right and the last `cut` truncated. */
const evaluation = (right: number, cut: number): OverlongSample[] =>
  Array.from({ length: 40 }, (_, p) => sample(p, 0, p >= 40 - cut ? "abcd" : "ab", p < right ? 1 : 0, p >= 40 - cut));
const fork = (budget: number, filter: boolean, seed: number, trained: number, doubled: number, cut = 4): OverlongFork => ({
  budget,
  filter,
  seed,
  trained: evaluation(trained, cut),
  doubled: evaluation(doubled, 0),
});
const scores = (right: number): Scores => scoresOf(evaluation(right, 0), "test");

describe("the over-long laboratory", () => {
  const report = overlongReport([
    fork(64, true, 1, 20, 20),
    fork(64, false, 1, 28, 30),
    fork(32, true, 1, 24, 24, 10),
    fork(32, false, 1, 12, 14, 2),
  ]);

  it("has each arm's scores and truncation at both budgets", () => {
    expect(report.arms[0]).toMatchObject({
      budget: 32,
      filter: true,
      score: { trained: { value: 0.6 } },
      truncated: { trained: { value: 0.25 }, doubled: { value: 0 } },
    });
    expect(report.arms[0].responseTokens.trained).toBeCloseTo((30 * 2 + 10 * 4) / 40, 12);
    expect(schema.parse(report)).toEqual(report);
    expect(report.means).toEqual([]);
  });

  it("filter on − off is paired over problems, shortest budget first", () => {
    const [short, long] = report.effects;
    expect([short.budget, long.budget]).toEqual([32, 64]);
    expect(short.trained.bySeed[0].difference).toEqual(pairedDifference(scores(12), scores(24)));
    expect(long.doubled.bySeed[0].difference).toEqual(pairedDifference(scores(30), scores(20)));
    expect([short.trained.answer, long.trained.answer, short.trained.overSeeds]).toEqual(["higher", "lower", null]);
    expect(short.sentence).toMatch(/^Trained at 32 tokens, the filter on is better: on − off 30\.0 points \(95 % /);
  });

  it("the interaction is the difference of the two effects, paired over problems", () => {
    const [{ short, long, trained, sentence }] = report.interactions;
    expect([short, long]).toEqual([32, 64]);
    // −8/40 − 12/40; problems 12–27 have −1 (12–19 from the short budget alone, 20–23 −2, 24–27 from the long alone).
    const { value, standardError } = trained.bySeed[0].difference;
    expect(value).toBeCloseTo(-0.5, 12);
    const values = Array.from({ length: 40 }, (_, p) => (p >= 20 && p < 28 ? -1 : 0) - (p >= 12 && p < 24 ? 1 : 0));
    const variance = values.reduce((sum, v) => sum + (v + 0.5) ** 2, 0) / 39;
    expect(standardError).toBeCloseTo(Math.sqrt(variance / 40), 12);
    expect(trained.answer).toBe("lower");
    expect(sentence).toContain("helps less at the longer budget, as the paper reports: (on − off) at 64 minus at 32 is −50.0 points");
  });

  it("with several seeds rests on Student's t over seeds", () => {
    const seeds = [1, 2, 3].flatMap((seed) => [fork(32, true, seed, 19 + seed, 20), fork(32, false, seed, 20, 20)]);
    const { effects, means } = overlongReport(seeds);
    const [{ trained }] = effects;
    expect(means.map(({ filter, seeds: of, score }) => [filter, of, score.trained])).toEqual([
      [true, 3, expect.closeTo(21 / 40, 12)],
      [false, 3, expect.closeTo(20 / 40, 12)],
    ]);
    // Differences 0, 1, 2 of 40.
    expect(trained.overSeeds!.mean).toBeCloseTo(1 / 40, 12);
    expect(trained.overSeeds!.high).toBeCloseTo(1 / 40 + 4.302652729911275 / 40 / Math.sqrt(3), 8);
    expect(trained.answer).toBe("not distinguishable");
  });

  it("refuses a budget with one arm alone", () => {
    expect(() => overlongReport([fork(32, true, 1, 9, 9), fork(32, false, 2, 9, 9)])).toThrow("At 32 tokens there is no seed");
    expect(() => overlongReport([])).toThrow("no finished forks");
    const shorter = (of: OverlongFork): OverlongFork => ({ ...of, trained: of.trained.slice(1), doubled: of.doubled.slice(1) });
    const two = [fork(32, true, 1, 9, 9), fork(32, false, 1, 9, 9), fork(64, true, 1, 9, 9), fork(64, false, 1, 9, 9)];
    expect(() => overlongReport([...two.slice(0, 2), ...two.slice(2).map(shorter)])).toThrow("40 problems, the other 39");
  });
});
