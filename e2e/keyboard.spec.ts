// Everything by keyboard, and every view that needs no study is accessible in both themes.
import { expect, test } from "./fixtures.ts";
import { WorkbenchPage } from "./page-models/workbench-page.ts";

test("the palette reaches every view, ? lists the keys, Esc closes", async ({ workbench: { page } }) => {
  const workbench = new WorkbenchPage(page);
  await expect(workbench.rail).toBeVisible();
  await workbench.runFromPalette("go to settings");
  await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible();
  await page.keyboard.press("?");
  const keys = page.getByRole("dialog", { name: "Keys" });
  await expect(keys).toContainText("Palette over every action and object");
  await workbench.expectAccessible();
  await page.keyboard.press("Escape");
  await expect(keys).toBeHidden();
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Palette" });
  await expect(palette).toBeVisible();
  await workbench.expectAccessible();
  await page.keyboard.press("Escape");
  await expect(palette).toBeHidden();
});

test("a recipe shows its contradictions at the field and does not start with them", async ({ workbench: { page } }) => {
  const workbench = new WorkbenchPage(page);
  await workbench.runFromPalette("configure tiny");
  const start = page.getByRole("button", { name: "Start study" });
  await expect(start).toBeVisible();
  const field = page.locator('[data-field="rl.topP"]');
  await field.getByRole("textbox").fill("0.9");
  await expect(field.getByRole("alert")).toContainText("set topP to 1");
  await expect(start).toBeHidden();
  await workbench.expectAccessible();
  await page.getByRole("button", { name: "Undo all changes" }).click();
  await expect(start).toBeVisible();
});

test("light and dark are both accessible, and views without data say what will be there", async ({ workbench: { page } }) => {
  const workbench = new WorkbenchPage(page);
  for (const theme of ["Light", "Dark"]) {
    await workbench.goTo("Settings");
    await page.getByRole("radiogroup", { name: "Theme" }).getByText(theme, { exact: true }).click();
    await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", theme.toLowerCase());
    await workbench.expectAccessible();
    for (const [view, empty] of [
      ["Home", "Studies will be listed here"],
      ["Configure", "Checkpoint that starts are fine-tuned from"],
      ["Runs", "No study has run yet"],
      ["Compare", "Nothing to compare yet"],
      ["Inspect", "Nothing to inspect yet"],
      ["Datasets", "No dataset yet"],
      ["Checkpoints", "comes with Headstart"],
      ["Evaluations", "No evaluation yet"],
    ] as const) {
      await workbench.goTo(view);
      await expect(page.getByText(empty)).toBeVisible();
      await workbench.expectAccessible();
    }
  }
});

test("the machine is examined on request", async ({ workbench: { page } }) => {
  await new WorkbenchPage(page).goTo("Settings");
  await page.getByRole("button", { name: "Examine this machine" }).click();
  await expect(page.getByTestId("doctor")).toContainText("GFLOP/s", { timeout: 60_000 });
});
