import { beforeAll, expect, it } from "vitest";
import { doorConfig } from "../../contract/recipe.ts";
import type { Sample } from "../../contract/rollout.ts";
import { builtInTokenizer as tokenizer } from "../../tokenizer/built-in.ts";
import { loadNative } from "../../worker/native.ts";
import { copyProblems, recorder, smallModel } from "../testing.ts";
import { type DoorStage, evaluateDoor } from "./door.ts";

beforeAll(() => {
  loadNative();
});

const problems = copyProblems(6);
const stage = (rest: Partial<DoorStage> = {}): DoorStage => ({
  model: smallModel(),
  tokenizer,
  problems,
  config: doorConfig.parse({ samplesPerProblem: 4, max: 0.5 }),
  temperature: 0.8,
  maxResponseTokens: 2,
  seed: [1, "weak", "door"],
  ...rest,
});

/** Half of the problems are always right. */
function ports() {
  const own = recorder();
  const handed: Sample[] = [];
  own.verify = async ({ id }) => (Number(id.split("-")[1]) % 2 === 0 ? { reward: 1, verdict: "right", reason: "even" } : { reward: 0, verdict: "wrong", reason: "odd" }); // biome-ignore format: one thought
  own.samples = async (_step, config, samples) => {
    expect(config).toMatchObject({ pool: "rl", temperature: 0.8, topP: 1, maxResponseTokens: 2, samplesPerProblem: 4 });
    handed.push(...samples);
  };
  return { own, handed };
}

it("lets through what the model at the door solves within the bounds, and goes on where it was interrupted", async () => {
  const whole = ports();
  const { report } = await evaluateDoor(stage(), whole.own, { known: [], policyStep: 3 });
  expect(report).toMatchObject({ problems: 6, samplesPerProblem: 4, survivors: ["rl-1", "rl-3", "rl-5"], dropped: { "above-max": 3 } });
  expect(whole.handed).toHaveLength(24);
  const rest = ports();
  const known = whole.handed.slice(0, 10);
  const again = await evaluateDoor(stage(), rest.own, { known, policyStep: 3 });
  expect(again.report).toEqual(report);
  const byKey = (samples: Sample[]) => new Map(samples.map((sample) => [`${sample.problemId} ${sample.sampleIndex}`, sample]));
  expect(byKey([...known, ...rest.handed])).toEqual(byKey(whole.handed));
});

it("measures at most so many problems, and refuses a domain that has none", async () => {
  const config = doorConfig.parse({ samplesPerProblem: 2, problems: 3 });
  const { own } = ports();
  own.samples = async () => {};
  expect((await evaluateDoor(stage({ config }), own, { known: [], policyStep: 0 })).report.problems).toBe(3);
  await expect(evaluateDoor(stage({ domain: "code" }), own, { known: [], policyStep: 0 })).rejects.toThrow(/no problems of domain code/);
});
