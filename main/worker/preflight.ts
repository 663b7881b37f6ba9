// What the training thread can say of a study before it runs: the data it would make or read, what each start would be trained on, and
// the first batch as the model sees it.
import type { Pool, Problem } from "../contract/dataset.ts";
import { HeadstartError } from "../contract/errors.ts";
import type { PreflightQuestion } from "../contract/job.ts";
import type { BatchRow, DataFacts, PreflightProblem, SftFacts } from "../contract/preflight.ts";
import type { StagePlan } from "../contract/run.ts";
import { isTrainedHere, type PooledRecipe, startsOf } from "../contract/study.ts";
import { PromptSequence } from "../engine/rl/prompts.ts";
import { layOut } from "../engine/sft/batches.ts";
import { firstUpdate, trainingAmount } from "../engine/sft/train-sft.ts";
import { encodeExample, encodePrompt } from "../tokenizer/chat.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { tokenizerOf } from "./open-checkpoint.ts";
import { openData, type StageData } from "./stage-data.ts";
import { startExamples } from "./start-examples.ts";

/** Prompts that are tokenised to know their lengths. */
const promptsLookedAt = 500;
const rowsShown = 4;
const promptsShown = 8;

export function preflightFacts(question: PreflightQuestion): DataFacts {
  const { recipe, plans, seed, imported, resourcesFolder, checkpoint } = question;
  const data = openData({ recipe, imported, resourcesFolder, datasetHash: null });
  const tokenizer = tokenizerOf(checkpoint);
  const problems: PreflightProblem[] = [];
  const count = (pool: Pool) => data.problems.filter((problem) => problem.pool === pool).length;
  const rl = data.problems.filter(({ pool }) => pool === "rl");
  const sft = plans.flatMap((plan) => {
    if (plan.kind !== "sft") return [];
    const short = shortOfPrompts(recipe, plan.start, count("sft"));
    if (short) {
      problems.push(short);
      return [];
    }
    try {
      return [sftFacts(data, recipe, plan, seed, tokenizer)];
    } catch (thrown) {
      if (!(thrown instanceof HeadstartError)) throw thrown;
      problems.push({ severity: "stops", where: thrown.where, message: thrown.message, hint: thrown.hint });
      return [];
    }
  });
  const first = plans.find((plan) => plan.kind === "rl");
  const asked = first?.kind === "rl" ? rl.filter(({ domain }) => (first.config.domain ?? domain) === domain) : [];
  // Which problems a door lets through is known only when the model stands at it.
  const shown = first?.kind === "rl" && !first.door ? Math.min(promptsShown, first.config.promptsPerStep, asked.length) : 0;
  const prompts = shown === 0 ? null : new PromptSequence(asked, null, seed);
  const firstPrompts = Array.from({ length: shown }, () => prompts!.next().prompt);
  const lengths = [...rl.slice(0, promptsLookedAt), ...data.problems.filter(({ pool }) => pool === "test").slice(0, promptsLookedAt)].map(
    (problem) => promptTokens(problem, tokenizer),
  );
  return {
    pools: { sft: count("sft"), rl: count("rl"), dev: count("dev"), test: count("test") },
    rlByDomain: { math: rl.filter(({ domain }) => domain === "math").length, code: rl.filter(({ domain }) => domain === "code").length },
    promptTokens: { mean: lengths.reduce((sum, each) => sum + each, 0) / Math.max(1, lengths.length), longest: Math.max(0, ...lengths) },
    sft,
    firstPrompts,
    problems,
  };
}

