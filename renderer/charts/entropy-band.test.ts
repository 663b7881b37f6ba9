import { describe, expect, test } from "vitest";
import type { MetricColumns } from "../../main/contract/api.ts";
import { evalConfig, rlConfig, temperatureConfig } from "../../main/contract/recipe.ts";
import type { StagePlan, StageRecord, TemperatureResult } from "../../main/contract/run.ts";
import { bandOfFinder, bandSentence, bandWords, finderOf, isOut, watchBand } from "./entropy-band.ts";

const band = { low: 0.2, high: 0.4 };
const columns = (entropy: (number | null)[], temperature?: number[]): MetricColumns => ({
  steps: entropy.map((_, i) => i + 1),
  values: { entropy, ...(temperature && { temperature }) },
});
const many = (value: number, count: number): number[] => Array.from({ length: count }, () => value);

describe("watching the entropy at T", () => {
  test("fewer steps than a mean takes: nothing is said of it", () => {
    const watch = watchBand(columns(many(0.05, 4), many(1, 4)), band);
    expect(watch).toEqual({ band, state: "waiting", entropy: null, temperature: 1, excursions: [] });
    expect(bandSentence("weak", watch, true)).toBe("weak: entropy at T is told from its band [0.20, 0.40] once there is a mean of 5 steps");
    expect(bandWords(watch, true)).toBe("band [0.20, 0.40]");
  });

  test("one noisy step does not ring", () => {
    const watch = watchBand(columns([...many(0.3, 6), 0.01, ...many(0.3, 5)]), band);
    expect(watch).toMatchObject({ state: "in", excursions: [] });
    expect(bandSentence("weak", watch, true)).toBe("weak: entropy at T 0.30 is in its band [0.20, 0.40]");
  });

  test("it leaves: since the step whose mean left, at the last step's T", () => {
    // Means: 0.3 to step 6; then (4·0.3 + 0.05)/5 = 0.25, 0.2 (on the edge, in), 0.15, 0.1, 0.05.
    const watch = watchBand(columns([...many(0.3, 6), ...many(0.05, 5)], [...many(1, 10), 1.104]), { low: 0.199, high: 0.4 });
    expect(watch).toMatchObject({
      state: "below",
      temperature: 1.104,
      excursions: [{ side: "below", from: 9, to: 11, sinceBegin: false }],
    });
    expect(watch.entropy).toBeCloseTo(0.05, 12);
    expect(isOut(watch)).toBe(true);
    expect(bandSentence("weak", watch, true)).toBe("weak: entropy at T 0.05 is below its band [0.20, 0.40] since step 9 (T 1.1)");
    expect(bandSentence("weak", watch, false)).toBe("weak: entropy at T ended at 0.05, below its band [0.20, 0.40] since step 9 (T 1.1)");
    expect(bandWords(watch, true)).toBe("entropy 0.05, below its band");
    expect(bandWords(watch, false)).toBe("entropy 0.05, ended below its band");
  });

  test("it comes back: the excursion stays as a remark", () => {
    const watch = watchBand(columns([...many(0.3, 5), ...many(0.6, 5), ...many(0.3, 6)]), band);
    expect(watch).toMatchObject({ state: "in", excursions: [{ side: "above", from: 7, to: 13 }] });
    expect(bandSentence("weak", watch, true)).toBe("weak: entropy at T 0.30 is in its band [0.20, 0.40]; it was above in steps 7 to 13");
    expect(bandWords(watch, false)).toBe("entropy 0.30, in its band, was above it");
  });

  test("never in the band: since it began; to the other side is another excursion", () => {
    const above = watchBand(columns(many(0.9, 7)), band);
    expect(above.excursions).toEqual([{ side: "above", from: 5, to: 7, sinceBegin: true }]);
    expect(bandSentence("weak", above, true)).toBe("weak: entropy at T 0.90 is above its band [0.20, 0.40] since it began");
    const over = watchBand(columns([...many(5, 5), ...many(0, 5)]), band);
    expect(over.excursions.map(({ side, from, to, sinceBegin }) => [side, from, to, sinceBegin])).toEqual([
      ["above", 5, 9, true],
      ["below", 10, 10, false],
    ]);
  });

  test("steps without an entropy take no part in a mean", () => {
    const watch = watchBand(columns([0.3, null, 0.3, null, 0.3, 0.3, 0.3]), band);
    expect(watch.entropy).toBeCloseTo(0.3, 12);
    expect(watchBand({ steps: [1, 2], values: {} }, band).state).toBe("waiting");
  });

  test("as many digits as tell the mean from the band", () => {
    const watch = watchBand(columns(many(0.1962, 5)), band);
    expect(bandSentence("weak", watch, true)).toContain("0.196 is below its band [0.200, 0.400]");
  });
});

describe("the band", () => {
  const candidate = (temperature: number, entropy: number) => ({ temperature, entropy, reward: 0.5, truncated: 0, responseTokens: 9 });
  const result = (measured: TemperatureResult["band"]): TemperatureResult => ({
    chosen: 1,
    chosenEntropy: 0.3,
    target: 0.3,
    fixed: false,
    candidates: [candidate(0.6, 0.1), candidate(1, 0.3), candidate(1.4, 0.9)],
    band: measured,
  });
  test("is the finder's; none where it measured none", () => {
    expect(bandOfFinder(result({ low: 0.1, high: 0.3 }))).toEqual({ low: 0.1, high: 0.3 });
    expect([undefined, result(null), result(undefined)].map(bandOfFinder)).toEqual([null, null, null]);
  });
  test("of one candidate it reaches halfway to the nearest other", () => {
    const { low, high } = bandOfFinder(result({ low: 0.3, high: 0.3 }))!;
    expect([low, high]).toEqual([expect.closeTo(0.2, 12), expect.closeTo(0.4, 12)]);
    expect(bandOfFinder({ ...result({ low: 0.3, high: 0.3 }), candidates: [candidate(1, 0.3)] })).toBeNull();
  });
  test("is of the finder that sets T, or of one of the same checkpoint where T is set", () => {
    const record = (plan: StagePlan): StageRecord => ({ id: plan.key, plan }) as StageRecord;
    const finder = (key: string, from: string) =>
      record({ kind: "temperature", key, label: key, start: "start", from: { stage: from }, config: temperatureConfig.parse({}), maxResponseTokens: 64 }); // biome-ignore format: one record
    const rl = (temperature: number | { stage: string }, from: string) =>
      record({ kind: "rl", key: "rl", label: "RL", start: "T 0.6", from: { stage: from }, config: rlConfig.parse({}), devEval: evalConfig.parse({ pool: "dev" }), temperature }); // biome-ignore format: one record
    const study = { stages: [finder("temperature/start", "sft/start"), finder("temperature/start/B", "rl/start/A")] };
    expect(finderOf(study, rl({ stage: "temperature/start/B" }, "rl/start/A"))?.id).toBe("temperature/start/B");
    expect(finderOf(study, rl({ stage: "temperature/start" }, "rl/start/A"))?.id).toBe("temperature/start");
    expect(finderOf(study, rl(0.6, "sft/start"))?.id).toBe("temperature/start");
    expect(finderOf(study, rl(0.6, "rl/start/B"))).toBeUndefined();
    expect(finderOf(study, study.stages[0])).toBeUndefined();
  });
});
