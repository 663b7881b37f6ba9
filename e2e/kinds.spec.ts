// One study of each kind that forks, stages or measures one checkpoint: from its tiny preset, or its form, to what Runs and Compare
// make of it. Weak against strong, the ladder and the over-long laboratory have specs of their own.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, type Workbench } from "./fixtures.ts";
import { ConfigurePage } from "./page-models/configure-page.ts";
import { DatasetsPage } from "./page-models/datasets-page.ts";
import { EvaluationsPage } from "./page-models/evaluations-page.ts";
import { finish, openComparison, start } from "./page-models/finished-study.ts";

/** A score with its interval. */
const score = /\d+\.\d\s% (± \d|\[)/;

async function chooseSums(form: ConfigurePage): Promise<void> {
  for (const [field, option] of [
    ["checkpoint", /^tiny-base/],
    ["data.dataset", /^sums v1/],
  ] as const) {
    await form.field(field).getByRole("combobox").click();
    await form.page.getByRole("option", { name: option }).click();
  }
}

/** 24 sums with their solutions, imported as sums-v1. */
async function importSums(workbench: Workbench): Promise<void> {
  const { page, home } = workbench;
  const lines = Array.from({ length: 24 }, (_, i) => {
    const [a, b] = [2 + (i % 9), 1 + ((i * 7) % 8)];
    return JSON.stringify({ problem: `What is ${a} + ${b}? (${i})`, answer: String(a + b), solution: `${a}+${b}=${a + b}#${a + b}` });
  });
  writeFileSync(join(home, "sums.jsonl"), `${lines.join("\n")}\n`);
  const datasets = new DatasetsPage(page);
  await datasets.chooseFile(workbench, "sums.jsonl");
  await datasets.wizard.getByRole("button", { name: /^Import .*24 rows$/ }).click();
  await expect(page.getByTestId("imported")).toContainText("24 rows", { timeout: 60_000 });
}

test("epochs: the score of each epoch's start, before and after RL", async ({ workbench: { page } }) => {
  const study = await finish(page, "epochs-tiny");
  await expect(study.plot("loss")).toContainText("Marks: on dev, after each epoch");
  await study.expectAccessible();
  const compare = await openComparison(page);
  await expect(compare.plot("epochs")).toContainText("after SFT");
  await expect(compare.plot("epochs")).toContainText("after RL");
  await expect(compare.armScores.getByRole("row")).toHaveCount(1 + 5);
  await expect(compare.armScores.getByRole("row", { name: /^epoch 3 before RL/ })).toContainText(score);
  await compare.expectAccessible();
});

test("temperature: the end of RL against T and against entropy", async ({ workbench: { page } }) => {
  const study = await finish(page, "temperature-tiny");
  await expect(study.plot("temperature")).toContainText("How does the controller move T?");
  await study.expectAccessible();
  const compare = await openComparison(page);
  await expect(compare.plot("temperature-temperature")).toContainText("each fork stands at its mean over RL");
  await expect(compare.plot("temperature-entropy")).toContainText("0.3 nats");
  await expect(compare.armScores.getByRole("row", { name: /^T 1\.4 after RL/ })).toContainText(score);
  // The finder: what it measured at each T, and what it proposes.
  const tried = page.getByRole("table", { name: "Temperatures tried before RL" });
  await expect(tried.getByRole("row").filter({ hasText: "for the target" })).toHaveCount(1);
  await expect(tried.getByRole("row").nth(1)).toContainText(/nats.+%.+tokens/);
  await compare.expectAccessible();
});

test("verifier noise: the end of RL against the rate of false rewards", async ({ workbench: { page } }) => {
  const study = await finish(page, "verifier-noise-tiny");
  await expect(study.plot("reward")).toContainText("share of right rollouts of each step, before the noise");
  await study.expectAccessible();
  const compare = await openComparison(page);
  for (const line of ["false positives", "false negatives", "Shaded: the 95 % interval before RL"])
    await expect(compare.plot("noise")).toContainText(line);
  const noisy = compare.armScores.getByRole("row", { name: /^false \+ 20\s%, false − 0\s% after RL/ });
  await expect(noisy).toContainText(score);
  await compare.expectAccessible();
  // The number opens its samples.
  await noisy.getByRole("button").click();
  await expect(compare.inspector.getByRole("grid", { name: "Samples of the evaluation" })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByText("All seeds of the recipe").click();
  await expect(compare.plot("noise")).toContainText("false positives");
  expect(page.url()).toContain("seeds=all");
});

test("RL of a checkpoint: the score before, after each stage and at the end", async ({ workbench: { page } }) => {
  const study = await finish(page, "rl-tiny");
  // Nothing was fine-tuned here.
  await expect(study.plot("loss")).toBeHidden();
  await expect(page.getByRole("link", { name: "See its result" })).toHaveAttribute("href", /^#\/compare\//);
  await study.expectAccessible();
  const compare = await openComparison(page);
  for (const place of ["before RL", "after First", "after RL"]) {
    await expect(compare.plot("stages")).toContainText(place);
    await expect(compare.armScores.getByRole("row", { name: `tiny-base ${place}` })).toContainText(score);
  }
  await compare.expectAccessible();
});

test("a fork: RL goes on from a checkpoint in the middle of a study, with its problems and rules", async ({ workbench: { page } }) => {
  const study = await finish(page, "rl-tiny");
  await page.getByTestId("stage-rl").nth(1).click();
  await expect(study.inspector.getByRole("link", { name: "Fork: RL from it" })).toBeVisible();
  await page.getByRole("tab", { name: "Lineage" }).click();
  await study.expectAccessible();
  await study.inspector.getByRole("row", { name: /First/ }).getByRole("link", { name: "RL from step 2" }).click();
  const configure = new ConfigurePage(page);
  await expect(configure.field("checkpoint").getByRole("combobox")).toHaveValue(/-2, /);
  await expect(configure.field("data.arithmetic.count").getByRole("textbox")).toHaveValue("600");
  await expect(page.getByRole("combobox", { name: "Begin from" })).toHaveValue(/\S/);
  await expect(configure.start).toBeEnabled({ timeout: 60_000 });
  await configure.start.click();
  await expect(page).toHaveURL(/#\/runs\//);
  await study.untilDone();
  const compare = await openComparison(page);
  await expect(compare.armScores.getByRole("row", { name: / after RL / })).toContainText(score);
});

test("an evaluation: its score on its own dataset, and its problems", async ({ workbench }) => {
  const { page } = workbench;
  await importSums(workbench);
  await start(page, "evaluation?from=empty", async (form) => {
    await chooseSums(form);
    await form.fill("data.limit", "12");
    await form.fill("eval.samplesPerProblem", "4");
    await form.fill("eval.maxResponseTokens", "32");
  });
  const evaluations = new EvaluationsPage(page);
  await evaluations.untilFinished(1);
  await evaluations.goTo("Runs");
  await expect(page.getByRole("link", { name: "See its score" })).toBeVisible();
  await evaluations.expectAccessible();
  const compare = await openComparison(page);
  await expect(compare.plot("arm-scores")).toContainText("pass@1 on sums-v1");
  const row = compare.armScores.getByRole("row", { name: /^tiny-base/ });
  await expect(row).toContainText(score);
  await expect(row).toContainText("12 × 4");
  await compare.expectAccessible();
  await compare.view.getByRole("link", { name: "Problems" }).click();
  await expect(page.getByTestId("score")).toContainText("(n = 12 × 4)");
});

test("SFT of a checkpoint: its loss, and no score of its own", async ({ workbench }) => {
  const { page } = workbench;
  await importSums(workbench);
  const study = await finish(page, "sft?from=empty", async (form) => {
    await chooseSums(form);
    await form.fill("sft.epochs", "2");
    await form.fill("sft.batchSize", "4");
    await form.fill("sft.maxLength", "96");
  });
  expect((await study.curve("loss")).says).toMatch(/step \d+, SFT loss: \d+\.\d+ nats/);
  await expect(study.plot("loss")).toContainText("Marks: on dev, after each epoch");
  await study.expectAccessible();
  const compare = await openComparison(page);
  await expect(compare.view).toContainText("SFT alone has no score");
  await compare.expectAccessible();
  await compare.view.getByRole("link", { name: "See its loss" }).click();
  await expect(study.plot("loss")).toBeVisible();
});