/** What is wrong with a start that takes more prompts than there are, by its field; a ladder's cells are told by the ladder. */
function shortOfPrompts(recipe: PooledRecipe, name: string, there: number): PreflightProblem | null {
  const at = recipe.kind === "weak-vs-strong" ? recipe.starts.findIndex((each) => each.name === name) : 0;
  const start = startsOf(recipe)[at];
  if (start === undefined || !isTrainedHere(start) || start.prompts <= there) return null;
  return {
    severity: "stops",
    where: recipe.kind === "weak-vs-strong" ? `starts.${at}.prompts` : "start.prompts",
    message: `The start "${start.name}" asks for ${start.prompts} SFT prompts; the SFT pool has ${there}.`,
    hint: `Lower it to at most ${there}, or enlarge the SFT pool in the recipe's data.`,
  };
}

const promptTokens = ({ prompt, messages }: Problem, tokenizer: Tokenizer): number => encodePrompt(tokenizer, messages ?? prompt).length;

function sftFacts(
  data: StageData,
  recipe: PooledRecipe,
  plan: Extract<StagePlan, { kind: "sft" }>,
  seed: number,
  tokenizer: Tokenizer,
): SftFacts {
  const { sft: config } = plan.config;
  const { examples: chosen, largest } = startExamples(data, recipe, plan, seed, tokenizer);
  const encode = (from: typeof chosen) =>
    from.map(({ problem, trace }) => encodeExample(tokenizer, problem.messages ?? problem.prompt, trace.text));
  const examples = encode(chosen);
  const fitting = examples.filter(({ ids }) => ids.length <= config.maxLength);
  const order = [seed, plan.branch?.streams ?? plan.start, "sft"];
  const lengths = examples.map(({ ids, promptLength }) => ids.length - promptLength).sort((a, b) => a - b);
  const responseLengths = Array.from({ length: 11 }, (_, i) => lengths[Math.floor((i / 10) * (lengths.length - 1))] ?? 0);
  const facts = { key: plan.key, start: plan.start, examples: fitting.length, dropped: examples.length - fitting.length, responseLengths };
  if (fitting.length === 0) return { ...facts, steps: 0, trainedTokens: 0, tokens: 0, trainedShare: 0, filled: 0, firstRows: [] };
  const own = trainingAmount(fitting, config, order);
  const full = plan.matched ? trainingAmount(encode(largest), config, order) : own;
  // Matched to the largest cell, it trains as long as that one does; a branch trains its last epoch alone.
  const times =
    plan.matched === "steps" ? full.steps / own.steps : plan.matched === "tokens" ? full.tokens / own.tokens : trainedShareOf(plan);
  const read = fitting.reduce((sum, { ids }) => sum + ids.length, 0) * config.epochs;
  const update = firstUpdate(fitting, config, order);
  const rows = layOut(fitting, update, tokenizer.padId);
  const width = rows.ids.length / update.length;
  const used = update.map((row) => row.reduce((sum, i) => sum + fitting[i].ids.length, 0));
  const firstRows = update.slice(0, rowsShown).map((row, r): BatchRow => {
    const shown = row.map((i) => {
      const { ids, promptLength } = fitting[i];
      const text = (part: number[]) => tokenizer.decode(part, { special: true });
      const segments = [
        { text: text(ids.slice(0, promptLength)), trained: false },
        { text: text(ids.slice(promptLength)), trained: true },
      ];
      return { segments, tokens: ids.length };
    });
    return { tokens: width, padding: width - used[r], examples: shown };
  });
  return {
    ...facts,
    steps: Math.round(own.steps * times),
    trainedTokens: Math.round(own.tokens * times),
    tokens: Math.round(read * times),
    trainedShare: rows.targets.length / rows.ids.length,
    filled: used.reduce((sum, each) => sum + each, 0) / rows.ids.length,
    firstRows,
  };
}

/** Of config's epochs, the share that this stage trains itself. */
function trainedShareOf({ config, branch }: Extract<StagePlan, { kind: "sft" }>): number {
  const { epochs } = config.sft;
  if (branch?.stopAfterEpoch) return branch.stopAfterEpoch / epochs;
  return branch?.trunk ? (epochs - branch.trunk.epoch) / epochs : 1;
}
