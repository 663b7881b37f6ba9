// inspect: the rollouts and samples behind every point.
import { z } from "zod";
import { byStage, type Page, type RolloutRow, rolloutsInput, type SampleRow, samplesInput, type TokenRow } from "../../contract/index.ts";
import { notReady, procedure, router } from "./trpc.ts";

export const inspect = router({
  rollouts: procedure.input(rolloutsInput).query(async (): Promise<Page<RolloutRow>> => notReady()),
  rolloutSteps: procedure.input(byStage).query(async (): Promise<number[]> => notReady()),
  rolloutTokens: procedure.input(z.object({ rolloutId: z.number().int() })).query(async (): Promise<TokenRow[]> => notReady()),
  samples: procedure.input(samplesInput).query(async (): Promise<Page<SampleRow>> => notReady()),
});
