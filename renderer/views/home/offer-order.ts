// In which order Home offers the presets: those that measure something first, then the small ones; within these by kind. Pure.
import type { Preset } from "../../../main/contract/api.ts";
import { kindOrder } from "../../components/study-kinds.ts";

/** Presets of a minute or less show that all of it works; they measure nothing. */
export const small = ({ minutes }: Pick<Preset, "minutes">): boolean => minutes <= 1;

/** Within a kind, presets stay as they are listed. */
export function inOrder(presets: Preset[]): Preset[] {
  const rank = (preset: Preset) => Number(small(preset)) * kindOrder.length + kindOrder.indexOf(preset.recipe.kind);
  return [...presets].sort((a, b) => rank(a) - rank(b));
}
