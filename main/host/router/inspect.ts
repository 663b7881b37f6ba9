// inspect: the rollouts and samples behind every point.
import { z } from "zod";
import { byStage, type Page, type RolloutRow, rolloutsInput, type SampleRow, samplesInput, type TokenRow } from "../../contract/index.ts";
import type { RolloutStep } from "../../store/client.ts";
import { builtInTokenizer } from "../../tokenizer/built-in.ts";
import { procedure, router } from "./trpc.ts";

export const inspect = router({
  rollouts: procedure.input(rolloutsInput).query(({ ctx, input }): Promise<Page<RolloutRow>> => ctx.host.store.rollouts(input)),
  /** Steps that have rollouts, ascending, and how those ended. */
  rolloutSteps: procedure.input(byStage).query(({ ctx, input }): Promise<RolloutStep[]> => ctx.host.store.rolloutSteps(input.stageId)),
  rolloutTokens: procedure.input(z.object({ rolloutId: z.number().int() })).query(async ({ ctx, input }): Promise<TokenRow[]> => {
    const { ids, logprobs, entropies } = await ctx.host.store.rolloutTokens(input.rolloutId);
    return Array.from(ids, (id, i) => ({ id, text: builtInTokenizer.tokenText(id), logprob: logprobs[i], entropy: entropies[i] }));
  }),
  samples: procedure.input(samplesInput).query(({ ctx, input }): Promise<Page<SampleRow>> => ctx.host.store.evaluationSamples(input)),
});
