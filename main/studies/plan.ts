// From a recipe to the stages that run, in order. Every start is fine-tuned, measured and evaluated before the first one goes into
// RL, so that what the starts were is known early; then RL takes the arms one after the other.
import {
  type CheckpointSource,
  cellName,
  type EpochsRecipe,
  type EvalConfig,
  epochName,
  isTrainedHere,
  type LadderRecipe,
  noiseName,
  otherwiseName,
  overlongName,
  type RlConfig,
  type RlStage,
  type StagePlan,
  type Start,
  type StudyRecipe,
  stageRlConfig,
  type TemperatureConfig,
  temperatureName,
} from "../contract/index.ts";

type Planned<Kind extends StagePlan["kind"]> = Extract<StagePlan, { kind: Kind }>;

export function planStudy(recipe: StudyRecipe): StagePlan[] {
  return [{ kind: "data", key: "data", label: "Data" }, ...planWork(recipe)];
}

function planWork(recipe: StudyRecipe): StagePlan[] {
  switch (recipe.kind) {
    case "weak-vs-strong":
      return planStarts(recipe);
    case "ladder":
      return planLadder(recipe);
    case "epochs":
      return planEpochs(recipe);
    case "temperature": {
      const { temperatures, rl, stages } = recipe;
      return planForks(recipe, temperatures.map((temperature) => ({ name: temperatureName(temperature), rl, stages, temperature, budgets: [] }))); // biome-ignore format: one thought
    }
    case "overlong":
      return planForks(
        recipe,
        recipe.budgets.flatMap((budget) =>
          [true, false].map((overlongFilter) => ({
            name: overlongName(budget, overlongFilter),
            rl: { ...recipe.rl, maxResponseTokens: budget, overlongFilter },
            budgets: [budget, 2 * budget],
          })),
        ),
      );
    case "verifier-noise":
      return planForks(recipe, recipe.noise.map((noise) => ({ name: noiseName(noise), rl: { ...recipe.rl, verifierNoise: noise }, budgets: [] }))); // biome-ignore format: one thought
    case "rl": {
      const arm = { name: recipe.checkpoint, from: { checkpoint: recipe.checkpoint } };
      return [
        findTemperature(arm, recipe.temperature, recipe.rl),
        evaluate(arm, "before", recipe.finalEval),
        ...planRl(arm, { ...recipe, temperature: { stage: temperatureKey(arm.name) }, finder: recipe.temperature }),
      ];
    }
    case "evaluation":
      return [
        evaluate({ name: recipe.checkpoint, from: { checkpoint: recipe.checkpoint } }, "alone", recipe.eval, { label: "Evaluation" }),
      ];
    case "sft":
      return [
        {
          kind: "finetune",
          key: "finetune",
          label: "SFT",
          start: recipe.checkpoint,
          from: { checkpoint: recipe.checkpoint },
          config: recipe.sft,
        },
      ];
  }
}

/** An arm and the checkpoint it stands at. */
interface Arm {
  name: string;
  from: CheckpointSource;
}

const sftKey = (arm: string) => `sft/${arm}`;
const temperatureKey = (arm: string) => `temperature/${arm}`;

function fineTune(start: Extract<Start, { sft: unknown }>, base: string): Planned<"sft"> {
  const { name } = start;
  return { kind: "sft", key: sftKey(name), label: `SFT, ${name}`, start: name, from: { checkpoint: base }, config: start };
}

/** Where a start stands before RL: what SFT leaves, or the checkpoint it names. */
function armOf(start: Start): Arm {
  return { name: start.name, from: isTrainedHere(start) ? { stage: sftKey(start.name) } : { checkpoint: start.checkpoint } };
}

function findTemperature(arm: Arm, config: TemperatureConfig, rl: RlConfig, stage?: RlStage): Planned<"temperature"> {
  const at = stage ? `, before ${stage.name}` : "";
  return {
    kind: "temperature",
    key: temperatureKey(arm.name) + (stage ? `/${stage.name}` : ""),
    label: `Temperature, ${arm.name}${at}`,
    start: arm.name,
    from: arm.from,
    config,
    maxResponseTokens: rl.maxResponseTokens,
    groupSize: rl.groupSize,
  };
}

