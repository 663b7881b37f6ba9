// Whether a recipe's rows and responses have room in its checkpoints: told by the plan, and refused at the start with the same words.
import { isTrainedHere, type PooledRecipe, type PreflightProblem, startsOf } from "../contract/index.ts";
import type { Host } from "./host.ts";

/** What one field asks for. */
interface Asked {
  where: string;
  what: string;
  tokens: number;
}

/** Throws for a checkpoint that is not there. */
export async function unfit(host: Host, recipe: PooledRecipe): Promise<PreflightProblem[]> {
  const rows = rowsOf(recipe);
  const budgets = budgetsOf(recipe);
  const named = startsOf(recipe).flatMap((start) => (isTrainedHere(start) ? [] : [start.checkpoint]));
  const checkpoints = new Set([...(rows.length > 0 ? [recipeBase(recipe)] : []), ...named, ...(recipe.kind === "rl" ? [recipe.checkpoint] : [])]); // biome-ignore format: one thought
  const problems: PreflightProblem[] = [];
  for (const id of checkpoints) {
    const positions = (await host.checkpoints.card(id)).file.model.maxPositionEmbeddings;
    const say = ({ where, what, tokens }: Asked, forWhat: string, hint: string) =>
      problems.push({
        severity: "stops",
        where,
        message: `${what} may have ${tokens} tokens, and ${id} has ${positions} positions for ${forWhat}.`,
        hint,
      });
    if (rows.length > 0 && id === recipeBase(recipe))
      for (const asked of rows) if (asked.tokens > positions) say(asked, "a row", `Lower it to at most ${positions}.`);
    for (const asked of budgets) if (asked.tokens >= positions) say(asked, "prompt and response", `Lower it below ${asked.where === "budgets" ? Math.ceil(positions / 2) : positions}.`); // biome-ignore format: one thought
  }
  return problems;
}

const recipeBase = (recipe: PooledRecipe): string => (recipe.kind === "rl" ? recipe.checkpoint : recipe.base);

/** The longest row of each SFT. */
function rowsOf(recipe: PooledRecipe): Asked[] {
  const row = (where: string, tokens: number): Asked => ({ where: `${where}sft.maxLength`, what: "A row of SFT", tokens });
  if (recipe.kind === "ladder") return [row("", recipe.sft.maxLength)];
  return startsOf(recipe).flatMap((start, i) =>
    isTrainedHere(start) ? [row(recipe.kind === "weak-vs-strong" ? `starts.${i}.` : "start.", start.sft.maxLength)] : [],
  );
}

/** The budget of every response that is generated. */
function budgetsOf(recipe: PooledRecipe): Asked[] {
  const budget = (where: string, tokens: number, what = "A response"): Asked => ({ where, what, tokens });
  const final = budget("finalEval.maxResponseTokens", recipe.finalEval.maxResponseTokens);
  if (recipe.kind === "ladder") return [final];
  const dev = budget("devEval.maxResponseTokens", recipe.devEval.maxResponseTokens);
  if (recipe.kind === "overlong")
    return [dev, budget("budgets", 2 * Math.max(...recipe.budgets), "A response at twice the largest budget")];
  const { rl } = recipe;
  if (!rl || (recipe.kind === "epochs" && recipe.branchRl.length === 0)) return [final];
  const stages = ("stages" in recipe && recipe.stages) || [];
  const own = stages.flatMap(({ maxResponseTokens }, i) => maxResponseTokens === undefined ? [] : [budget(`stages.${i}.maxResponseTokens`, maxResponseTokens)]); // biome-ignore format: one thought
  const shared = stages.length > 0 && own.length === stages.length ? [] : [budget("rl.maxResponseTokens", rl.maxResponseTokens)];
  return [dev, final, ...shared, ...own];
}
