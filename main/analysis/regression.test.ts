// The ladder's regression against statsmodels and numpy (reference/make_method_reference.py), and on hand-worked numbers.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { regression as regressionSchema } from "../contract/regression.ts";
import { drawnWeights, quantile, strataOf } from "./bootstrap.ts";
import { randomStream } from "./random.ts";
import { type LadderRun, ladderRegression } from "./regression.ts";
import { type Scores, scoresOf } from "./scores.ts";

const { ladder } = JSON.parse(readFileSync(new URL("./reference/method-reference.json", import.meta.url), "utf8"));

/** rewards[problem][sample] */
const scores = (rewards: number[][], sources?: string[]): Scores =>
  scoresOf(
    rewards.flatMap((samples, p) =>
      samples.map((reward, i) => ({
        problemId: `p${String(p).padStart(3, "0")}`,
        source: sources?.[p] ?? "s",
        sampleIndex: i,
        reward,
      })),
    ),
    "test",
  );

const runs: LadderRun[] = ladder.cells.flatMap(([prompts, responses]: [number, number], c: number) =>
  ladder.rewards[c].map((rewards: number[][], seed: number) => ({
    cell: `v${c + 1}`,
    prompts,
    responses,
    seed,
    scores: scores(rewards, ladder.sources),
  })),
);

describe("the ladder's regression", () => {
  const result = ladderRegression(runs);
  const { raw, standardised, bootstrap } = result;

  it("equals statsmodels' OLS in both forms, with its t intervals", () => {
    [raw.intercept, raw.prompts!, raw.responses!].forEach((term, i) => {
      expect(term.value).toBeCloseTo(ladder.params[i], 8);
      expect(term.standardError).toBeCloseTo(ladder.bse[i], 8);
      expect([term.low, term.high]).toEqual(ladder.confInt[i].map((end: number) => expect.closeTo(end, 7)));
    });
    [standardised.intercept, standardised.prompts!, standardised.responses!].forEach((term, i) => {
      expect(term.value).toBeCloseTo(ladder.standardised.params[i], 8);
      expect(term.standardError).toBeCloseTo(ladder.standardised.bse[i], 8);
      expect([term.low, term.high]).toEqual(ladder.standardised.confInt[i].map((end: number) => expect.closeTo(end, 7)));
    });
    expect(result.rSquared).toBeCloseTo(ladder.rSquared, 10);
    expect(result.degreesOfFreedom).toBe(ladder.df);
    expect(result.residualDeviation).toBeCloseTo(ladder.residualDeviation, 8);
    expect(regressionSchema.parse(result)).toEqual(result);
  });

  it("shows how the axes move together: correlation and VIF", () => {
    expect(result.logCorrelation).toBeCloseTo(ladder.correlation, 10);
    expect(result.varianceInflation).toBeCloseTo(ladder.vif, 8);
  });

  it("leaves one cell out: coefficients and prediction errors equal statsmodels'", () => {
    result.leaveOneOut.cells.forEach((cell, i) => {
      expect(cell.prompts).toBeCloseTo(ladder.looParams[i][1], 7);
      expect(cell.responses).toBeCloseTo(ladder.looParams[i][2], 7);
      expect(cell.error).toBeCloseTo(ladder.pressResiduals[i], 7);
    });
  });

  it("bootstraps problems and seeds: numpy's intervals within a tenth of their width", () => {
    const near = ({ low, high }: { low: number; high: number }, [lowest, highest]: [number, number]) => {
      expect(Math.abs(low - lowest)).toBeLessThan(0.1 * (highest - lowest));
      expect(Math.abs(high - highest)).toBeLessThan(0.1 * (highest - lowest));
    };
    near(raw.intercept.bootstrap, ladder.bootstrap.intercept);
    near(raw.prompts!.bootstrap, ladder.bootstrap.prompts);
    near(raw.responses!.bootstrap, ladder.bootstrap.responses);
    near(result.whatNext!.difference.bootstrap, ladder.bootstrap.difference);
    expect(Math.abs(result.whatNext!.promptsAhead - ladder.bootstrap.promptsAhead)).toBeLessThan(0.04);
    expect(bootstrap).toEqual({ draws: 2000, problems: 45, seeds: "shared" });
    expect(ladderRegression(runs)).toEqual(result);
  });

  it("prompts or responses: not distinguishable while an interval spans zero", () => {
    const { difference, answer, sentence } = result.whatNext!;
    expect(difference.value).toBeCloseTo(ladder.difference.value, 8);
    expect(difference.standardError).toBeCloseTo(ladder.difference.se, 8);
    expect([difference.low, difference.high]).toEqual(ladder.difference.confInt.map((end: number) => expect.closeTo(end, 7)));
    expect(answer).toBe("not distinguishable");
    expect(sentence).toMatch(/^Prompts and responses are not distinguishable: the difference of their points a doubling is 1\.6/);
  });

  it("fits one plane a seed where the cells share seeds, and averages them", () => {
    expect(result.overSeeds!.seeds).toEqual([0, 1, 2]);
    expect(result.overSeeds!.prompts!.mean).toBeCloseTo(raw.prompts!.value, 10);
    expect(result.overSeeds!.prompts!.low).toBeLessThan(raw.prompts!.value);
  });
});

