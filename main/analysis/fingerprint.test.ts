// Fingerprints on hand-worked samples; zero-variance shares and rarefaction against the enumeration of all subsets
// (reference/make_method_reference.py).
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fingerprintCorrelations, fingerprint as schema } from "../contract/fingerprint.ts";
import { correlateFingerprints, type FingerprintSample, fingerprintOf, rarefied, zeroVarianceOf } from "./fingerprint.ts";

const reference: { allEqualShare: [number, number, number, number][]; rarefied: [string[], number, number][] } = JSON.parse(
  readFileSync(new URL("./reference/method-reference.json", import.meta.url), "utf8"),
);

const sample = (problem: number, index: number, tokens: number, changes: Partial<FingerprintSample> = {}): FingerprintSample => ({
  problemId: `p${problem}`,
  source: "s",
  sampleIndex: index,
  reward: 0,
  verdict: "wrong",
  tokens,
  finishReason: "stop",
  text: "x",
  meanEntropy: 0.2,
  ...changes,
});
const right = { reward: 1, verdict: "right" as const };
const samples = [
  sample(0, 0, 2, { ...right, text: "1+1" }),
  sample(0, 1, 4, { ...right, text: "2" }),
  sample(0, 2, 4, { ...right, text: "2 " }),
  sample(0, 3, 6, { verdict: "unparseable" }),
  sample(1, 0, 8, { ...right, text: "5" }),
  sample(1, 1, 8),
  sample(1, 2, 8, { finishReason: "length", verdict: "truncated" }),
  sample(1, 3, 8, { finishReason: "length", verdict: "truncated", meanEntropy: 0.8 }),
];
const input = { start: "weak", temperature: 0.8, budget: 8, samples, budgets: [8, 4, 16], groupSize: 2 };
const print = fingerprintOf(input);

describe("a start's fingerprint", () => {
  it("entropy is the mean over tokens, not over responses", () => {
    // 40 tokens at 0.2 and 8 at 0.8.
    expect(print.entropy).toBeCloseTo((40 * 0.2 + 8 * 0.8) / 48, 12);
    expect(schema.parse(print)).toEqual(print);
  });

  it("lengths among truncated responses are lower bounds", () => {
    // 2 4 4 6 8 8 8 8
    expect(print.lengths.find(({ quantile }) => quantile === 0.25)).toEqual({ quantile: 0.25, tokens: 4, atLeast: false });
    expect(print.lengths.find(({ quantile }) => quantile === 0.5)).toEqual({ quantile: 0.5, tokens: 7, atLeast: false });
    expect(print.lengths.find(({ quantile }) => quantile === 0.9)).toEqual({ quantile: 0.9, tokens: 8, atLeast: true });
  });

  it("truncation by budget: exact up to the samples' own, bounded above it", () => {
    expect(print.truncation.map(({ budget, share, atMost }) => [budget, share?.value ?? null, atMost])).toEqual([
      [4, 5 / 8, null],
      [8, 2 / 8, null],
      [16, null, 2 / 8],
    ]);
  });

  it("pass@k, zero-variance groups and format failures", () => {
    expect(print.passAt1.value).toBe(0.5);
    // 3 of 4 and 1 of 4 right: pass@2 1 and 1/2.
    expect(print.passAtK).toEqual([{ k: 1, value: 0.5 }, { k: 2, value: expect.closeTo(0.75, 12) }, { k: 4, value: 1 }]); // biome-ignore format: one thought
    // Pairs of 4: 3 of 6 all right with 3 right, 3 of 6 all wrong with 1 right.
    expect(print.zeroVariance).toEqual({
      estimated: false,
      groupSize: 2,
      share: expect.closeTo(0.5, 12),
      allRight: expect.closeTo(0.25, 12),
      allWrong: expect.closeTo(0.25, 12),
    });
    // Fewer samples than G: rates that vary as those of a beta do.
    expect(fingerprintOf({ ...input, groupSize: 8 }).zeroVariance).toMatchObject({ groupSize: 8, estimated: true, allRight: null });
    // Beta(1, 1): of 2 samples both right, one and none are equally likely, and so are 0 … 4 right of 4: two fifths are all alike.
    expect(zeroVarianceOf([0, 1, 2], 2, 4).share).toBeCloseTo(2 / 5, 12);
    expect(zeroVarianceOf([0, 1, 1], 1, 4).share).toBeNull();
    expect(print.unparseable.value).toBeCloseTo(1 / 8, 12);
  });

  it("diversity: distinct texts among right responses, blanks around them aside", () => {
    // p0 has "1+1", "2", "2": of 2 drawn, 5/3 distinct; of 3, 2. p1 has one.
    expect(print.diversity).toEqual([
      { k: 1, distinct: 1, problems: 2 },
      { k: 2, distinct: expect.closeTo(5 / 3, 12), problems: 1 },
      { k: 3, distinct: expect.closeTo(2, 12), problems: 1 },
    ]);
    expect(fingerprintOf({ ...input, samples: samples.map((s) => ({ ...s, reward: 0 })) }).diversity).toEqual([]);
  });

  it("equals the enumeration of all subsets", () => {
    for (const [n, c, size, share] of reference.allEqualShare) expect(zeroVarianceOf([c], n, size).share).toBeCloseTo(share, 12);
    for (const [texts, k, distinct] of reference.rarefied) expect(rarefied(texts, k)).toBeCloseTo(distinct, 12);
  });

  it("keeps the finder's sweep in order of T", () => {
    const candidate = (temperature: number) => ({ temperature, entropy: temperature / 2, reward: 0.5, truncated: 0, responseTokens: 5 });
    expect(fingerprintOf({ ...input, sweep: [candidate(1), candidate(0.6)] }).sweep).toEqual([
      { temperature: 0.6, entropy: 0.3, reward: 0.5 },
      { temperature: 1, entropy: 0.5, reward: 0.5 },
    ]);
  });
});

