// A user's own checkpoint: brought in, looked at, sampled from, taken out again, removed.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { bringTinyLlama, expect, test } from "./fixtures.ts";
import { CheckpointsPage } from "./page-models/checkpoints-page.ts";

test("a checkpoint is imported, shown with its facts, sampled from, exported and removed", async ({ workbench }) => {
  const { page, dataFolder } = workbench;
  bringTinyLlama(workbench);
  const checkpoints = new CheckpointsPage(page);
  await checkpoints.runFromPalette("import a checkpoint");
  await expect(page.getByTestId("import-checkpoint")).toBeVisible();
  await checkpoints.expectAccessible();
  await checkpoints.import(workbench, "tiny-llama");
  await expect(checkpoints.row("tiny-llama")).toContainText("imported");
  await expect(checkpoints.row("tiny-base")).toContainText("shipped");
  expect(page.url()).toContain("inspect=checkpoint");
  for (const fact of ["33,952", "llama3 × 4 from 128 positions", "4, 2 of keys and values", "by its template", "model.safetensors"])
    await expect(checkpoints.card).toContainText(fact);
  await checkpoints.expectAccessible();

  await checkpoints.openTab("Memory");
  const uses = checkpoints.inspector.getByRole("table", { name: "Memory by use" });
  for (const use of ["Evaluation", "SFT", "LoRA", "RL"])
    await expect(uses.getByRole("row", { name: use })).toContainText(/\d (kB|MB|GB).+yes/, { timeout: 30_000 });
  await expect(checkpoints.inspector.getByTestId("plot-memory-sft")).toContainText(/SFT takes .+ of .+: most of it/);
  await checkpoints.expectAccessible();

  await checkpoints.openTab("Card");
  await checkpoints.inspector.getByRole("link", { name: "Sample from it" }).click();
  await page.getByRole("textbox", { name: "Text of turn 1" }).fill("What is 2 + 2?");
  await page.getByRole("textbox", { name: "Samples" }).fill("2");
  await page.getByRole("textbox", { name: "Most tokens" }).fill("24");
  await page.keyboard.press("Control+Enter");
  await expect(checkpoints.sampled.getByRole("status")).toContainText("Done: 2 of 2 finished", { timeout: 60_000 });
  await expect(checkpoints.sampled.getByRole("article").first()).toContainText(
    /\d+ tokens, (ended by itself|cut at the budget), mean log-prob −\d/,
  );
  await checkpoints.sampled.getByText(/What the model reads, \d+ tokens/).click();
  await expect(checkpoints.sampled).toContainText("<|im_start|>user");
  await checkpoints.expectAccessible();
  // Sampling is stopped, and what was typed is there after looking at something else.
  await page.getByRole("textbox", { name: "Samples" }).fill("16");
  await page.getByRole("textbox", { name: "Most tokens" }).fill("480");
  // A tiny model is done within a second, so that Stop is pressed the moment it can be.
  const stopped = page.getByRole("button", { name: "Stop" }).evaluate(
    (button: HTMLButtonElement) =>
      new Promise<void>((resolve) => {
        const press = () => {
          if (button.disabled) return requestAnimationFrame(press);
          button.click();
          resolve();
        };
        press();
      }),
  );
  await page.getByRole("button", { name: "Sample 16 responses" }).click();
  await stopped;
  await expect(checkpoints.sampled.getByRole("status")).toContainText("Stopped");
  await checkpoints.goTo("Home");
  await page.goBack();
  await expect(page.getByRole("textbox", { name: "Text of turn 1" })).toHaveValue("What is 2 + 2?");

  await page.getByRole("button", { name: "Its card" }).click();
  await checkpoints.openTab("Export");
  const written = page.getByTestId("exported");
  await page.getByRole("button", { name: "Export as safetensors, F32" }).click();
  await expect(written).toContainText("exports", { timeout: 30_000 });
  expect(existsSync(join(dataFolder, "exports", "tiny-llama", "model.safetensors"))).toBe(true);
  await page.getByText("GGUF file").click();
  await page.getByRole("button", { name: "Export as gguf, F16" }).click();
  await expect(written.getByTitle(/\.gguf$/)).toBeVisible({ timeout: 30_000 });
  await checkpoints.expectAccessible();

  await checkpoints.goTo("Checkpoints");
  await checkpoints.row("tiny-llama").click();
  await checkpoints.inspector.getByRole("button", { name: "Remove checkpoint…" }).click();
  const question = page.getByRole("dialog").filter({ hasText: "Remove tiny-llama from the data folder?" });
  await expect(question).toContainText("the files it was imported from stay");
  await question.getByRole("button", { name: "Remove checkpoint" }).click();
  await expect(checkpoints.row("tiny-llama")).toHaveCount(0);
});
