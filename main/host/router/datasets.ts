// datasets: the datasets that studies made, their problems and the responses SFT learns from.
import {
  type DatasetSummary,
  type Page,
  type ProblemDetail,
  type ProblemRow,
  type ProblemRuns,
  problemInput,
  problemsInput,
} from "../../contract/index.ts";
import { dataPipeline } from "./data-pipeline.ts";
import { importedDatasets } from "./imported-datasets.ts";
import { ladder } from "./ladder.ts";
import { procedure, router } from "./trpc.ts";

export const datasets = router({
  list: procedure.query(({ ctx }): Promise<DatasetSummary[]> => ctx.host.store.datasets()),
  problems: procedure.input(problemsInput).query(({ ctx, input }): Promise<Page<ProblemRow>> => ctx.host.store.problems(input)),
  runs: procedure.input(problemInput).query(({ ctx, input }): Promise<ProblemRuns> => ctx.host.store.problemRuns(input)),
  imported: importedDatasets,
  pipeline: dataPipeline,
  ladder,
  problem: procedure.input(problemInput).query(({ ctx, input }): Promise<ProblemDetail> => ctx.host.store.problem(input)),
});
