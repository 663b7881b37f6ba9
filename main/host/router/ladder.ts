// datasets.ladder: what a ladder of nested sets on a dataset's rows would be, and its sets as datasets. Both go through all rows; a client
// that leaves ends it.
import { type LadderPreview, type LadderSets, ladderPreviewInput, makeLadderInput } from "../../contract/index.ts";
import { makeLadderSets, measureLadder } from "../ladder-sets.ts";
import { procedure, router } from "./trpc.ts";

export const ladder = router({
  preview: procedure.input(ladderPreviewInput).query(async ({ ctx, input, signal }): Promise<LadderPreview> => {
    const { preview } = await measureLadder(ctx.host, input, null, { signal });
    return preview;
  }),
  make: procedure
    .input(makeLadderInput)
    .mutation(({ ctx, input: { name, ...input }, signal }): Promise<LadderSets> => makeLadderSets(ctx.host, name, input, { signal })),
});
