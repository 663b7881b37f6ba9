// Whether an arm's entropy at T stays in the model's own band, which the finder measured before RL. What counts is the mean over the
// last steps, so that one noisy step does not ring. Pure.
import type { MetricColumns } from "../../main/contract/api.ts";
import type { StageRecord, StudyRecord, TemperatureResult } from "../../main/contract/run.ts";
import { fixed } from "../components/format.ts";

export interface EntropyBand {
  low: number;
  high: number;
}

/** Steps in one mean. */
export const watchedSteps = 5;

/** Successive steps whose mean lay on one side of the band. */
export interface Excursion {
  side: "below" | "above";
  from: number;
  to: number;
  /** No mean lay in the band, or on its other side, before. */
  sinceBegin: boolean;
}

export interface BandWatch {
  band: EntropyBand;
  /** Where the last mean lies; waiting: there is none yet. */
  state: "waiting" | "in" | "below" | "above";
  /** The last mean. */
  entropy: number | null;
  /** T of the last step. */
  temperature: number | null;
  excursions: Excursion[];
}

/**
 * The finder whose band an RL stage is held to: the one that sets its T; where the recipe sets T, one that sampled from the
 * checkpoint the stage begins with.
 */
export function finderOf(study: Pick<StudyRecord, "stages">, { plan }: StageRecord): StageRecord | undefined {
  if (plan.kind !== "rl") return undefined;
  const { temperature, from } = plan;
  const same = JSON.stringify(from);
  return study.stages.find(({ plan: other }) =>
    typeof temperature === "object" ? other.key === temperature.stage : other.kind === "temperature" && JSON.stringify(other.from) === same,
  );
}

/** A band of one candidate has no width: it then reaches halfway to the nearest other one. */
export function bandOfFinder(result: TemperatureResult | undefined): EntropyBand | null {
  if (!result?.band) return null;
  const { low, high } = result.band;
  if (low < high) return { low, high };
  const others = result.candidates.map(({ entropy }) => Math.abs(entropy - low)).filter((distance) => distance > 0);
  if (others.length === 0) return null;
  const half = Math.min(...others) / 2;
  return { low: Math.max(0, low - half), high: high + half };
}

export function watchBand({ steps, values }: MetricColumns, band: EntropyBand): BandWatch {
  const excursions: Excursion[] = [];
  const last: number[] = [];
  let state: BandWatch["state"] = "waiting";
  let entropy: number | null = null;
  steps.forEach((step, i) => {
    const value = values.entropy?.[i];
    if (value === null || value === undefined) return;
    last.push(value);
    if (last.length > watchedSteps) last.shift();
    if (last.length < watchedSteps) return;
    entropy = last.reduce((sum, each) => sum + each, 0) / watchedSteps;
    const before = state;
    state = entropy < band.low ? "below" : entropy > band.high ? "above" : "in";
    if (state === "in") return;
    if (state === before) excursions[excursions.length - 1].to = step;
    else excursions.push({ side: state, from: step, to: step, sinceBegin: before === "waiting" });
  });
  const temperatures = (values.temperature ?? []).filter((value) => value !== null);
  return { band, state, entropy, temperature: temperatures[temperatures.length - 1] ?? null, excursions };
}

export const isOut = ({ state }: BandWatch): boolean => state === "below" || state === "above";

/** As few digits as tell the mean from the end that it passed. */
function digitsOf({ band, state, entropy }: BandWatch): number {
  const end = state === "below" ? band.low : band.high;
  if (entropy === null || state === "in" || state === "waiting") return 2;
  return [2, 3, 4].find((digits) => fixed(entropy, digits) !== fixed(end, digits)) ?? 5;
}

export function bandText({ low, high }: EntropyBand, digits = 2): string {
  return `[${fixed(low, digits)}, ${fixed(high, digits)}]`;
}

const temperatureText = (temperature: number): string => String(Number(temperature.toFixed(2)));
const spanText = ({ side, from, to }: Excursion): string => `${side} ${from === to ? `at step ${from}` : `in steps ${from} to ${to}`}`;

/** The watch in a sentence about `name`; `live`: its stage still runs. */
export function bandSentence(name: string, watch: BandWatch, live: boolean): string {
  const { band, state, entropy, temperature, excursions } = watch;
  if (entropy === null)
    return live
      ? `${name}: entropy at T is told from its band ${bandText(band)} once there is a mean of ${watchedSteps} steps`
      : `${name}: its band of entropy at T is ${bandText(band)}`;
  const digits = digitsOf(watch);
  const at = temperature === null ? "" : ` (T ${temperatureText(temperature)})`;
  const begin = live ? `${name}: entropy at T ${fixed(entropy, digits)} is` : `${name}: entropy at T ended at ${fixed(entropy, digits)},`;
  if (isOut(watch)) {
    const { from, sinceBegin } = excursions[excursions.length - 1];
    return `${begin} ${state} its band ${bandText(band, digits)} since ${sinceBegin ? "it began" : `step ${from}`}${at}`;
  }
  const shown = excursions.slice(-2).map(spanText).join(", ");
  const more = excursions.length > 2 ? ` and ${excursions.length - 2} times before` : "";
  return `${begin} in its band ${bandText(band)}${at}${shown && `; it was ${shown}${more}`}`;
}

/** The same in a few words, for where the name stands beside it. */
export function bandWords(watch: BandWatch, live: boolean): string {
  const { band, state, entropy, excursions } = watch;
  if (entropy === null) return `band ${bandText(band)}`;
  if (isOut(watch)) return `entropy ${fixed(entropy, digitsOf(watch))}, ${live ? "" : "ended "}${state} its band`;
  const left = excursions.length === 0 ? "" : `, was ${excursions[excursions.length - 1].side} it`;
  return `entropy ${fixed(entropy, 2)}, in its band${left}`;
}