function evaluate(
  arm: Arm,
  when: Planned<"evaluate">["when"],
  config: EvalConfig,
  { label, point, suffix = "" }: { label?: string; point?: string; suffix?: string } = {},
): Planned<"evaluate"> {
  const at = { before: "before RL", after: "after RL", between: `after ${point}`, alone: "" }[when];
  return {
    kind: "evaluate",
    key: `evaluate/${arm.name}/${point ?? when}${suffix}`,
    label: label ?? `${["Evaluation", at].filter(Boolean).join(" ")}${suffix && ` at ${config.maxResponseTokens} tokens`}, ${arm.name}`,
    start: arm.name,
    from: arm.from,
    when,
    ...(point !== undefined && { point }),
    config,
  };
}

interface RlPlan {
  rl: RlConfig;
  stages?: RlStage[];
  temperature: Planned<"rl">["temperature"];
  devEval: EvalConfig;
  finalEval: EvalConfig;
  /** Response budgets of the evaluations at the end; empty: finalEval's own. */
  budgets?: number[];
  /** How a temperature is found anew at a stage's door. */
  finder: TemperatureConfig;
}

/** An arm's stages of RL, each with its door, and an evaluation after each. */
function planRl(arm: Arm, plan: RlPlan): StagePlan[] {
  const stages: (RlStage | null)[] = plan.stages ?? [null];
  const planned: StagePlan[] = [];
  let { from } = arm;
  let inherited = plan.temperature;
  for (const [number, stage] of stages.entries()) {
    const config = stage ? stageRlConfig(plan.rl, stage) : plan.rl;
    const here = { name: arm.name, from };
    const place = stage ? `${arm.name}/${stage.name}` : arm.name;
    if (stage?.temperature === "find") {
      const found = findTemperature(here, { ...plan.finder, fixed: null }, config, stage);
      planned.push(found);
      inherited = { stage: found.key };
    } else if (typeof stage?.temperature === "number") inherited = stage.temperature;
    if (stage?.door)
      planned.push({
        kind: "door",
        key: `door/${place}`,
        label: `Door of ${stage.name}, ${arm.name}`,
        start: arm.name,
        from,
        config: stage.door,
        ...(config.domain && { domain: config.domain }),
        temperature: inherited,
        maxResponseTokens: config.maxResponseTokens,
      });
    planned.push({
      kind: "rl",
      key: `rl/${place}`,
      label: stage ? `${stage.name}, ${arm.name}` : `RL, ${arm.name}`,
      start: arm.name,
      from,
      ...(stage && { name: stage.name, number }),
      config,
      devEval: { ...plan.devEval, maxResponseTokens: Math.max(plan.devEval.maxResponseTokens, config.maxResponseTokens) },
      temperature: inherited,
      ...(stage?.door && { door: `door/${place}` }),
      ...(stage?.note && { note: stage.note }),
    });
    from = { stage: `rl/${place}` };
    const last = number === stages.length - 1;
    const after = { name: arm.name, from };
    if (!last) planned.push(evaluate(after, "between", plan.finalEval, { point: stage!.name }));
    else if (!plan.budgets?.length) planned.push(evaluate(after, "after", plan.finalEval, { ...(stage && { point: stage.name }) }));
    else
      for (const maxResponseTokens of plan.budgets)
        planned.push(evaluate(after, "after", { ...plan.finalEval, maxResponseTokens }, { suffix: `/${maxResponseTokens}` }));
  }
  return planned;
}

function planStarts(recipe: Extract<StudyRecipe, { kind: "weak-vs-strong" }>): StagePlan[] {
  const { starts, base, temperature, rl, finalEval } = recipe;
  const arms = starts.map(armOf);
  return [
    ...starts.filter(isTrainedHere).map((start) => fineTune(start, base)),
    ...arms.map((arm) => findTemperature(arm, temperature, firstRl(recipe))),
    ...arms.map((arm) => evaluate(arm, "before", finalEval)),
    ...arms.flatMap((arm) => planRl(arm, { ...recipe, rl, temperature: { stage: temperatureKey(arm.name) }, finder: temperature })),
  ];
}

/** What the first stage of RL is like: the temperature is found for it. */
const firstRl = ({ rl, stages }: { rl: RlConfig; stages?: RlStage[] }): RlConfig => (stages ? stageRlConfig(rl, stages[0]) : rl);

