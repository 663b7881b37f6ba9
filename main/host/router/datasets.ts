// datasets: the datasets that studies made, their problems and the responses SFT learns from.
import { type DatasetSummary, type Page, type ProblemDetail, type ProblemRow, problemInput, problemsInput } from "../../contract/index.ts";
import { notReady, procedure, router } from "./trpc.ts";

export const datasets = router({
  list: procedure.query(async (): Promise<DatasetSummary[]> => notReady()),
  problems: procedure.input(problemsInput).query(async (): Promise<Page<ProblemRow>> => notReady()),
  problem: procedure.input(problemInput).query(async (): Promise<ProblemDetail> => notReady()),
});
