// The paper's seven datasets as a ladder for any pool: one response a prompt up to v4, both axes from v5, responses alone from v6 to v7.
//
// Of their sizes the paper prints v1's 36K prompts, v4 as v3 and about 16K more, v7's as about v6's, and v7's responses as nearly twice
// v6's; its final pool has 383K prompts. Parts that follow from these are marked; all others are ours.
import { HeadstartError } from "./errors.ts";
import type { NamedCell } from "./ladder.ts";

const finalPool = 383;

/** Parts of the most prompts and of the most responses; `single`: one response. */
const steps: { name: string; prompts: number; responses: number | "single" }[] = [
  { name: "v1", prompts: 36 / finalPool /* the paper's */, responses: "single" },
  { name: "v2", prompts: 0.19, responses: "single" },
  { name: "v3", prompts: 0.33, responses: "single" },
  { name: "v4", prompts: 0.33 + 16 / finalPool /* v3 and 16K, the paper's */, responses: "single" },
  { name: "v5", prompts: 0.6, responses: 0.25 },
  { name: "v6", prompts: 1, responses: 0.5 /* about half of v7's, the paper's */ },
  { name: "v7", prompts: 1, responses: 1 },
];

/** The least that keeps all seven apart: a response more from v4 to v5 and from v6 to v7, prompts more up to v6. */
export const leastForPreset = { prompts: 24, responses: 3 } as const;

/** `most`: prompts and different responses of each that there are. */
export function presetLadder(most: { prompts: number; responses: number }): NamedCell[] {
  if (most.prompts < leastForPreset.prompts || most.responses < leastForPreset.responses)
    throw new HeadstartError({
      code: "too-few-problems",
      where: "ladder preset",
      message: `Seven cells that differ as v1 to v7 do take ${leastForPreset.prompts} prompts with ${leastForPreset.responses} responses; there are ${most.prompts} with ${most.responses}.`,
      hint: "Make the pool larger, or choose cells of your own.",
    });
  return steps.map(({ name, prompts, responses }) => ({
    name,
    prompts: Math.round(prompts * most.prompts),
    responsesPerPrompt: responses === "single" ? 1 : Math.max(2, Math.round(responses * most.responses)),
  }));
}