interface Fork {
  name: string;
  rl: RlConfig;
  stages?: RlStage[];
  /** Absent: what the finder found for the start. */
  temperature?: number;
  budgets: number[];
}

/** One start, measured once, then RL in several ways. */
function planForks(
  recipe: { base: string; start: Start; temperature: TemperatureConfig; rl: RlConfig; devEval: EvalConfig; finalEval: EvalConfig },
  forks: Fork[],
): StagePlan[] {
  const { base, start, temperature, devEval, finalEval } = recipe;
  const arm = armOf(start);
  const budgets = [...new Set(forks.flatMap((fork) => fork.budgets))].sort((a, b) => a - b);
  const longest = forks.length === 0 ? recipe.rl.maxResponseTokens : Math.max(...forks.map(({ rl }) => rl.maxResponseTokens));
  return [
    ...(isTrainedHere(start) ? [fineTune(start, base)] : []),
    findTemperature(arm, temperature, { ...recipe.rl, maxResponseTokens: longest }),
    ...(budgets.length === 0
      ? [evaluate(arm, "before", finalEval)]
      : budgets.map((maxResponseTokens) =>
          evaluate(arm, "before", { ...finalEval, maxResponseTokens }, { suffix: `/${maxResponseTokens}` }),
        )),
    ...forks.flatMap((fork) =>
      planRl(
        { name: fork.name, from: arm.from },
        {
          rl: fork.rl,
          stages: fork.stages,
          temperature: fork.temperature ?? { stage: temperatureKey(arm.name) },
          devEval,
          finalEval,
          budgets: fork.budgets,
          finder: temperature,
        },
      ),
    ),
  ];
}

function planLadder(recipe: LadderRecipe): StagePlan[] {
  const { cells, base, sft, matched, otherwiseMatched, finalEval } = recipe;
  const arms = [
    ...cells.map((cell) => ({ cell, name: cellName(cell), matched })),
    ...(otherwiseMatched ? [{ ...otherwiseMatched, name: otherwiseName(otherwiseMatched) }] : []),
  ];
  return arms.flatMap(({ cell, name, matched }): StagePlan[] => [
    { ...fineTune({ name, ...cell, sft }, base), ...(matched !== "epochs" && { matched }) },
    evaluate({ name, from: { stage: sftKey(name) } }, "alone", finalEval),
  ]);
}

/**
 * One trunk at a constant rate; at each epoch's end a branch that decays over its last epoch. A branch of e epochs is what training
 * for e epochs from the base gives, at the price of its last epoch alone.
 */
function planEpochs(recipe: EpochsRecipe): StagePlan[] {
  const { base, start, branchRl, rl, stages, temperature, devEval, finalEval } = recipe;
  const { epochs } = start.sft;
  const trunk = "sft/trunk";
  const streams = start.name;
  const configOf = (name: string, count: number) => ({
    ...start,
    name,
    sft: { ...start.sft, epochs: count, optimizer: { ...start.sft.optimizer, schedule: "decay-last-epoch" as const } },
  });
  const arms = Array.from({ length: epochs }, (_, i) => ({ epoch: i + 1, name: epochName(i + 1) }));
  const trunkPlan: StagePlan = {
    ...fineTune(configOf("trunk", epochs), base),
    branch: { streams, stopAfterEpoch: epochs - 1 },
  };
  return [
    ...(epochs > 1 ? [trunkPlan] : []),
    ...arms.flatMap(({ epoch, name }): StagePlan[] => [
      {
        ...fineTune(configOf(name, epoch), base),
        branch: { streams, ...(epoch > 1 && { trunk: { stage: trunk, epoch: epoch - 1 } }) },
      },
      evaluate({ name, from: { stage: sftKey(name) } }, branchRl.includes(epoch) ? "before" : "alone", finalEval),
    ]),
    ...arms
      .filter(({ epoch }) => branchRl.includes(epoch))
      .flatMap(({ name }): StagePlan[] => {
        const arm = { name, from: { stage: sftKey(name) } };
        return [
          findTemperature(arm, temperature, firstRl({ rl: rl!, stages })),
          ...planRl(arm, { rl: rl!, stages, temperature: { stage: temperatureKey(name) }, devEval, finalEval, finder: temperature }),
        ];
      }),
  ];
}
