// What a ladder is built from, as the link says it; how far its sliders go; and which cells cannot be had, and why. Pure.
import type { LadderPreview } from "../../../main/contract/ladder.ts";
import { leastForPreset } from "../../../main/contract/ladder-preset.ts";
import { cellName, type LadderCell } from "../../../main/contract/study.ts";
import { count, plural } from "../../components/format.ts";
import { cellsOf, seedOf } from "../configure/ladder-link.ts";

export type Available = LadderPreview["available"];

/** v7 of the preset; prompts null: all that have so many responses. */
export interface Preset {
  responses: number;
  prompts: number | null;
}

export interface LadderChoices {
  /** Checkpoint whose tokens measure responses; null: characters. */
  tokenizer: string | null;
  seed: number;
  /** Null: not chosen yet. */
  by: "cells" | "preset" | null;
  cells: LadderCell[];
  /** Where the sliders of the next cell stand. */
  next: LadderCell | null;
  preset: Preset | null;
}

export function readChoices(query: string): LadderChoices {
  const entries = new URLSearchParams(query);
  const by = entries.get("by");
  const [, prompts, responses] = /^(?:([1-9]\d{0,8})x)?([1-9]\d{0,8})$/.exec(entries.get("v7") ?? "") ?? [];
  return {
    tokenizer: entries.get("tokenizer"),
    seed: seedOf(entries.get("seed")),
    by: by === "cells" || by === "preset" ? by : null,
    cells: cellsOf(entries.get("cells")),
    next: cellsOf(entries.get("next"))[0] ?? null,
    preset: responses === undefined ? null : { responses: Number(responses), prompts: prompts === undefined ? null : Number(prompts) },
  };
}

export const presetText = ({ responses, prompts }: Preset): string => (prompts === null ? String(responses) : `${prompts}x${responses}`);

/** Problems that have at least so many different responses. */
export const problemsWith = (available: Available, responses: number): number =>
  available.find((each) => each.responses === responses)?.problems ?? 0;

/** Most responses that so many problems have; 0: not even one. */
function mostFor(available: Available, prompts: number): number {
  return available.reduce((most, { responses, problems }) => (problems >= prompts ? Math.max(most, responses) : most), 0);
}

/** Where a slider of prompts stops: powers of two, the middles between them, and both ends. */
export function promptStops(least: number, most: number): number[] {
  const stops = new Set([least]);
  for (let power = 1; power < most; power *= 2)
    for (const stop of [power, 1.5 * power]) if (stop > least && stop < most && Number.isInteger(stop)) stops.add(stop);
  return [...stops.add(Math.max(least, most))];
}

/** The last of ascending stops that is at most so much, or the first. */
export const lastUpTo = (stops: number[], most: number): number => stops.reduce((last, stop) => (stop <= most ? stop : last), stops[0]);

/** Responses that v7 may have, fewest first. */
export function presetResponses(available: Available): number[] {
  return available
    .filter(({ responses, problems }) => responses >= leastForPreset.responses && problems >= leastForPreset.prompts)
    .map(({ responses }) => responses);
}

/** The preset whose v7 has most examples; null where there are too few problems for any. */
export function largestPreset(available: Available): Preset | null {
  const size = (responses: number) => responses * problemsWith(available, responses);
  const [responses] = presetResponses(available).sort((a, b) => size(b) - size(a) || b - a);
  return responses === undefined ? null : { responses, prompts: null };
}

export const examplesOf = ({ prompts, responsesPerPrompt }: LadderCell): number => prompts * responsesPerPrompt;

/** Smallest first, as a study has them. */
export function bySize<Cell extends LadderCell>(cells: readonly Cell[]): Cell[] {
  return [...cells].sort((a, b) => examplesOf(a) - examplesOf(b) || a.prompts - b.prompts);
}

/** For each cell why it cannot be had; null where it can. Those that cannot take no part in what the others draw from. */
export function faultsOf(cells: readonly LadderCell[], available: Available): (string | null)[] {
  const names = cells.map(cellName);
  const alone = cells.map((cell, i) => (names.indexOf(names[i]) < i ? "The ladder has this cell already." : faultAlone(cell, available)));
  const sound = cells.filter((_, i) => alone[i] === null);
  return cells.map((cell, i) => alone[i] ?? faultBeside(cell, sound, available));
}

function faultAlone({ prompts, responsesPerPrompt }: LadderCell, available: Available): string | null {
  const most = available.at(-1)?.responses ?? 0;
  if (responsesPerPrompt > most) return `No problem has ${count(responsesPerPrompt)} different responses: at most ${count(most)}.`;
  const problems = problemsWith(available, responsesPerPrompt);
  if (prompts <= problems) return null;
  const fewer = mostFor(available, prompts);
  const have = `${plural(problems, "problem has", "problems have")} ${plural(responsesPerPrompt, "different response")}`;
  return `${have}: at most ${plural(problems, "prompt")}${fewer > 0 ? `, or at most ${plural(fewer, "response")}` : ""}.`;
}

/** All cells draw from the problems that have the most responses of any cell. */
function faultBeside({ prompts }: LadderCell, cells: readonly LadderCell[], available: Available): string | null {
  const widest = cells.reduce((most, cell) => (cell.responsesPerPrompt > most.responsesPerPrompt ? cell : most));
  const problems = problemsWith(available, widest.responsesPerPrompt);
  if (prompts <= problems) return null;
  const drawn = `Every cell draws from the ${plural(problems, "problem")} with the ${count(widest.responsesPerPrompt)} responses of ${cellName(widest)}`;
  return `${drawn}: at most ${plural(problems, "prompt")} here, or at most ${plural(mostFor(available, prompts), "response")} in every cell.`;
}
