// Which datasets a ladder can be built on, and what one with given cells would be.
import { useMutation, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import type { ImportedDataset } from "../../main/contract/imported-dataset.ts";
import type { LadderPreviewInput } from "../../main/contract/ladder.ts";
import { useImportedDatasets } from "./imported-dataset-queries.ts";
import { useClient } from "./queries.ts";
import { keys } from "./query-keys.ts";

export interface LadderDataset {
  dataset: ImportedDataset;
  /** Of the prompt that has most; equal ones are counted apart here. */
  mostResponses: number;
}

/** Versions in which some prompt has several responses, newest first; undefined until that is known of each. */
export function useLadderDatasets() {
  const client = useClient();
  const imported = useImportedDatasets();
  const candidates = (imported.data ?? [])
    .filter(({ mapping }) => mapping.response !== null)
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  const most = useQueries({
    queries: candidates.map(({ id }) => ({
      queryKey: keys.mostResponses(id),
      queryFn: async () => {
        const page = await client.datasets.imported.page.query({ datasetId: id, sort: "responses", descending: true, limit: 1 });
        return page.rows[0]?.responses ?? 0;
      },
      staleTime: Number.POSITIVE_INFINITY,
    })),
  });
  // Once all were known, a new one joins them when it is: what is built on one of them stays meanwhile.
  const known = useRef(false);
  known.current ||= imported.data !== undefined && most.every(({ isPending }) => !isPending);
  const datasets = candidates.map((dataset, i): LadderDataset => ({ dataset, mostResponses: most[i].data ?? 0 }));
  return { ...imported, data: known.current ? datasets.filter(({ mostResponses }) => mostResponses > 1) : undefined };
}

/** Until it is measured, the ladder before of the same rows in the same unit stays; of null, nothing is asked. */
export function useLadder(input: LadderPreviewInput | null) {
  const client = useClient();
  const key = keys.ladder(input);
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) => client.datasets.ladder.preview.query(input as LadderPreviewInput, { signal }),
    enabled: input !== null,
    placeholderData: (before, query) => (query?.queryKey[1] === key[1] && query?.queryKey[2] === key[2] ? before : undefined),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The ladder's sets as datasets. */
export function useMakeLadder() {
  const client = useClient();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (input: LadderPreviewInput & { name: string }) => client.datasets.ladder.make.mutate(input),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.importedDatasets }),
  });
}
