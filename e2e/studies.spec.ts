// Studies of other kinds than weak against strong, from their tiny presets to what Compare says of each: the data ladder with its
// regression, the over-long laboratory, and three starts through staged RL with a door.
import { expect, test } from "./fixtures.ts";
import { ComparePage } from "./page-models/compare-page.ts";
import { ConfigurePage } from "./page-models/configure-page.ts";
import { StudyPage } from "./page-models/study-page.ts";

test("a ladder, an over-long laboratory and staged RL run and are compared", async ({ workbench: { page } }) => {
  const configure = new ConfigurePage(page);
  await expect(configure.rail).toBeVisible();
  const study = new StudyPage(page);
  const compare = new ComparePage(page);
  const finish = async (preset: string) => {
    await configure.open(preset);
    await expect(configure.start).toBeEnabled({ timeout: 60_000 });
    await configure.start.click();
    await expect(study.view).toBeVisible();
    await study.untilDone();
  };
  const openComparison = async () => {
    await page.evaluate(() => {
      window.location.hash = window.location.hash.replace("/runs/", "/compare/");
    });
    await expect(compare.view).toBeVisible();
  };

  await finish("ladder-tiny");
  await openComparison();
  await expect(compare.plot("arm-scores")).toBeVisible();
  await expect(compare.plot("ladder")).toBeVisible();
  await expect(compare.regression).toContainText("Points a doubling");
  await expect(compare.regression.getByRole("row", { name: /^a, prompts/ })).toContainText(/[+−]\d+\.\d\d/);
  await compare.expectAccessible();

  await finish("overlong-tiny");
  await openComparison();
  await expect(compare.plot("arm-scores")).toBeVisible();
  await expect(compare.overlong.getByRole("row")).toHaveCount(1 + 4);
  await compare.expectAccessible();

  // Two steps a stage, one line an arm: the third stage ends at step 6, and each later stage begins at a line of its own.
  await finish("stages-tiny");
  const reward = await study.curve("reward");
  expect(reward.says).toContain("weak, Code, step 2");
  await expect(study.plot("reward")).toContainText("Math long");
  await study.rollouts.getByText("strong, Math long").click();
  await expect(study.rollouts.getByRole("radio", { name: "strong, Math long" })).toBeChecked();
  await study.expectAccessible();
  await openComparison();
  await expect(page.locator("[data-testid^=plot-door-]")).toHaveCount(3);
  await compare.expectAccessible();
});
