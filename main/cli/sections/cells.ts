// A ladder's cells: what they are matched by, what each was trained on, and how alike their responses are in length.
import { otherwiseName, type StudyArm, type StudyResult } from "../../contract/index.ts";
import { average, fixed, table } from "../text.ts";

type Sft = NonNullable<StudyArm["runs"][number]["sft"]>;

export function cellsSection({ recipe, arms, seeds }: Pick<StudyResult, "recipe" | "arms" | "seeds">): string | null {
  if (recipe.kind !== "ladder") return null;
  const cells = arms.flatMap(({ name, runs }) => {
    const trained = runs.flatMap(({ sft }) => sft ?? []);
    return trained.length > 0 ? [{ name, trained }] : [];
  });
  if (cells.length === 0) return null;
  const other = recipe.otherwiseMatched;
  const matched = `Cells are matched by ${recipe.matched}${other ? `; ${otherwiseName(other)}: by ${other.matched}` : ""}.`;
  const titles = ["Examples", "Updates", "Trained tokens", "Wasserstein-1, tokens", "KS"];
  const rows = cells.map(({ name, trained }) => [
    name,
    mean(trained, ({ examples }) => examples, whole),
    mean(trained, ({ steps }) => steps, whole),
    mean(trained, ({ tokens }) => tokens, whole),
    mean(
      trained,
      ({ lengths }) => lengths?.wasserstein ?? null,
      (value) => fixed(value, 2),
    ),
    mean(
      trained,
      ({ lengths }) => lengths?.ks ?? null,
      (value) => fixed(value, 3),
    ),
  ]);
  const title = seeds.length > 1 ? "Cell, mean over seeds" : "Cell";
  return [matched, ...farthest(cells), table([[title, ...titles], ...rows])].join("\n");
}

const whole = (value: number): string => Math.round(value).toLocaleString("en-US");

function mean(trained: readonly Sft[], of: (sft: Sft) => number | null, show: (value: number) => string): string {
  const known = trained.flatMap((sft) => of(sft) ?? []);
  return known.length === 0 ? "" : show(average(known));
}

/** The largest distances over cells and seeds. */
function farthest(cells: readonly { trained: readonly Sft[] }[]): string[] {
  const all = cells.flatMap(({ trained }) => trained.flatMap(({ lengths }) => lengths ?? []));
  if (all.length === 0) return [];
  const largest = (of: "wasserstein" | "ks") => Math.max(...all.map((lengths) => lengths[of]));
  return [
    `Response lengths are at most ${fixed(largest("wasserstein"), 2)} tokens (Wasserstein-1) and ${fixed(largest("ks"), 3)} (Kolmogorov–Smirnov) from the largest cell's.`,
  ];
}
