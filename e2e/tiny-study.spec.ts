// From a first run to a comparison and to single rollouts, on the tiny preset; then all of it again after closing.
import { expect, test } from "./fixtures.ts";
import { ComparePage } from "./page-models/compare-page.ts";
import { StudyPage } from "./page-models/study-page.ts";

test("a first run leads through the tiny study to its comparison and to every rollout", async ({ workbench }) => {
  const { page } = workbench;
  await expect(page.getByRole("button", { name: "Start the quick study" })).toBeVisible();
  await expect(page.getByText("Studies will be listed here")).toBeVisible();

  const study = await StudyPage.start(page, "tiny");
  await expect(study.statusBar).toContainText("Tiny study");
  await study.untilDone();
  await expect(study.view.getByTestId("stage-rl")).toHaveCount(2);
  await study.expectAccessible();

  // Both starts have their curves: 4 steps each, and evaluation points at 0, 2 and 4.
  const reward = await study.curve("reward");
  expect(reward.says).toContain("weak, step 4");
  expect(reward.says).toContain("strong, step 4");
  expect(reward.points).toBe(2 * 3);
  const entropy = await study.curve("entropy");
  expect(entropy.says).toContain("Entropy at T");
  await expect(study.plot("entropy")).toContainText("0.3 nats: AceReason-Nemotron 1.1");

  // 4 steps of 4 prompts and 4 rollouts each.
  await expect(study.rollouts).toContainText("64 rollouts");
  const rollout = await study.openRollout();
  await expect(rollout).toContainText(/right|wrong|truncated|unparseable/);
  await expect(rollout).toContainText("4 rollouts of this prompt");
  const tokens = rollout.getByRole("group", { name: /Tokens of the response/ });
  await tokens.focus();
  await page.keyboard.press("ArrowRight");
  await expect(rollout.getByRole("status")).toContainText(/log-prob .+ entropy .+ nats/);
  await study.expectAccessible();

  // The inspected rollout is in the link, and j moves on to the next one.
  const linked = page.url();
  expect(linked).toContain("inspect=rollout");
  await study.rollouts.getByRole("grid").focus();
  await page.keyboard.press("j");
  await expect.poll(() => page.url()).not.toBe(linked);
  await page.keyboard.press("Escape");
  await expect(study.inspector).toBeHidden();

  await page.getByRole("link", { name: "Compare before and after" }).click();
  const compare = new ComparePage(page);
  for (const start of ["weak", "strong"]) {
    await expect(compare.score(start)).toContainText(/\d+\.\d\s%\s(±\s\d+\.\d|\[.+\]) \(n = 16 × 4\)/);
    await expect(compare.runs.getByRole("row", { name: start })).toContainText("target 0.30");
  }
  await expect(compare.gap).toContainText("log-odds");
  // Over all problems and by source, each pair with its order.
  await expect(compare.gap.getByRole("row", { name: /^all \(/ })).toContainText(/points.+of 1$/);
  await compare.expectAccessible();
  const samples = await compare.openSamples("weak", "before");
  await expect(samples).toContainText("of 4 right");
  await expect(samples.locator(".sample")).toHaveCount(4);
  await page.keyboard.press("Escape");

  await compare.goTo("Datasets");
  await page.getByRole("table", { name: "Datasets of studies" }).getByRole("link").first().click();
  const problems = page.getByRole("grid", { name: "Problems" });
  await page.keyboard.press("/");
  await page.keyboard.type("gsm8k-test");
  await expect(problems.getByRole("row").nth(1)).toContainText("gsm8k-test");
  await problems.getByRole("row").nth(1).click();
  await expect(page.getByTestId("problem")).toContainText("Question");
  await compare.expectAccessible();

  await compare.goTo("Inspect");
  await expect(page.getByText("64 rollouts, the latest step first")).toBeVisible();
  await page.getByRole("combobox", { name: "Step" }).click();
  await page.getByRole("option", { name: /^Step 2: \d+ of 16 right$/ }).click();
  await expect(page.getByText("16 rollouts, the latest step first")).toBeVisible();
  await compare.expectAccessible();

  // Closed and opened again: the curves, the rollouts and the comparison are whole.
  await workbench.reopen();
  const again = new StudyPage(workbench.page);
  await again.goTo("Runs");
  expect(await again.curve("reward")).toEqual(reward);
  expect(await again.curve("entropy")).toEqual(entropy);
  await expect(again.rollouts).toContainText("64 rollouts");
  await again.openRollout();
  await again.goTo("Compare");
  await expect(new ComparePage(workbench.page).score("strong")).toContainText("(n = 16 × 4)");
});

test("a running study is paused, resumed and cancelled, and says what is lost", async ({ workbench: { page } }) => {
  const study = await StudyPage.start(page, "quick");
  await expect(study.status("running")).toBeVisible({ timeout: 60_000 });
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(study.status("paused")).toBeVisible();
  await study.goTo("Home");
  await expect(page.getByRole("table", { name: "Studies" })).toContainText("paused");
  await study.goTo("Runs");
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(study.status("running")).toBeVisible();
  await page.getByRole("button", { name: "Cancel study…" }).click();
  const question = page.getByRole("dialog").filter({ hasText: "Cancel this study for good?" });
  await expect(question).toContainText("will not finish");
  await question.getByRole("button", { name: "Cancel study" }).click();
  await expect(study.status("cancelled")).toBeVisible({ timeout: 60_000 });
});
