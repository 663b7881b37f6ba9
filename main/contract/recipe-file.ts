// A recipe as YAML text, and what is wrong with a text that is none.
import { z } from "zod";
import { type StudyRecipe, studyRecipe } from "./study.ts";

export interface RecipeProblem {
  /** 1-based. */
  line: number;
  column: number;
  /** With dots; empty for the text as a whole. */
  path: string;
  message: string;
}

/** studies.parseRecipe */
export const parseRecipeInput = z.object({ text: z.string().max(1_000_000) });
/** studies.recipeText */
export const recipeTextInput = z.object({ recipe: studyRecipe });

/** What a text is. */
export type ParsedRecipe = { recipe: StudyRecipe } | { problems: RecipeProblem[] };
