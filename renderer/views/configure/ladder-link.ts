// What a link to Configure says of a ladder that was built on a dataset: `/configure/ladder?sft=DATASET&cells=64x1,64x4`, and `base` and
// `seed`. Pure.
import type { LadderCell } from "../../../main/contract/study.ts";
import { link } from "../../client/location.ts";

export interface LadderLink {
  dataset: string;
  cells: LadderCell[];
  /** Null: the contract's own. */
  base: string | null;
  seed: number;
}

export const cellsText = (cells: LadderCell[]): string =>
  cells.map(({ prompts, responsesPerPrompt }) => `${prompts}x${responsesPerPrompt}`).join(",");

/** What is no cell is left out. */
export const cellsOf = (text: string | null): LadderCell[] =>
  [...(text ?? "").matchAll(/(?<![^,])([1-9]\d{0,8})x([1-9]\d{0,8})(?![^,])/g)].map(([, prompts, responses]) => ({
    prompts: Number(prompts),
    responsesPerPrompt: Number(responses),
  }));

export function seedOf(text: string | null): number {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : 1;
}

export function ladderLink({ dataset, cells, base, seed }: LadderLink): string {
  return link("/configure/ladder", { sft: dataset, cells: cellsText(cells), base, seed: seed === 1 ? null : String(seed) });
}

/** Null where the link names no ladder. */
export function readLadderLink(query: string): LadderLink | null {
  const entries = new URLSearchParams(query);
  const dataset = entries.get("sft");
  const cells = cellsOf(entries.get("cells"));
  return dataset === null || cells.length === 0 ? null : { dataset, cells, base: entries.get("base"), seed: seedOf(entries.get("seed")) };
}
