// Studies of other kinds than weak against strong, from their tiny presets to what Compare says of each: the data ladder with its
// regression, the over-long laboratory, and three starts through staged RL with a door; replay, and the published numbers.
import { expect, test } from "./fixtures.ts";
import { finish, openComparison } from "./page-models/finished-study.ts";

test("a ladder, an over-long laboratory and staged RL run and are compared", async ({ workbench: { page } }) => {
  await finish(page, "ladder-tiny");
  const compare = await openComparison(page);
  await expect(compare.plot("arm-scores")).toBeVisible();
  await expect(compare.plot("ladder")).toBeVisible();
  await expect(compare.regression).toContainText("Points a doubling");
  await expect(compare.regression.getByRole("row", { name: /^a, prompts/ })).toContainText(/[+−]\d+\.\d\d/);
  await compare.expectAccessible();

  await finish(page, "overlong-tiny");
  await openComparison(page);
  await expect(compare.plot("arm-scores")).toBeVisible();
  await expect(compare.overlong.getByRole("row")).toHaveCount(1 + 4);
  await compare.expectAccessible();

  // Two steps a stage, one line an arm: the third stage ends at step 6, and each later stage begins at a line of its own.
  const study = await finish(page, "stages-tiny");
  const reward = await study.curve("reward");
  expect(reward.says).toContain("weak, Code, step 2");
  await expect(study.plot("reward")).toContainText("Math long");
  await study.rollouts.getByText("strong, Math long").click();
  await expect(study.rollouts.getByRole("radio", { name: "strong, Math long" })).toBeChecked();
  await study.expectAccessible();
  await openComparison(page);
  await expect(page.locator("[data-testid^=plot-door-]")).toHaveCount(3);
  await compare.expectAccessible();
});

test("replay says what another rule would have changed, and the rule stays in the link", async ({ workbench: { page } }) => {
  await finish(page, "stages-tiny");
  const compare = await openComparison(page);
  await expect(compare.replay).toContainText("This is the rule as run");
  await compare.replay.getByRole("combobox", { name: "RL stage to replay" }).click();
  await page.getByRole("option", { name: "strong, Math long" }).click();
  await compare.replay.getByRole("combobox", { name: "Aggregation" }).click();
  await page.getByRole("option", { name: "sequence mean" }).click();
  const sentence = compare.replay.getByTestId("replay-sentence");
  await expect(sentence).toContainText(/^With the sequence mean, .+\.$/);
  await expect(compare.replay.getByRole("table", { name: "Weight and pull by class of rollout" }).getByRole("row")).toHaveCount(1 + 4);
  expect(page.url()).toContain("replay-aggregation=sequence-mean");
  await compare.expectAccessible();
  // Three starts are enough for a first correlation.
  await compare.correlations.getByRole("cell", { name: "Entropy at T" }).click();
  await expect(compare.plot("correlation-entropy")).toBeVisible();
  await page.reload();
  await expect(sentence).toContainText("With the sequence mean");
  await compare.replay.getByRole("button", { name: "Back to the rule as run" }).click();
  await expect(sentence).toBeHidden();
});

test("published numbers come at a switch, as lines where they are of the plot's quantity and else in a table", async ({
  workbench: { page },
}) => {
  await finish(page, "temperature-tiny");
  const compare = await openComparison(page);
  const entropy = compare.plot("temperature-entropy");
  await expect(entropy).toContainText("0.3 nats");
  await expect(compare.published).toBeHidden();
  await page.getByRole("switch", { name: "Published numbers" }).click();
  await expect(compare.published.getByRole("row", { name: /^AIME24 after RL at T 0\.6/ })).toContainText("a single note");
  await expect(entropy).toContainText("0.26 nats: T 0.85, start of RL");
  // Scores of other benchmarks are no lines.
  await expect(compare.plot("temperature-temperature")).not.toContainText("AceReason");
  expect(page.url()).toContain("published=on");
  await compare.expectAccessible();
});
