// The stored report of a dataset that a pipeline made.
import { useQuery } from "@tanstack/react-query";
import { useClient } from "../../client/queries.ts";

/** A version never changes, and neither does its report. */
export function usePipelineReport(datasetId: string, enabled = true) {
  const client = useClient();
  return useQuery({
    queryKey: ["pipeline-report", datasetId],
    queryFn: () => client.datasets.pipeline.report.query({ datasetId }),
    staleTime: Number.POSITIVE_INFINITY,
    enabled,
  });
}
