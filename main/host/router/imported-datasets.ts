// datasets.imported: files of rows that a user brings, kept by reference.
import { z } from "zod";
import {
  type BadRow,
  byId,
  columnMapping,
  type DatasetHistogram,
  type DetectedDataset,
  datasetHistogramInput,
  datasetPageInput,
  type ImportDatasetEvent,
  type ImportedDataset,
  type ImportedRow,
  type ImportedRowSummary,
  importDatasetInput,
  type Page,
  type ProblemRuns,
  page,
} from "../../contract/index.ts";
import { partialEvents } from "../partial-events.ts";
import { answering, procedure, router } from "./trpc.ts";

/** A file by its handle in place of its path. */
const importInput = importDatasetInput.omit({ path: true }).extend({ handle: z.string() });

const oneRow = z.object({ datasetId: z.string(), row: z.number().int().nonnegative() });

export const importedDatasets = router({
  detect: procedure
    .input(z.object({ handle: z.string(), mapping: columnMapping.optional() }))
    .mutation(
      ({ ctx, input }): Promise<DetectedDataset> => ctx.host.importedDatasets.detect(ctx.host.files.pathOf(input.handle), input.mapping),
    ),
  /** Tells how far it is, then what it made; a listener that leaves cancels it. */
  import: procedure.input(importInput).subscription(async function* ({ ctx, input, signal }): AsyncGenerator<ImportDatasetEvent> {
    const { importedDatasets: datasets, files } = ctx.host;
    const { handle, ...rest } = input;
    const told = partialEvents<ImportDatasetEvent>(async (tell, stop) => {
      const onProgress = (progress: Extract<ImportDatasetEvent, { type: "progress" }>["progress"]) => tell({ type: "progress", progress });
      tell({ type: "imported", dataset: await datasets.import({ ...rest, path: files.pathOf(handle) }, { onProgress, signal: stop }) });
    }, signal);
    yield* answering(told);
  }),
  list: procedure.query(({ ctx }): Promise<ImportedDataset[]> => ctx.host.importedDatasets.list()),
  get: procedure.input(byId).query(({ ctx, input }): Promise<ImportedDataset> => ctx.host.importedDatasets.get(input.id)),
  page: procedure
    .input(datasetPageInput)
    .query(({ ctx, input }): Promise<Page<ImportedRowSummary>> => ctx.host.importedDatasets.page(input)),
  histogram: procedure
    .input(datasetHistogramInput)
    .query(({ ctx, input }): Promise<DatasetHistogram> => ctx.host.importedDatasets.histogram(input)),
  row: procedure.input(oneRow).query(({ ctx, input }): Promise<ImportedRow> => ctx.host.importedDatasets.row(input.datasetId, input.row)),
  badRows: procedure
    .input(z.object({ datasetId: z.string(), ...page }))
    .query(({ ctx, input }): Promise<Page<BadRow>> => ctx.host.importedDatasets.badRows(input.datasetId, input.offset, input.limit)),
  /** The index goes; the file stays where it is. */
  remove: procedure
    .input(z.object({ datasetId: z.string() }))
    .mutation(({ ctx, input }): Promise<void> => ctx.host.importedDatasets.remove(input.datasetId)),
  runs: procedure.input(oneRow).query(({ ctx, input }): Promise<ProblemRuns> => ctx.host.store.importedRowRuns(input.datasetId, input.row)),
});
