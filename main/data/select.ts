// Which SFT examples a start sees: the first P prompts of one seeded order of the SFT pool, and the first R traces of each. So
// a weaker start's data is a subset of a stronger one's, and the two differ in nothing but P and R.
import type { Problem, Trace } from "../contract/dataset.ts";
import { HeadstartError } from "../contract/errors.ts";
import type { Dataset } from "./dataset.ts";
import { randomFrom } from "./random.ts";

export interface SftExample {
  problem: Problem;
  trace: Trace;
}

/** The SFT pool in the order in which starts take their prompts. */
export function sftOrder(dataset: Pick<Dataset, "problems">, seed: number): Problem[] {
  return randomFrom(seed, "sft-order").shuffle(dataset.problems.filter((problem) => problem.pool === "sft"));
}

/** Examples in problem order; a problem that has fewer than R different traces gives those it has. */
export function sftExamples(
  dataset: Pick<Dataset, "problems" | "traces">,
  start: { name: string; prompts: number; responsesPerPrompt: number },
  seed: number,
): SftExample[] {
  const order = sftOrder(dataset, seed);
  if (order.length < start.prompts)
    throw new HeadstartError({
      code: "too-few-problems",
      where: `recipe.starts.${start.name}.prompts`,
      message: `The start "${start.name}" asks for ${start.prompts} SFT prompts; the SFT pool has ${order.length}.`,
      hint: `Lower its prompts to at most ${order.length}, or raise recipe.data.arithmetic.count.`,
    });
  return order
    .slice(0, start.prompts)
    .flatMap((problem) => dataset.traces(problem, start.responsesPerPrompt).map((trace) => ({ problem, trace })));
}
