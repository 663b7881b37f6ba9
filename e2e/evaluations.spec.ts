// A checkpoint on a benchmark: started by the form, read problem by problem, extended, compared, turned into a dataset.
import { bringTinyLlama, expect, test } from "./fixtures.ts";
import { CheckpointsPage } from "./page-models/checkpoints-page.ts";
import { EvaluationsPage } from "./page-models/evaluations-page.ts";

test("a checkpoint is evaluated, its samples read, more are added, two evaluations stand side by side", async ({ workbench }) => {
  const { page } = workbench;
  bringTinyLlama(workbench);
  await new CheckpointsPage(page).import(workbench, "tiny-llama");
  const evaluations = new EvaluationsPage(page);
  const settings = { checkpoint: "tiny-llama", problems: 6, samples: 2, temperature: 0.6, budget: 16 };
  await evaluations.configure(settings);
  const plan = page.getByTestId("evaluation-plan");
  await expect(plan).toContainText("6 problems × 2 samples: at most 192 tokens");
  await expect(plan).toContainText("n 2 in place of 4; budget 16 in place of 32,768; the first 6 of 1,319 problems");
  await evaluations.expectAccessible();
  await evaluations.start();
  await evaluations.untilFinished(1);
  await evaluations.configure({ ...settings, temperature: 1 });
  await evaluations.start();
  await evaluations.untilFinished(2);
  await evaluations.expectAccessible();

  await evaluations.openFirst();
  await expect(page.getByTestId("score")).toContainText(/\d+\.\d\s%.+\(n = 6 × 2\)/);
  await expect(page.getByTestId("plot-pass-at-k-both").locator(".scatterlayer .trace")).toHaveCount(2);
  await expect(evaluations.one.getByRole("table", { name: "Verdicts" })).toContainText("truncated");
  await page.getByRole("grid", { name: "Problems of the evaluation" }).getByRole("row").nth(1).click();
  const samples = page.getByTestId("samples");
  await expect(samples.locator(".sample")).toHaveCount(2);
  await expect(samples.locator(".sample").first()).toContainText(/right|wrong|truncated|unparseable/);
  await samples.getByText("Maths and code set").click();
  await evaluations.expectAccessible();
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: "Add samples…" }).click();
  await page.getByRole("button", { name: "Draw 12 samples" }).click();
  await evaluations.goTo("Evaluations");
  await expect(evaluations.table).toContainText("6 × 4", { timeout: 60_000 });
  await evaluations.untilFinished(2);
  await evaluations.openFirst();
  await page.getByRole("button", { name: "Add samples…" }).click();
  await page.keyboard.press("Escape");

  // Equal n on both sides: the other one is extended too.
  await evaluations.goTo("Evaluations");
  await evaluations.table.getByRole("row").filter({ hasText: "6 × 2" }).click();
  await page.getByRole("button", { name: "Add samples…" }).click();
  await page.getByRole("button", { name: "Draw 12 samples" }).click();
  await evaluations.goTo("Evaluations");
  await expect(evaluations.table.getByText("6 × 4")).toHaveCount(2, { timeout: 60_000 });
  for (const i of [0, 1]) await evaluations.table.getByRole("checkbox").nth(i).check();
  await page.getByRole("button", { name: "Put the two side by side" }).click();
  await expect(evaluations.pair).toContainText("not distinguishable");
  await expect(evaluations.pair.getByRole("list", { name: "Cautions" })).toContainText("Different temperatures: ");
  await expect(page.getByTestId("difference")).toContainText(/points.+±.+\[.+\]/);
  await expect(page.getByTestId("plot-solve-scatter").locator(".scatterlayer .trace").first()).toBeAttached();
  await evaluations.expectAccessible();

  await evaluations.pair.getByRole("link", { name: "tiny-llama, T 1" }).click();
  await page.getByRole("button", { name: "Make a dataset of its responses…" }).click();
  await page.getByText("All (24)").click();
  await page.getByRole("button", { name: "Make it of 24 responses" }).click();
  await expect(page.getByRole("grid", { name: "Rows" }).getByRole("row")).toHaveCount(7, { timeout: 30_000 });
  await evaluations.expectAccessible();
});
