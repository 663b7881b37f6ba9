import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { stagePlan, weakVsStrongRecipe } from "../../contract/index.ts";
import { migrate, migrations } from "./migrate.ts";

const start = (name: string) => ({ name, prompts: 2, responsesPerPrompt: 1, sft: {} });
const recipe = weakVsStrongRecipe.parse({ kind: "weak-vs-strong", name: "S", base: "b", starts: [start("weak"), start("strong")], rl: {} });
const { temperature, rl, devEval, finalEval } = recipe;

/** Plans as the first two schemas stored them, each with what this migration adds. */
const stages = [
  [{ kind: "data", label: "Data" }, { key: "data" }],
  [
    { kind: "sft", label: "SFT", start: "weak", config: recipe.starts[0] },
    { key: "sft/weak", from: { checkpoint: "b" } },
  ],
  [
    { kind: "temperature", label: "T", start: "weak", config: temperature, maxResponseTokens: 64 },
    { key: "temperature/weak", from: { stage: "sft/weak" } },
  ],
  [
    { kind: "evaluate", label: "Before", start: "weak", when: "before", config: finalEval },
    { key: "evaluate/weak/before", from: { stage: "sft/weak" } },
  ],
  [
    { kind: "rl", label: "RL", start: "weak", config: rl, devEval },
    { key: "rl/weak", from: { stage: "sft/weak" }, temperature: { stage: "temperature/weak" } },
  ],
  [
    { kind: "evaluate", label: "After", start: "weak", when: "after", config: finalEval },
    { key: "evaluate/weak/after", from: { stage: "rl/weak" } },
  ],
];

test("stages of stored studies get keys and say what they begin from", () => {
  const db = new Database(":memory:");
  migrate(db, migrations.slice(0, 2));
  const addStudy = db.prepare(
    "INSERT INTO studies (id, name, recipe_json, recipe_hash, seed, status, created_at, code_version) VALUES (?, 'S', ?, 'h', 1, 'done', 't', 'c')",
  );
  const addStage = db.prepare("INSERT INTO stages (id, study_id, ordinal, plan_json) VALUES (?, ?, ?, ?)");
  addStudy.run("s", JSON.stringify(recipe));
  for (const [i, [plan]] of stages.entries()) addStage.run(`s-${i}`, "s", i, JSON.stringify(plan));
  addStudy.run("e", JSON.stringify({ kind: "evaluation", checkpoint: "m" }));
  const alone = JSON.stringify({ kind: "evaluate", label: "E", start: "m", when: "alone", config: finalEval });
  for (const i of [1, 2]) addStage.run(`e-${i}`, "e", i, alone);
  migrate(db);
  const read = (study: string) =>
    db
      .prepare<[string], string>("SELECT plan_json FROM stages WHERE study_id = ? ORDER BY ordinal")
      .pluck()
      .all(study)
      .map((plan) => JSON.parse(plan));
  expect(read("s")).toEqual(stages.map(([before, added]) => ({ ...before, ...added })));
  for (const plan of read("s")) expect(stagePlan.parse(plan)).toEqual(plan);
  expect(read("e")).toMatchObject([
    { key: "evaluate/m/alone/1", from: { checkpoint: "m" } },
    { key: "evaluate/m/alone/2", from: { checkpoint: "m" } },
  ]);
});
