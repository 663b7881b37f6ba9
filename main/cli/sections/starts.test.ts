import { expect, test } from "vitest";
import type { Alignment, FairnessFinding, GapComparison, PairOfStarts, StartsReport } from "../../contract/index.ts";
import { estimate, overSeeds } from "../testing/literals.ts";
import { startsSections } from "./starts.ts";

const gap: GapComparison = {
  weak: "weak",
  strong: "strong",
  before: estimate(0.2, 0.15, 0.25),
  after: estimate(0.1, 0.05, 0.15),
  change: estimate(-0.1, -0.17, -0.03),
  logOdds: { before: estimate(0.9, 0.7, 1.1), after: estimate(0.6, 0.3, 0.9), change: estimate(-0.3, -0.7, 0.1) },
  direction: { points: "narrowed", logOdds: "not distinguishable" },
  narrowingRatio: 0.5,
};
const pair: PairOfStarts = {
  weak: "weak",
  strong: "strong",
  bySeed: [{ seed: 1, gap }],
  overSeeds: null,
  narrowingRatio: 0.5,
  order: { kept: 1, flipped: 0, tied: 0 },
  direction: gap.direction,
  grew: false,
  sentence: "Gap strong − weak: it narrowed.",
};
const report = (over: Partial<StartsReport> = {}): StartsReport => ({
  schemaVersion: 1,
  starts: ["weak", "strong"],
  seeds: [1],
  scopes: [{ source: null, problems: 100, pairs: [pair], kendall: null }],
  leftOut: [],
  ...over,
});

test("each pair's gap of one seed, for all problems and for each source", () => {
  const of = report({
    scopes: [
      { source: null, problems: 100, pairs: [pair], kendall: null },
      { source: "gsm8k", problems: 30, pairs: [{ ...pair, narrowingRatio: null }], kendall: null },
    ],
    leftOut: ["code"],
  });
  const [sentence, gaps] = startsSections(of, null, null);
  expect(sentence).toBe("Gap strong − weak: it narrowed.\n");
  const rows = gaps.split("\n").map((row) => row.split(/ {2,}/));
  expect(rows[1]).toEqual(["all (100)", "strong − weak", "+20.0", "+10.0", "−10.0 [−17.0, −3.0]", "narrowed", "0.50", "1 of 1", "−0.30 [−0.70, +0.10] n.d.", "not distinguishable"]); // biome-ignore format: a row
  expect(rows[2][0]).toBe("gsm8k (30)");
  expect(rows[2]).not.toContain("0.50");
  expect(gaps).toContain("Sources with one problem give no interval and are left out: code.");
});

test("over seeds the gap is the mean's; seeds that agree show no spread; Kendall's τ where there is one", () => {
  const points = { before: overSeeds(0.18, 0.1, 0.26), after: overSeeds(0.12, 0.05, 0.19), change: overSeeds(-0.06, -0.06, -0.06) };
  const kendall = { tau: 0.8, bySeed: [{ seed: 1, tau: 0.6 }, { seed: 2, tau: null }] }; // biome-ignore format: one record
  const several = { ...pair, overSeeds: { points, logOdds: points }, order: { kept: 1, flipped: 1, tied: 0 } };
  const [, gaps] = startsSections(report({ seeds: [1, 2], scopes: [{ source: null, problems: 100, pairs: [several], kendall }] }), null, null); // biome-ignore format: one thought
  expect(gaps).toContain("+18.0      +12.0     −6.0, no spread over seeds");
  expect(gaps).toContain("1 of 2");
  expect(gaps).toContain("Kendall's τ of the order before and after, all problems: 0.80 (by seed 0.60, none).");
});

test("whether the comparison is fair, and whether the order flips on the way", () => {
  const finding: FairnessFinding = {
    field: "rl.steps",
    grade: "breaks the comparison",
    values: [],
    sentence: "The number of RL steps differs.",
  };
  const alignment: Alignment = {
    schemaVersion: 1,
    axis: "step",
    curves: [],
    gaps: [
      {
        weak: "weak",
        strong: "strong",
        bySeed: [],
        overSeeds: null,
        crossing: { outcome: "order kept", flips: [], over: "problems", sentence: "The gap is clear of zero." },
      },
    ],
  };
  const text = startsSections(null, { fair: false, findings: [finding], sentence: "Not a fair comparison." }, alignment).join("\n");
  expect(text).toContain("Not a fair comparison.\n  breaks the comparison: The number of RL steps differs.\n");
  expect(text).toMatch(/Along RL, on dev +By step\nstrong − weak +The gap is clear of zero\.\n/);
});
