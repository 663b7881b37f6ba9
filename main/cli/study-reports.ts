// What a study's kind gives beside its result, asked of the host: a report that a kind does not have, or not yet, is null.
import type { TRPCClient } from "@trpc/client";
import type { Alignment, FairnessReport, FateMap, Fingerprint, OverlongReport } from "../contract/index.ts";
import type { AppRouter } from "../host/router/index.ts";
import { formatFailure } from "./failure.ts";

export interface StudyReports {
  fairness: FairnessReport | null;
  /** By step. */
  alignment: Alignment | null;
  overlong: OverlongReport | null;
  /** Of the study that is asked for, whatever other seeds there are. */
  fates: FateMap | null;
  /** Of the study that is asked for. */
  fingerprints: Fingerprint[] | null;
}

export async function reportsOf(client: TRPCClient<AppRouter>, input: { id: string; seeds: "this" | "all" }): Promise<StudyReports> {
  const { id } = input;
  const [fairness, alignment, overlong, fates, fingerprints] = await Promise.all([
    orNull(client.results.fairness.query(input)),
    orNull(client.results.alignment.query({ ...input, axis: "step" })),
    orNull(client.results.overlong.query(input)),
    orNull(client.results.fates.query({ id })),
    orNull(client.results.fingerprints.query({ id })),
  ]);
  return { fairness, alignment, overlong, fates, fingerprints: fingerprints?.length ? fingerprints : null };
}

/** A report that cannot be made is told of, and takes nothing away from the others. */
async function orNull<Report>(asked: Promise<Report>): Promise<Report | null> {
  try {
    return await asked;
  } catch (thrown) {
    process.stderr.write(`${formatFailure(thrown)}\n`);
    return null;
  }
}
