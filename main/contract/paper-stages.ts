// The paper's stages of RL at another model's size: Math 8K, 16K, 24K, Code 24K, 32K, Math 32K become one, two, three, three, four
// and four times the budget of the first stage. Over-long filtering is on for the first two and off from the third, as 1.1 has it.
import type { RlStage } from "./recipe.ts";

const rungs: { domain: "math" | "code"; times: number; paper: string; filter: boolean; note?: string }[] = [
  { domain: "math", times: 1, paper: "Math 8K", filter: true },
  { domain: "math", times: 2, paper: "Math 16K", filter: true },
  {
    domain: "math",
    times: 3,
    paper: "Math 24K",
    filter: false,
    note: "Contested: at 24K the paper's own accounts of the filter differ; off here, as from 24K on",
  },
  { domain: "code", times: 3, paper: "Code 24K", filter: false },
  { domain: "code", times: 4, paper: "Code 32K", filter: false },
  { domain: "math", times: 4, paper: "Math 32K", filter: false },
];

/** Budget of the first stage in tokens; `withCode` leaves out the code stages where there are no such problems. */
export function paperStages(first: number, withCode = true): RlStage[] {
  return rungs
    .filter(({ domain }) => withCode || domain === "math")
    .map(({ domain, times, paper, filter, note }, i) => ({
      name: `${domain === "math" ? "Math" : "Code"} ${first * times}`,
      ...(withCode && { domain }),
      maxResponseTokens: first * times,
      // The paper: 8 rollouts a prompt in the first stage, 16 after it.
      groupSize: i === 0 ? 8 : 16,
      temperature: "inherit",
      overlongFilter: filter,
      note: `${paper}${note === undefined ? "" : `. ${note}`}`,
    }));
}
