// Reads and actions of the views, over the router's procedures.
import { useMutation, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import type { z } from "zod";
import type { startStudyInput } from "../../main/contract/api.ts";
import { readEvaluations, readMetrics } from "./live.ts";
import { type RowRange, usePages } from "./pages.ts";
import { keys, type ProblemsFilter, type RolloutsFilter, type SamplesFilter } from "./query-keys.ts";
import type { Client } from "./trpc.ts";

export const ClientContext = createContext<Client | null>(null);

export function useClient(): Client {
  const client = useContext(ClientContext);
  if (client === null) throw new Error("The view is outside of ClientContext.");
  return client;
}

export function useInfo() {
  const client = useClient();
  return useQuery({
    queryKey: keys.info,
    queryFn: () => client.system.info.query(),
    refetchInterval: (query) => (query.state.data?.engine === null ? 5000 : false),
  });
}

/** The report measures the machine, so it is read when asked for. */
export function useDoctor(enabled: boolean) {
  const client = useClient();
  return useQuery({ queryKey: keys.doctor, queryFn: () => client.system.doctor.query(), enabled, staleTime: Number.POSITIVE_INFINITY });
}

export function usePresets() {
  const client = useClient();
  return useQuery({ queryKey: keys.presets, queryFn: () => client.studies.presets.query(), staleTime: Number.POSITIVE_INFINITY });
}

export function useStudies() {
  const client = useClient();
  return useQuery({ queryKey: keys.studies, queryFn: () => client.studies.list.query() });
}

export function useStudy(id: string | null) {
  const client = useClient();
  return useQuery({ queryKey: keys.study(id ?? ""), queryFn: () => client.studies.get.query({ id: id ?? "" }), enabled: id !== null });
}

export function useMetricsOf(stageIds: string[]) {
  const client = useClient();
  return useQueries({
    queries: stageIds.map((stageId) => ({
      queryKey: keys.metrics(stageId),
      queryFn: () => readMetrics(client, stageId),
      staleTime: Number.POSITIVE_INFINITY,
    })),
  });
}

export function useEvaluations(studyId: string | null) {
  const client = useClient();
  return useQuery({
    queryKey: keys.evaluations(studyId ?? ""),
    queryFn: () => readEvaluations(client, studyId ?? ""),
    enabled: studyId !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useCheckpoints(studyId: string | null) {
  const client = useClient();
  return useQuery({
    queryKey: keys.checkpoints(studyId ?? ""),
    queryFn: () => client.runs.checkpoints.query({ studyId: studyId ?? "" }),
    enabled: studyId !== null,
  });
}

export function useComparison(studyId: string | null) {
  const client = useClient();
  return useQuery({
    queryKey: keys.comparison(studyId ?? ""),
    queryFn: () => client.compare.study.query({ id: studyId ?? "" }),
    enabled: studyId !== null,
  });
}

export function useDatasets() {
  const client = useClient();
  return useQuery({ queryKey: keys.datasets, queryFn: () => client.datasets.list.query() });
}

export function useProblem(datasetId: string, problemId: string) {
  const client = useClient();
  return useQuery({
    queryKey: keys.problem(datasetId, problemId),
    queryFn: () => client.datasets.problem.query({ datasetId, problemId }),
    enabled: datasetId !== "",
  });
}

export function useRolloutSteps(stageId: string | null) {
  const client = useClient();
  return useQuery({
    queryKey: keys.rolloutSteps(stageId ?? ""),
    queryFn: () => client.inspect.rolloutSteps.query({ stageId: stageId ?? "" }),
    enabled: stageId !== null,
  });
}

export function useRolloutTokens(rolloutId: number | null) {
  const client = useClient();
  return useQuery({
    queryKey: keys.rolloutTokens(rolloutId ?? -1),
    queryFn: () => client.inspect.rolloutTokens.query({ rolloutId: rolloutId ?? -1 }),
    enabled: rolloutId !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useProblems(filter: ProblemsFilter | null, range: RowRange) {
  const client = useClient();
  return usePages(
    filter === null ? null : keys.problems(filter),
    (page) => client.datasets.problems.query({ ...(filter as ProblemsFilter), ...page }),
    range,
  );
}

export function useRollouts(filter: RolloutsFilter | null, range: RowRange) {
  const client = useClient();
  return usePages(
    filter === null ? null : keys.rollouts(filter),
    (page) => client.inspect.rollouts.query({ ...(filter as RolloutsFilter), ...page }),
    range,
  );
}

export function useSamples(filter: SamplesFilter | null, range: RowRange) {
  const client = useClient();
  return usePages(
    filter === null ? null : keys.samples(filter),
    (page) => client.inspect.samples.query({ ...(filter as SamplesFilter), ...page }),
    range,
  );
}

export type StudyAction = "pause" | "resume" | "cancel" | "remove";

export function useStudyAction() {
  const client = useClient();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ action, id }: { action: StudyAction; id: string }) => client.studies[action].mutate({ id }),
    onSettled: (_data, _error, { id }) => {
      void queries.invalidateQueries({ queryKey: keys.studies });
      void queries.invalidateQueries({ queryKey: keys.study(id) });
    },
  });
}

export function useStartStudy() {
  const client = useClient();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (input: z.input<typeof startStudyInput>) => client.studies.start.mutate(input),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.studies }),
  });
}
