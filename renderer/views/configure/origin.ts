// What a recipe begins from, as the link says it: `/configure/PRESET`, `/configure/KIND` (its first preset, or empty where it has
// none), `/configure/KIND?from=empty`, `/configure/KIND?from=STUDY` (of another kind: what both have); `checkpoint=ID` for kinds that
// begin from one checkpoint; a ladder with the rows and cells that ladder-link.ts writes. Pure.
import type { Preset } from "../../../main/contract/api.ts";
import { isPooled, type StudyKind, type StudyRecipe } from "../../../main/contract/study.ts";
import { isKind, kinds } from "../../components/study-kinds.ts";
import { cellsText, type LadderLink } from "./ladder-link.ts";
import { emptyRecipe } from "./recipe-fields.ts";
import { schemaOf, shapesOf } from "./recipe-schema.ts";
import { freshOf, withValue } from "./recipe-values.ts";

/** A recipe while it is worked on: of a kind, and not yet whole. */
export type Draft = { kind: StudyKind; name: string };

export interface Origin {
  /** Of the draft, and of the form that shows it. */
  key: string;
  recipe: Draft;
  /** As it ships. */
  preset?: Preset;
}

/** `past` is the recipe of the study that `from` names, once it was read. */
export function originOf(
  what: string | null,
  { from, checkpoint, ladder = null }: { from: string | null; checkpoint: string | null; ladder?: LadderLink | null },
  presets: Preset[],
  past: StudyRecipe | undefined,
): Origin {
  if (what === "ladder" && ladder !== null) return ladderOf(ladder);
  const origin = withoutCheckpoint(what, from, presets, past);
  if (checkpoint === null || checkpoint === "" || !fromOne.has(origin.recipe.kind)) return origin;
  return { key: `${origin.key} on ${checkpoint}`, recipe: { ...origin.recipe, checkpoint } as Draft };
}

const fromOne = new Set<StudyKind>(["rl", "sft", "evaluation"]);

function withoutCheckpoint(what: string | null, from: string | null, presets: Preset[], past: StudyRecipe | undefined): Origin {
  if (past !== undefined && from !== null)
    return isKind(what) && what !== past.kind
      ? { key: `${what} as study ${from}`, recipe: asKind(what, past) }
      : { key: `study ${from}`, recipe: past };
  const named = presets.find((preset) => preset.key === what);
  // A link to a preset that is gone leads to the first one.
  const kind = named?.recipe.kind ?? (isKind(what) ? what : (presets[0]?.recipe.kind ?? "weak-vs-strong"));
  const preset = named ?? presets.find(({ recipe }) => recipe.kind === kind);
  if (from === "empty" || preset === undefined) return { key: `empty ${kind}`, recipe: emptyRecipe(kind, kinds[kind].label) };
  return { key: `preset ${preset.key}`, recipe: preset.recipe, preset };
}

/** A study of one kind with all that another's recipe says and that it has a place for: a fork keeps the problems and the rules. */
function asKind(kind: StudyKind, past: StudyRecipe): Draft {
  const known = schemaOf(kind).properties ?? {};
  // Rows of one dataset, as SFT and an evaluation take, are not the four pools of a study.
  const own = isPooled(past) ? ["kind", "name", "description"] : ["kind", "name", "description", "data"];
  const kept = Object.entries(past).filter(([key]) => key in known && !own.includes(key));
  return { ...emptyRecipe(kind, `${kinds[kind].label} after ${past.name}`), ...Object.fromEntries(kept) };
}

/** Rows and cells are there; what is measured on, dev and test, is left to be chosen. */
function ladderOf({ dataset, cells, base }: LadderLink): Origin {
  const imported = shapesOf(schemaOf("ladder").properties?.data ?? {}).find(({ properties }) => properties?.kind?.const === "imported");
  const [rows] = shapesOf(imported?.properties?.sft ?? {});
  const recipe = {
    ...emptyRecipe("ladder", kinds.ladder.label),
    data: withValue(freshOf(imported ?? {}), ["sft"], withValue(freshOf(rows), ["dataset"], dataset)),
    cells,
  };
  return {
    key: `empty ladder on ${dataset} ${cellsText(cells)} ${base ?? ""}`,
    recipe: base === null ? recipe : withValue(recipe, ["base"], base),
  };
}
