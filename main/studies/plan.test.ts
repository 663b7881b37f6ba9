import { expect, test } from "vitest";
import { type StagePlan, studyRecipe } from "../contract/index.ts";
import { planStudy } from "./plan.ts";

const start = (name: string, epochs = 1) => ({ name, prompts: 4, responsesPerPrompt: 1, sft: { epochs } });
const plan = (recipe: Record<string, unknown>) => planStudy(studyRecipe.parse({ name: "S", ...recipe }));
const of = <Kind extends StagePlan["kind"]>(plans: StagePlan[], kind: Kind) =>
  plans.filter((each): each is Extract<StagePlan, { kind: Kind }> => each.kind === kind);
const labels = (plans: StagePlan[]) => plans.map(({ label }) => label);

test("stages of RL chain, each with its door and its temperature, and an evaluation after each", () => {
  const stages = [
    { name: "Short", maxResponseTokens: 32, overlongFilter: true },
    { name: "Long", learningRate: 5e-5, temperature: "find", door: { max: 0.375 } },
    { name: "Code", domain: "code", temperature: 0.9, note: "ours" },
  ];
  const plans = plan({ kind: "weak-vs-strong", starts: [start("weak"), { name: "strong", checkpoint: "mine" }], rl: {}, stages });
  expect(labels(plans)).toEqual([
    "Data",
    "SFT, weak",
    "Temperature, weak",
    "Temperature, strong",
    "Evaluation before RL, weak",
    "Evaluation before RL, strong",
    ...["weak", "strong"].flatMap((name) => [
      `Short, ${name}`,
      `Evaluation after Short, ${name}`,
      `Temperature, ${name}, before Long`,
      `Door of Long, ${name}`,
      `Long, ${name}`,
      `Evaluation after Long, ${name}`,
      `Code, ${name}`,
      `Evaluation after RL, ${name}`,
    ]),
  ]);
  const [short, long, code] = of(plans, "rl").filter((each) => each.start === "strong");
  expect(short).toMatchObject({ from: { checkpoint: "mine" }, temperature: { stage: "temperature/strong" }, number: 0, config: { maxResponseTokens: 32, overlongFilter: true } }); // biome-ignore format: one record
  expect(long).toMatchObject({ from: { stage: short.key }, temperature: { stage: "temperature/strong/Long" }, door: "door/strong/Long", config: { maxResponseTokens: 64, overlongFilter: false, optimizer: { learningRate: 5e-5 } } }); // biome-ignore format: one record
  expect(code).toMatchObject({ from: { stage: long.key }, temperature: 0.9, config: { domain: "code" }, note: "ours" });
  expect(of(plans, "door")[0]).toMatchObject({ from: { stage: "rl/weak/Short" }, temperature: { stage: "temperature/weak/Long" }, config: { max: 0.375, samplesPerProblem: 16 } }); // biome-ignore format: one record
  expect(of(plans, "evaluate").map(({ when, point }) => [when, point]).slice(2, 5)).toEqual([["between", "Short"], ["between", "Long"], ["after", "Code"]]); // biome-ignore format: a table
});

test("a checkpoint's own RL finds a temperature anew as the recipe says", () => {
  const plans = plan({ kind: "rl", checkpoint: "mine", rl: {}, stages: [{ name: "A" }, { name: "B", temperature: "find" }], temperature: { candidates: [0.5, 1] } }); // biome-ignore format: one record
  expect(of(plans, "temperature").map(({ key, config }) => [key, config.candidates])).toEqual([["temperature/mine", [0.5, 1]], ["temperature/mine/B", [0.5, 1]]]); // biome-ignore format: a table
});

test("a branch of each epoch goes on from the trunk's epoch before; RL branches from the annealed starts", () => {
  const plans = plan({ kind: "epochs", start: start("s", 3), branchRl: [3], rl: {} });
  expect(labels(plans)).toEqual([
    "Data",
    "SFT, trunk",
    ...[1, 2].flatMap((epoch) => [`SFT, epoch ${epoch}`, `Evaluation, epoch ${epoch}`]),
    "SFT, epoch 3",
    "Evaluation before RL, epoch 3",
    "Temperature, epoch 3",
    "RL, epoch 3",
    "Evaluation after RL, epoch 3",
  ]);
  const [trunk, first, second, third] = of(plans, "sft");
  expect(trunk).toMatchObject({ branch: { streams: "s", stopAfterEpoch: 2 }, config: { sft: { epochs: 3 } } });
  expect(first.branch).toEqual({ streams: "s" });
  expect(second).toMatchObject({ branch: { trunk: { stage: trunk.key, epoch: 1 } }, config: { sft: { epochs: 2, optimizer: { schedule: "decay-last-epoch" } } } }); // biome-ignore format: one record
  expect(third.branch?.trunk).toEqual({ stage: trunk.key, epoch: 2 });
});

test("forks share one start; the over-long laboratory evaluates at each budget and at twice it", () => {
  const plans = plan({ kind: "overlong", start: { name: "s", checkpoint: "mine" }, budgets: [32, 64], rl: {} });
  expect(of(plans, "sft")).toEqual([]);
  expect(of(plans, "temperature")).toHaveLength(1);
  expect(of(plans, "temperature")[0].maxResponseTokens).toBe(64);
  const evaluated = (name: string) => of(plans, "evaluate").flatMap((each) => (each.start === name ? [each.config.maxResponseTokens] : []));
  expect(evaluated("s")).toEqual([32, 64, 128]);
  expect(evaluated("32 tokens, filter on")).toEqual([32, 64]);
  expect(evaluated("64 tokens, filter off")).toEqual([64, 128]);
  expect(of(plans, "rl").map(({ config }) => [config.maxResponseTokens, config.overlongFilter])).toEqual([[32, true], [32, false], [64, true], [64, false]]); // biome-ignore format: a table
});

test("temperatures are the forks', noise is the forks'", () => {
  const temperatures = plan({ kind: "temperature", start: { name: "s", checkpoint: "m" }, temperatures: [0.6, 1], rl: {} });
  expect(of(temperatures, "rl").map(({ temperature, start: name }) => [name, temperature])).toEqual([["T 0.6", 0.6], ["T 1", 1]]); // biome-ignore format: a table
  const noise = [{}, { falsePositive: 0.1 }];
  const noisy = plan({ kind: "verifier-noise", start: { name: "s", checkpoint: "m" }, noise, rl: {} });
  expect(of(noisy, "rl").map(({ config }) => config.verifierNoise?.falsePositive)).toEqual([0, 0.1]);
});

test("cells of a ladder are matched as it says, and one of them otherwise too", () => {
  const cells = [
    { prompts: 2, responsesPerPrompt: 1 },
    { prompts: 4, responsesPerPrompt: 2 },
  ];
  const plans = plan({ kind: "ladder", cells, sft: {}, otherwiseMatched: { cell: cells[0], matched: "tokens" } });
  expect(of(plans, "sft").map(({ start: name, matched }) => [name, matched])).toEqual([["2 × 1", undefined], ["4 × 2", undefined], ["2 × 1, same tokens", "tokens"]]); // biome-ignore format: a table
});
