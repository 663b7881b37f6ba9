// A data ladder: SFT sets of different size along two axes, prompts and responses a prompt, each inside the larger ones, with the same
// mix of response lengths.
import { z } from "zod";
import { ladderCell } from "./study.ts";

export const namedCell = ladderCell.extend({ name: z.string().min(1).max(64) });
export type NamedCell = z.infer<typeof namedCell>;

export const ladderCellReport = namedCell.extend({
  examples: z.number().int().meta({ description: "Prompts × responses" }),
  tokens: z.number().meta({ description: "Of all responses together, in the unit that the ladder measures in" }),
  meanLength: z.number(),
  wasserstein: z.number().meta({ description: "Wasserstein-1 distance of the response lengths to the largest cell's, in the unit" }),
  ks: z.number().meta({ description: "Kolmogorov–Smirnov: the largest difference of the two cumulative distributions, 0 to 1" }),
});
export type LadderCellReport = z.infer<typeof ladderCellReport>;

export const ladderReport = z.object({
  largest: z.string().meta({ description: "Cell with the most examples, the one that distances are to" }),
  mostResponses: z.number().int().meta({ description: "Every cell draws from problems with at least so many different responses" }),
  eligible: z.number().int().meta({ description: "Problems that have them" }),
  pool: z.number().int().meta({ description: "Problems of the SFT pool" }),
  cells: z.array(ladderCellReport).meta({ description: "In the order in which they were asked for" }),
});
export type LadderReport = z.infer<typeof ladderReport>;

/** datasets.ladder.preview */
export const ladderPreviewInput = z.object({
  datasetId: z.string().meta({ description: "Imported dataset version: each row is a problem with its responses" }),
  cells: z.array(namedCell).max(64).default([]).meta({ description: "Empty, and no preset: only what there is for a ladder" }),
  preset: z
    .object({
      responses: z.number().int().positive().meta({ description: "v7's" }),
      prompts: z
        .number()
        .int()
        .positive()
        .nullable()
        .default(null)
        .meta({ description: "v7's; null: all problems with so many responses" }),
    })
    .nullable()
    .default(null)
    .meta({ description: "v1 to v7 in place of the cells" }),
  seed: z.number().int().nonnegative().default(1),
  tokenizer: z.string().nullable().default(null).meta({ description: "Checkpoint whose tokens measure responses; null: characters" }),
});
export type LadderPreviewInput = z.output<typeof ladderPreviewInput>;

/** What a ladder on a dataset's rows would be. */
export interface LadderPreview {
  unit: "tokens" | "characters";
  problems: number;
  /** Problems that have at least so many different responses: how far each slider goes. */
  available: { responses: number; problems: number }[];
  /** Null where neither cells nor a preset were asked for. */
  report: LadderReport | null;
}

/** datasets.ladder.make */
export const makeLadderInput = ladderPreviewInput.extend({
  name: z.string().min(1).max(48).meta({ description: "The sets are called after it and their cell" }),
});

/** A ladder's sets as dataset versions. */
export interface LadderSets {
  preview: LadderPreview;
  sets: { cell: string; datasetId: string; rows: number }[];
}
