import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evalConfig } from "../../contract/recipe.ts";
import type { Sample } from "../../contract/rollout.ts";
import { builtInTokenizer as tokenizer } from "../../tokenizer/built-in.ts";
import { loadNative } from "../../worker/native.ts";
import type { Transformer } from "../model/transformer.ts";
import { copyProblems, recorder, smallModel } from "../testing.ts";
import { type EvaluateOptions, evaluate, evaluationProblems } from "./evaluate.ts";

let model: Transformer;
beforeAll(() => {
  loadNative();
  model = smallModel();
});
afterAll(() => model.dispose());

const problems = evaluationProblems(copyProblems(80), "test", 9);
const configOf = (samplesPerProblem: number) => evalConfig.parse({ samplesPerProblem, maxResponseTokens: 4, temperature: 1 });
const run = (n: number, options?: EvaluateOptions) => evaluate(model, tokenizer, problems, configOf(n), ["e"], recorder(), options);
const byIndex = (samples: Sample[]) =>
  [...samples].sort((a, b) => (a.problemId < b.problemId ? -1 : a.problemId > b.problemId ? 1 : a.sampleIndex - b.sampleIndex));

describe("evaluation", () => {
  it("goes on with the samples it has: none is drawn again, and all are as in one go", async () => {
    expect(problems.length).toBeGreaterThan(3);
    const whole = await run(6);
    // Some problems whole, one in part, the rest not begun.
    const known = whole.samples.filter(({ problemId, sampleIndex }) => {
      const place = problems.findIndex(({ id }) => id === problemId);
      return place < 2 || (place === 2 && sampleIndex % 2 === 1);
    });
    const told: Sample[] = [];
    const { summary, samples } = await run(6, { known, onSamples: async (fresh) => void told.push(...fresh) });
    expect(samples).toEqual([]);
    expect(byIndex([...known, ...told])).toEqual(byIndex(whole.samples));
    expect(summary).toEqual(whole.summary);
  });

  it("grows: the first n of more samples are those of n", async () => {
    const few = await run(2);
    const { samples: rest } = await run(4, { known: few.samples });
    expect(rest.map(({ sampleIndex }) => sampleIndex).every((index) => index >= 2)).toBe(true);
    expect(byIndex([...few.samples, ...rest])).toEqual(byIndex((await run(4)).samples));
  });

  it("counts every verdict, and its interval holds the mean", async () => {
    const { summary, samples } = await run(4);
    expect(Object.values(summary.verdicts).reduce((a, b) => a + b, 0)).toBe(samples.length);
    expect(summary.verdicts.right / samples.length).toBeCloseTo(summary.passAt1, 12);
    expect(summary.low).toBeLessThanOrEqual(summary.passAt1);
    expect(summary.high).toBeGreaterThanOrEqual(summary.passAt1);
  });
});