describe("fingerprints against RL's gain", () => {
  const point = (start: string, entropy: number, gain: number) => ({ start, gain, fingerprint: { ...print, start, entropy } });
  const entropyOf = (points: ReturnType<typeof point>[]) =>
    correlateFingerprints(points).correlations.find(({ trait }) => trait === "entropy")!;
  const starts = ["a", "b", "c", "d", "e", "f"];

  it("are correlated over starts, with Fisher's interval", () => {
    const found = entropyOf(starts.map((name, i) => point(name, i + 1, [1, 2, 4, 3, 6, 5][i])));
    // Σ d² = 4: ρ = 1 − 6 · 4 / (6 · 35); ranks are the values, so r is the same. z = atanh r ± 1.96 / √3.
    const r = 1 - 24 / 210;
    expect([found.n, found.spearman.value, found.pearson.value]).toEqual([6, expect.closeTo(r, 12), expect.closeTo(r, 12)]);
    expect(found.pearson.low).toBeCloseTo(Math.tanh(Math.atanh(r) - 1.959964 / Math.sqrt(3)), 6);
    // The Spearman interval is wider by √(1 + ρ²/2); both leave zero out.
    expect(found.spearman.low).toBeCloseTo(Math.tanh(Math.atanh(r) - (1.959964 * Math.sqrt(1 + r ** 2 / 2)) / Math.sqrt(3)), 6);
    expect(found.clear).toBe(true);
  });

  it("average the seeds of one start: they are no further points", () => {
    const found = entropyOf([point("a", 1, 1), point("a", 3, 3), point("b", 5, 1), point("c", 6, 9)]);
    expect(found.n).toBe(3);
    expect(found.points[0]).toEqual({ start: "a", trait: 2, gain: 2 });
    expect([found.pearson.low, found.clear]).toEqual([null, false]);
  });

  it("say nothing of a trait that does not vary, and refuse two starts", () => {
    const report = correlateFingerprints(starts.map((name, i) => point(name, i, i)));
    expect(fingerprintCorrelations.parse(report)).toEqual(report);
    expect(report.correlations[0]).toMatchObject({ trait: "passAt1", spearman: { value: null, low: null, high: null }, clear: false });
    // A perfect order is no certainty: no interval, not clear.
    expect(entropyOf(starts.map((name, i) => point(name, i, i)))).toMatchObject({ spearman: { value: 1, low: null }, clear: false });
    expect(report.notes[0]).toBe("6 starts: only a very strong relation could show.");
    expect(() => correlateFingerprints([point("a", 1, 1), point("b", 2, 2)])).toThrow("two points always lie on a line");
  });
});
