// The paper's stages of RL at another model's size: Math 8K, 16K, 24K, Code 24K, 32K, Math 32K become one, two, three, three, four
// and four times the budget of the first stage. Over-long filtering is on for the first two and off from the third, as 1.1 has it;
// rollouts a prompt and filters of the data are 1.0's, which 1.1 builds on.
import { doorConfig, type RlStage } from "./recipe.ts";

type Rung = Required<Pick<RlStage, "domain" | "groupSize" | "overlongFilter" | "note">> &
  Pick<RlStage, "door" | "dropSolved"> & { times: number };

const rungs: Rung[] = [
  { domain: "math", times: 1, groupSize: 8, overlongFilter: true, note: "Math 8K" },
  { domain: "math", times: 2, groupSize: 16, overlongFilter: true, note: "Math 16K" },
  {
    domain: "math",
    times: 3,
    groupSize: 16,
    overlongFilter: false,
    door: doorConfig.parse({ max: 6 / 16 }),
    note: "Math 24K, hard problems. Contested: at 24K the paper's own accounts of the filter differ; off here, as from 24K on",
  },
  { domain: "code", times: 3, groupSize: 8, overlongFilter: false, note: "Code 24K" },
  { domain: "code", times: 4, groupSize: 16, overlongFilter: false, dropSolved: true, note: "Code 32K. 1.0: 8 rollouts a prompt, then 16" },
  { domain: "math", times: 4, groupSize: 16, overlongFilter: false, door: doorConfig.parse({ dropAllSolved: true }), note: "Math 32K" },
];

/** Budget of the first stage in tokens; `withCode` leaves out the code stages where there are no such problems. */
export function paperStages(first: number, withCode = true): RlStage[] {
  return rungs
    .filter(({ domain }) => withCode || domain === "math")
    .map(({ times, ...rung }) => ({
      name: `${rung.domain === "math" ? "Math" : "Code"} ${first * times}`,
      maxResponseTokens: first * times,
      temperature: "inherit",
      ...rung,
    }));
}

/** Tokens that evaluations of such stages must allow a response: as many as the longest stage, as far as the model has `room`. */
export const evaluationBudget = (stages: readonly RlStage[], room: number | null): number =>
  Math.min(room ?? Number.POSITIVE_INFINITY, Math.max(...stages.map(({ maxResponseTokens }) => maxResponseTokens ?? 0)));
