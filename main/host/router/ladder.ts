// datasets.ladder: what a ladder of nested sets on a dataset's rows would be.
import { type LadderPreview, ladderPreviewInput } from "../../contract/index.ts";
import { taskTokenizer } from "../data-pipeline.ts";
import { procedure, router } from "./trpc.ts";

export const ladder = router({
  /** Goes through all rows; a client that leaves ends it. */
  preview: procedure.input(ladderPreviewInput).query(async ({ ctx, input, signal }): Promise<LadderPreview> => {
    const { importedDatasets, checkpoints, dataThreads } = ctx.host;
    const { datasetId, tokenizer, ...ladder } = input;
    const task = { kind: "ladder", ...ladder, dataset: await importedDatasets.get(datasetId), tokenizer: await taskTokenizer(checkpoints, tokenizer) } as const; // biome-ignore format: one record
    return dataThreads.run(task, { signal });
  }),
});
