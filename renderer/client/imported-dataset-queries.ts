// Imported dataset versions: their rows page by page, their histograms, and bringing one in.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ColumnMapping, DatasetHistogramInput } from "../../main/contract/imported-dataset.ts";
import { type RowRange, usePages } from "./pages.ts";
import { useClient } from "./queries.ts";
import { keys, type RowsFilter } from "./query-keys.ts";

/** A version never changes. */
const forever = { staleTime: Number.POSITIVE_INFINITY };

export function useImportedDatasets() {
  const client = useClient();
  return useQuery({ queryKey: keys.importedDatasets, queryFn: () => client.datasets.imported.list.query() });
}

export function useImportedRows(filter: RowsFilter, range: RowRange) {
  const client = useClient();
  return usePages(keys.importedRows(filter), (page) => client.datasets.imported.page.query({ ...filter, ...page }), range);
}

export function useHistogram(input: DatasetHistogramInput, enabled = true) {
  const client = useClient();
  return useQuery({
    queryKey: keys.histogram(input),
    queryFn: () => client.datasets.imported.histogram.query(input),
    placeholderData: keepPreviousData,
    enabled,
    ...forever,
  });
}

export function useImportedRow(datasetId: string, row: number) {
  const client = useClient();
  return useQuery({
    queryKey: keys.importedRow(datasetId, row),
    queryFn: () => client.datasets.imported.row.query({ datasetId, row }),
    ...forever,
  });
}

export function useBadRows(datasetId: string, range: RowRange) {
  const client = useClient();
  return usePages(keys.badRows(datasetId), (page) => client.datasets.imported.badRows.query({ datasetId, ...page }), range);
}

/** What runs made of a problem: by its id in a study's dataset, by its row in an imported one. */
export function useProblemRuns(datasetId: string, problem: string | number) {
  const client = useClient();
  return useQuery({
    queryKey: keys.problemRuns(datasetId, problem),
    queryFn: () =>
      typeof problem === "number"
        ? client.datasets.imported.runs.query({ datasetId, row: problem })
        : client.datasets.runs.query({ datasetId, problemId: problem }),
  });
}

export function useDetectDataset() {
  const client = useClient();
  return useMutation({
    mutationFn: (input: { handle: string; mapping?: ColumnMapping }) => client.datasets.imported.detect.mutate(input),
  });
}

export function useRemoveDataset() {
  const client = useClient();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (datasetId: string) => client.datasets.imported.remove.mutate({ datasetId }),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.importedDatasets }),
  });
}
