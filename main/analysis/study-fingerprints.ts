// Fingerprints of a study's starts, from what the finder sampled of each at the temperature it chose; and over studies, how they go
// with what RL gained.
import type { Fingerprint, FingerprintCorrelations } from "../contract/fingerprint.ts";
import type { StudyRecord } from "../contract/run.ts";
import { armNames } from "../contract/study.ts";
import { correlateFingerprints, type FingerprintPoint, type FingerprintSample, fingerprintOf } from "./fingerprint.ts";
import { ofKind } from "./study-points.ts";

/** Samples of an evaluation, with texts. */
export type SamplesOf = (evaluationId: string) => Promise<FingerprintSample[]>;

/** One for each start whose temperature was found before its first stage of RL. */
export async function fingerprintsOfStudy(study: StudyRecord, samplesOf: SamplesOf): Promise<Fingerprint[]> {
  const rl = ofKind(study, "rl");
  const budgets = [...new Set(rl.map(({ plan }) => plan.config.maxResponseTokens))];
  const seen = new Set<string>();
  const prints: Fingerprint[] = [];
  for (const { plan, result } of ofKind(study, "temperature")) {
    if (!result?.temperature || !result.evaluationId || seen.has(plan.start)) continue;
    seen.add(plan.start);
    const samples = await samplesOf(result.evaluationId);
    const { chosen, candidates } = result.temperature;
    const groupSize = plan.groupSize ?? rl[0]?.plan.config.groupSize ?? 2;
    prints.push(fingerprintOf({ start: plan.start, temperature: chosen, budget: plan.maxResponseTokens, samples, sweep: candidates, budgets, groupSize })); // biome-ignore format: one record
  }
  return prints;
}

/** Finished studies that take starts of their own through RL, with the scores of each arm before and after. Null below three starts. */
export async function fingerprintCorrelations(
  studies: readonly StudyRecord[],
  samplesOf: SamplesOf,
  score: (evaluationId: string) => number | undefined,
): Promise<FingerprintCorrelations | null> {
  const points: FingerprintPoint[] = [];
  for (const study of studies.filter(({ status }) => status === "done")) {
    // The epochs of one start are no starts of their own.
    if (study.recipe.kind === "epochs") continue;
    const arms = armNames(study.recipe);
    const at = (arm: string, when: "before" | "after") =>
      ofKind(study, "evaluate").find(({ plan }) => plan.start === arm && plan.when === when)?.result?.evaluationId;
    for (const fingerprint of await fingerprintsOfStudy(study, samplesOf)) {
      // Starts that fork into several arms have no one gain.
      if (!arms.includes(fingerprint.start)) continue;
      const [before, after] = (["before", "after"] as const).map((when) => score(at(fingerprint.start, when) ?? ""));
      if (before === undefined || after === undefined) continue;
      points.push({ start: `${study.name} (${study.recipeHash.slice(0, 6)}), ${fingerprint.start}`, fingerprint, gain: after - before });
    }
  }
  return new Set(points.map(({ start }) => start)).size < 3 ? null : correlateFingerprints(points);
}
