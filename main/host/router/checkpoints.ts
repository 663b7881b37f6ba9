// checkpoints: bring one in, sample from it, score with it, take it out again.
import { totalmem } from "node:os";
import { z } from "zod";
import {
  byId,
  type CheckpointCard,
  type CheckpointImportProgress,
  exportInput,
  type GenerateEvent,
  generateInput,
  type ImportCheckpointEvent,
  importCheckpointInput,
  type MemoryPlan,
  memoryPlanInput,
  type Score,
  scoreInput,
} from "../../contract/index.ts";
import { memoryPlan } from "../../engine/memory-plan.ts";
import { exportCheckpoint } from "../export-checkpoint.ts";
import { importCheckpoint } from "../import-checkpoint.ts";
import { partialEvents } from "../partial-events.ts";
import { answering, procedure, router } from "./trpc.ts";

export const checkpoints = router({
  list: procedure.query(({ ctx }): Promise<CheckpointCard[]> => ctx.host.checkpoints.list()),
  get: procedure.input(byId).query(({ ctx, input }): Promise<CheckpointCard> => ctx.host.checkpoints.card(input.id)),
  import: procedure.input(importCheckpointInput).mutation(async ({ ctx, input }): Promise<CheckpointCard> => {
    const { store, dataFolder, files, checkpoints } = ctx.host;
    const { handle, ...named } = input;
    const id = await importCheckpoint({ ...named, path: files.pathOf(handle), store, dataFolder, library: checkpoints });
    return checkpoints.card(id);
  }),
  /** The same, telling how far it is; a listener that leaves cancels it. */
  importing: procedure.input(importCheckpointInput).subscription(async function* ({
    ctx,
    input,
    signal,
  }): AsyncGenerator<ImportCheckpointEvent> {
    const { store, dataFolder, files, checkpoints } = ctx.host;
    const { handle, ...named } = input;
    const imported = partialEvents<ImportCheckpointEvent>(async (tell, stop) => {
      const onProgress = (progress: CheckpointImportProgress) => tell({ type: "progress", progress });
      const path = files.pathOf(handle);
      const id = await importCheckpoint({ ...named, path, store, dataFolder, library: checkpoints, onProgress, signal: stop });
      tell({ type: "imported", card: await checkpoints.card(id) });
    }, signal);
    yield* answering(imported);
  }),
  /** What a use of it takes of memory, beside what this machine has. */
  memoryPlan: procedure.input(memoryPlanInput).query(async ({ ctx, input: { id, ...use } }): Promise<MemoryPlan> => {
    const { file } = await ctx.host.checkpoints.card(id);
    return { use: use.use, ...memoryPlan(file.model, use), available: totalmem() };
  }),
  /** An imported one: its folder goes. Studies that began from it keep their own checkpoints. */
  remove: procedure.input(byId).mutation(({ ctx, input }): Promise<void> => ctx.host.store.removeImportedCheckpoint(input.id)),
  /** Text as it is sampled; ends with the samples, or when the listener leaves. */
  sample: procedure.input(generateInput).subscription(async function* ({ ctx, input, signal }): AsyncGenerator<GenerateEvent> {
    const { checkpoints, ask } = ctx.host;
    const sampled = partialEvents<GenerateEvent>(async (onPartial, stop) => {
      const checkpoint = await checkpoints.place((await checkpoints.card(input.checkpoint)).id);
      await ask({ kind: "generate", checkpoint, input }, onPartial, stop);
    }, signal);
    yield* answering(sampled);
  }),
  score: procedure.input(scoreInput).mutation(async ({ ctx, input }): Promise<Score> => {
    const { host } = ctx;
    const { id } = await host.checkpoints.card(input.checkpoint);
    return (await host.ask({ kind: "score", checkpoint: await host.checkpoints.place(id), ids: input.ids })) as Score;
  }),
  export: procedure
    .input(exportInput)
    .mutation(({ ctx, input }): Promise<{ path: string; bytes: number }> => exportCheckpoint(ctx.host, input)),
  /** Ids of a text as the checkpoint's tokenizer writes them, for scripts that score. */
  encode: procedure.input(z.object({ checkpoint: z.string(), text: z.string() })).mutation(
    async ({ ctx, input }): Promise<{ ids: number[] }> => ({
      ids: (await ctx.host.checkpoints.tokenizer(input.checkpoint)).encode(input.text),
    }),
  ),
});
