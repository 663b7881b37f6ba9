// Reads of what studies found. Of a running study they are read again as its evaluations come in (live.ts invalidates by study).
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { AlignmentAxis } from "../../main/contract/alignment.ts";
import type { ReplayRule } from "../../main/contract/replay.ts";
import { useClient } from "./queries.ts";
import { keys } from "./query-keys.ts";

export type Seeds = "this" | "all";

export function useResult(id: string | null, seeds: Seeds) {
  const client = useClient();
  return useQuery({
    queryKey: [...keys.comparison(id ?? ""), "result", seeds],
    queryFn: () => client.results.get.query({ id: id ?? "", seeds }),
    enabled: id !== null,
    placeholderData: keepPreviousData,
  });
}

export function useOverlong(id: string, seeds: Seeds, enabled: boolean) {
  const client = useClient();
  return useQuery({
    queryKey: [...keys.comparison(id), "overlong", seeds],
    queryFn: () => client.results.overlong.query({ id, seeds }),
    enabled,
  });
}

export function useFairness(id: string, seeds: Seeds, enabled: boolean) {
  const client = useClient();
  return useQuery({
    queryKey: [...keys.comparison(id), "fairness", seeds],
    queryFn: () => client.results.fairness.query({ id, seeds }),
    enabled,
  });
}

export function useAlignment(id: string, seeds: Seeds, axis: AlignmentAxis, enabled: boolean) {
  const client = useClient();
  return useQuery({
    queryKey: [...keys.comparison(id), "alignment", seeds, axis],
    queryFn: () => client.results.alignment.query({ id, seeds, axis }),
    enabled,
    placeholderData: keepPreviousData,
  });
}

export function useFates(id: string, enabled: boolean) {
  const client = useClient();
  return useQuery({ queryKey: [...keys.comparison(id), "fates"], queryFn: () => client.results.fates.query({ id }), enabled });
}

export function useFingerprints(id: string, enabled: boolean) {
  const client = useClient();
  return useQuery({
    queryKey: [...keys.comparison(id), "fingerprints"],
    queryFn: () => client.results.fingerprints.query({ id }),
    enabled,
  });
}

/** Asked for only under a rule that is not the run's own. */
export function useReplay(studyId: string, stageId: string, rule: ReplayRule, enabled: boolean) {
  const client = useClient();
  return useQuery({
    queryKey: [...keys.comparison(studyId), "replay", stageId, rule],
    queryFn: () => client.results.replay.query({ stageId, rule }),
    enabled,
    // Another rule's answer may stand until the new one is there; another stage's may not.
    placeholderData: (last, query) => (query?.queryKey.includes(stageId) ? last : undefined),
  });
}

/** Over finished studies of one measure: asked anew when more are finished. */
export function useFingerprintCorrelations(id: string, finished: number) {
  const client = useClient();
  return useQuery({
    queryKey: ["fingerprint-correlations", id, finished],
    queryFn: () => client.results.fingerprintCorrelations.query({ id }),
  });
}

export function usePublished(enabled: boolean) {
  const client = useClient();
  return useQuery({
    queryKey: ["published"],
    queryFn: () => client.results.published.query(),
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
