import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { stagePlan, weakVsStrongRecipe } from "../../contract/index.ts";
import { planStudy } from "../../studies/plan.ts";
import { migrate, migrations } from "./migrate.ts";

/** A plan as the first two schemas stored it. */
function before({ key: _k, from: _f, ...plan }: Record<string, unknown>): string {
  if (plan.kind === "rl") delete plan.temperature;
  if (plan.kind === "temperature") delete plan.groupSize;
  return JSON.stringify(plan);
}

test("stages of stored studies get the keys and references that the planner gives now", () => {
  const db = new Database(":memory:");
  migrate(db, migrations.slice(0, 2));
  const start = (name: string) => ({ name, prompts: 2, responsesPerPrompt: 1, sft: {} });
  const recipe = weakVsStrongRecipe.parse({
    kind: "weak-vs-strong",
    name: "S",
    base: "b",
    starts: [start("weak"), start("strong")],
    rl: {},
  });
  const plans = planStudy(recipe);
  const addStudy = db.prepare(
    "INSERT INTO studies (id, name, recipe_json, recipe_hash, seed, status, created_at, code_version) VALUES (?, 'S', ?, 'h', 1, 'done', 't', 'c')",
  );
  const addStage = db.prepare("INSERT INTO stages (id, study_id, ordinal, plan_json) VALUES (?, ?, ?, ?)");
  addStudy.run("s", JSON.stringify(recipe));
  for (const [i, plan] of plans.entries()) addStage.run(`s-${i}`, "s", i, before(plan));
  addStudy.run("e", JSON.stringify({ kind: "evaluation", checkpoint: "m" }));
  for (const i of [1, 2])
    addStage.run(`e-${i}`, "e", i, JSON.stringify({ kind: "evaluate", label: "E", start: "m", when: "alone", config: recipe.finalEval }));
  migrate(db);
  const read = (study: string) =>
    db
      .prepare<[string], string>("SELECT plan_json FROM stages WHERE study_id = ? ORDER BY ordinal")
      .pluck()
      .all(study)
      .map((plan) => JSON.parse(plan));
  expect(read("s")).toEqual(plans.map((plan) => (plan.kind === "temperature" ? { ...plan, groupSize: undefined } : plan)));
  const evaluations = read("e").map((plan) => stagePlan.parse(plan));
  expect(evaluations.map(({ key }) => key)).toEqual(["evaluate/m/alone/1", "evaluate/m/alone/2"]);
  expect(evaluations).toMatchObject([{ from: { checkpoint: "m" } }, { from: { checkpoint: "m" } }]);
});
