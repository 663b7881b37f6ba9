// datasets.pipeline: imported datasets made into one, step by step, and what each step dropped.
import { z } from "zod";
import {
  type MatchedSpan,
  type Page,
  type PipelineReport,
  type PreviewPipelineEvent,
  page,
  pipelineConfig,
  previewPipelineInput,
  type RunPipelineEvent,
} from "../../contract/index.ts";
import { partialEvents } from "../partial-events.ts";
import { answering, procedure, router } from "./trpc.ts";

const ofDataset = z.object({ datasetId: z.string() });

export const dataPipeline = router({
  /** Runs it and makes nothing: tells how far it is, then the report. A listener that leaves cancels it. */
  preview: procedure.input(previewPipelineInput).subscription(async function* ({
    ctx,
    input,
    signal,
  }): AsyncGenerator<PreviewPipelineEvent> {
    const told = partialEvents<PreviewPipelineEvent>(async (tell, stop) => {
      const onProgress = (progress: Extract<PreviewPipelineEvent, { type: "progress" }>["progress"]) =>
        tell({ type: "progress", progress });
      const report = await ctx.host.dataPipelines.preview(input.config, input.limit, { onProgress, signal: stop });
      tell({ type: "report", report });
    }, signal);
    yield* answering(told);
  }),
  /** The same, with the result as the next version of the config's name. */
  run: procedure.input(z.object({ config: pipelineConfig })).subscription(async function* ({
    ctx,
    input,
    signal,
  }): AsyncGenerator<RunPipelineEvent> {
    const told = partialEvents<RunPipelineEvent>(async (tell, stop) => {
      const onProgress = (progress: Extract<RunPipelineEvent, { type: "progress" }>["progress"]) => tell({ type: "progress", progress });
      const { dataset, report } = await ctx.host.dataPipelines.run(input.config, { onProgress, signal: stop });
      tell({ type: "made", datasetId: dataset.id, rows: dataset.rows, report });
    }, signal);
    yield* answering(told);
  }),
  /** What made a dataset. Throws no-report for one that no pipeline made. */
  report: procedure.input(ofDataset).query(({ ctx, input }): Promise<PipelineReport> => ctx.host.dataPipelines.report(input.datasetId)),
  /** All matched spans of it, both texts side by side. */
  spans: procedure
    .input(ofDataset.extend(page))
    .query(({ ctx, input }): Promise<Page<MatchedSpan>> => ctx.host.dataPipelines.spans(input.datasetId, input)),
});