/** 20 problems of one sample, `right` of them solved: a score of 5 · right points, exactly. */
const cell = (name: string, prompts: number, responses: number, right: number, seed = 1): LadderRun => ({
  cell: name,
  prompts,
  responses,
  seed,
  scores: scores(Array.from({ length: 20 }, (_, i) => [i < right ? 1 : 0])),
});

describe("on hand-worked ladders", () => {
  it("4 cells on the plane z = 10 log2 x + 5 log2 y: both axes exact, prompts named", () => {
    // x 2, 4; y 1, 2: scores 10, 15, 20, 25.
    const exact = ladderRegression([cell("a", 2, 1, 2), cell("b", 2, 2, 3), cell("c", 4, 1, 4), cell("d", 4, 2, 5)]);
    expect(exact.raw.prompts!.value).toBeCloseTo(10, 10);
    expect(exact.raw.responses!.value).toBeCloseTo(5, 10);
    expect(exact.raw.intercept.value).toBeCloseTo(0, 10);
    // Both logs take two values half a doubling from their mean: population deviation 1/2.
    expect(exact.standardised.deviations).toEqual({ prompts: expect.closeTo(0.5, 12), responses: expect.closeTo(0.5, 12) });
    expect(exact.standardised.prompts!.value).toBeCloseTo(5, 10);
    expect(exact.rSquared).toBeCloseTo(1, 12);
    expect(exact.degreesOfFreedom).toBe(1);
    expect([exact.logCorrelation, exact.varianceInflation]).toEqual([expect.closeTo(0, 12), expect.closeTo(1, 12)]);
    // A plane without residual is certain by t; which problems were taken is not: the one problem that tells d from c may not be drawn.
    expect(exact.whatNext!.difference.low).toBeCloseTo(5, 6);
    expect(exact.whatNext!.difference.bootstrap.low).toBe(0);
    expect(exact.whatNext!.answer).toBe("not distinguishable");
    expect(exact.bootstrap.seeds).toBe("one");
    expect(exact.notes).toContain("Some cell has one seed: the bootstrap draws problems alone, and says nothing of other seeds.");
  });

  it("names the axis when both intervals leave zero out", () => {
    const clear = [
      cell("a", 2, 1, 0),
      cell("b", 2, 2, 0),
      cell("c", 4, 1, 9),
      cell("d", 4, 2, 9),
      cell("e", 8, 1, 18),
      cell("f", 8, 2, 18),
    ];
    expect(ladderRegression(clear).whatNext).toMatchObject({ answer: "prompts", promptsAhead: 1 });
    const turned = clear.map((run) => ({ ...run, prompts: run.responses, responses: run.prompts }));
    expect(ladderRegression(turned).whatNext).toMatchObject({ answer: "responses", promptsAhead: 0 });
  });

  it("where responses never vary, fits the prompts axis alone and says so", () => {
    const line = ladderRegression(runs.filter(({ cell: name }) => ["v1", "v2", "v3", "v4"].includes(name)));
    expect(line.axes).toEqual(["prompts"]);
    expect(line.notes[0]).toBe("Responses a prompt are the same in all cells to within 7 %: only the prompts axis is fitted.");
    expect([line.raw.responses, line.standardised.responses, line.whatNext, line.varianceInflation]).toEqual([null, null, null, null]);
    expect(line.raw.prompts!.value).toBeCloseTo(ladder.promptsOnly.params[1], 8);
    expect([line.raw.prompts!.low, line.raw.prompts!.high]).toEqual(
      ladder.promptsOnly.confInt[1].map((end: number) => expect.closeTo(end, 7)),
    );
    expect(line.degreesOfFreedom).toBe(2);
    // Responses that jitter because a few examples were dropped are no axis; both the same are nothing.
    const jitter = runs.filter(({ cell: name }) => name < "v5").map((run, i) => ({ ...run, responses: 1 + (i % 4) / 100 }));
    expect(ladderRegression(jitter).axes).toEqual(["prompts"]);
    expect(() => ladderRegression(jitter.map((run) => ({ ...run, prompts: 16 })))).toThrow("nothing to regress on");
  });

  it("seeds of a cell are no further points", () => {
    const four = [cell("a", 2, 1, 2), cell("b", 2, 2, 3), cell("c", 4, 1, 4), cell("d", 4, 2, 9)];
    const again = four.map((run) => ({ ...run, seed: 2 }));
    const both = ladderRegression([...four, ...again]);
    expect(both.degreesOfFreedom).toBe(1);
    expect(both.raw.prompts!.low).toBeCloseTo(ladderRegression(four).raw.prompts!.low, 8);
    expect(both.points[0].bySeed).toHaveLength(2);
    // One cell with seeds of its own: then each cell draws its own.
    expect(ladderRegression([...four, ...again.slice(1), { ...again[0], seed: 3 }]).bootstrap.seeds).toBe("by cell");
  });

  it("refuses what determines no plane, each in a sentence", () => {
    const four = [cell("a", 2, 1, 2), cell("b", 4, 2, 3), cell("c", 8, 4, 4), cell("d", 16, 8, 5)];
    expect(() => ladderRegression(four.slice(1))).toThrow("3 finished cells and the regression needs at least 4");
    expect(() => ladderRegression(four)).toThrow("prompts and responses a prompt change together");
    expect(() => ladderRegression([...four, cell("e", 16, 8, 2)])).toThrow('"d" and "e" have the same prompts and responses');
    expect(() => ladderRegression([...four, cell("d", 16, 8, 2)])).toThrow('Seed 1 of the cell "d" occurs twice');
    expect(() => ladderRegression([...four, cell("e", 0, 1, 2)])).toThrow("have no logarithm");
    expect(() => ladderRegression([...four, { ...cell("e", 32, 1, 2), scores: scores([[1], [0]]) }])).toThrow("20 problems, the other 2");
  });
});

describe("drawing anew", () => {
  it("keeps each source's share, and has the variance of a mean: s² / m", () => {
    const strata = strataOf(["a", "b", "a", "b", "b", "b"]);
    expect(strata).toEqual([
      [0, 2],
      [1, 3, 4, 5],
    ]);
    expect(strataOf(["a", "b", "b"])).toEqual([[0, 1, 2]]);
    const random = randomStream("test");
    const values = [1, 2, 6];
    const means = Array.from({ length: 20_000 }, () => {
      const weights = drawnWeights([[0, 1, 2]], random);
      expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      return weights.reduce((sum, w, i) => sum + w * values[i], 0);
    });
    const center = means.reduce((a, b) => a + b) / means.length;
    const variance = means.reduce((sum, value) => sum + (value - center) ** 2, 0) / means.length;
    // Values 1, 2, 6: mean 3, s² = (4 + 1 + 9) / 2 = 7, over 3.
    expect(center).toBeCloseTo(3, 1);
    expect(variance).toBeCloseTo(7 / 3, 1);
  });

  it("quantiles interpolate between order statistics, as numpy's", () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([4, 1, 3, 2], 0.025)).toBeCloseTo(1.075, 12);
    expect(quantile([5], 0.9)).toBe(5);
  });
});
