// Evaluations of checkpoints on benchmarks.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { z } from "zod";
import type { extendEvaluationInput, responsesToDatasetInput, startEvaluationInput } from "../../main/contract/api.ts";
import { useClient } from "./queries.ts";
import { keys } from "./query-keys.ts";

/** A stored evaluation never changes. */
const forever = { staleTime: Number.POSITIVE_INFINITY };

export function useBenchmarks() {
  const client = useClient();
  return useQuery({ queryKey: keys.benchmarks, queryFn: () => client.evaluations.benchmarks.query(), ...forever });
}

/** What Python programs run behind; looked for once, and only when programs are to be run. */
export function useCodeBoundary(enabled: boolean) {
  const client = useClient();
  return useQuery({ queryKey: keys.codeBoundary, queryFn: () => client.verify.boundary.query(), enabled, ...forever });
}

export function useBenchmarkEvaluations() {
  const client = useClient();
  return useQuery({ queryKey: keys.benchmarkEvaluations, queryFn: () => client.evaluations.list.query() });
}

export function useEvaluationSummary(evaluationId: string) {
  const client = useClient();
  return useQuery({
    queryKey: keys.evaluationSummary(evaluationId),
    queryFn: () => client.evaluations.summary.query({ evaluationId }),
    ...forever,
  });
}

export function useEvaluationProblems(evaluationId: string) {
  const client = useClient();
  return useQuery({
    queryKey: keys.evaluationProblems(evaluationId),
    queryFn: () => client.evaluations.problems.query({ evaluationId }),
    ...forever,
  });
}

export function useEvaluationComparison(before: string, after: string) {
  const client = useClient();
  return useQuery({
    queryKey: keys.evaluationComparison(before, after),
    queryFn: () => client.evaluations.compare.query({ before, after }),
    ...forever,
  });
}

export function useStartEvaluation() {
  const client = useClient();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (input: z.input<typeof startEvaluationInput>) => client.evaluations.start.mutate(input),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.studies }),
  });
}

export function useExtendEvaluation() {
  const client = useClient();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (input: z.input<typeof extendEvaluationInput>) => client.evaluations.extend.mutate(input),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: keys.benchmarkEvaluations });
      return queries.invalidateQueries({ queryKey: keys.studies });
    },
  });
}

export function useResponsesToDataset() {
  const client = useClient();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (input: z.input<typeof responsesToDatasetInput>) => client.evaluations.toDataset.mutate(input),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.importedDatasets }),
  });
}
