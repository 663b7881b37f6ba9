// The watch over a stage's entropy at T, live: the band of its finder against the stage's metrics as they come in.
import { useMemo } from "react";
import type { StageRecord, StudyRecord } from "../../main/contract/run.ts";
import { type BandWatch, bandOfFinder, finderOf, watchBand } from "../charts/entropy-band.ts";
import { useMetricsOf } from "./queries.ts";

/** Null for a stage without a band. */
export function useBandWatch(study: StudyRecord | undefined, stage: StageRecord | undefined): BandWatch | null {
  const finder = study !== undefined && stage !== undefined ? finderOf(study, stage) : undefined;
  const band = bandOfFinder(finder?.result?.temperature);
  const [metrics] = useMetricsOf(band === null || stage === undefined ? [] : [stage.id]);
  const columns = metrics?.data;
  const [low, high] = [band?.low, band?.high];
  return useMemo(
    () => (low === undefined || high === undefined ? null : watchBand(columns ?? { steps: [], values: {} }, { low, high })),
    [columns, low, high],
  );
}
