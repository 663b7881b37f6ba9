// What a study keeps of its starts' ways: whether the entropy at T held its own band, and the fate of every problem.
import { expect, test } from "./fixtures.ts";
import { ComparePage } from "./page-models/compare-page.ts";
import { ConfigurePage } from "./page-models/configure-page.ts";
import { StudyPage } from "./page-models/study-page.ts";

test("a study says whether its entropy held its band, and maps every problem's fate", async ({ workbench: { page } }) => {
  const configure = new ConfigurePage(page);
  await expect(configure.rail).toBeVisible();
  await configure.open("tiny");
  // Enough steps for a mean of five.
  await configure.fill("rl.steps", "6");
  await expect(configure.start).toBeEnabled({ timeout: 60_000 });
  await configure.start.click();
  const study = new StudyPage(page);
  await expect(study.view).toBeVisible();
  await study.untilDone();

  const remarks = page.getByTestId("band-remarks").getByRole("listitem");
  await expect(remarks).toHaveCount(2);
  for (const [i, start] of ["weak", "strong"].entries()) {
    await expect(remarks.nth(i)).toContainText(new RegExp(`^${start}: entropy at T ended at \\d\\.\\d+, (in|below|above) its band \\[`));
    await expect(study.plot("entropy")).toContainText(`${start}'s band`);
    await expect(page.getByTestId("band-mark").nth(i)).toContainText(/^entropy \d\.\d+, .+ its band/);
  }
  await study.expectAccessible();

  await page.getByRole("link", { name: "Compare before and after" }).click();
  const compare = new ComparePage(page);
  const map = compare.plot("fate-map");
  await expect(map.locator("[role=img]")).toHaveAccessibleName(/weak, before RL: .+ on average.*strong, end: /);
  const area = map.locator(".nsewdrag").first();
  await area.scrollIntoViewIfNeeded();
  await area.hover();
  const box = await area.boundingBox();
  const [width, height] = [box?.width ?? 0, box?.height ?? 0];
  // The strong start's end is the lowest row; columns of 16 problems are wide.
  const cell = { x: 0.4 * width, y: 0.92 * height };
  await area.hover({ position: cell });
  await expect(map.locator(".hoverlayer")).toContainText(/strong, end: solve rate \d+\.\d.%/);
  await area.click({ position: cell });
  const samples = page.getByTestId("samples");
  await expect(samples).toContainText("Before RL");
  await expect(samples).toContainText("of 4 right");
  expect(page.url()).toContain("inspect=change");
  await page.keyboard.press("Escape");

  await page.getByText("By change", { exact: true }).click();
  await expect(map).toContainText("loses most through RL");
  expect(page.url()).toContain("order=change");
  await compare.expectAccessible();
});
