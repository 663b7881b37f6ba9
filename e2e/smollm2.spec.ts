// The real SmolLM2-135M-Instruct (Q4_1 GGUF): imported, asked in its chat template, and evaluated on two problems whose verdicts are read.
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "./fixtures.ts";
import { CheckpointsPage } from "./page-models/checkpoints-page.ts";
import { EvaluationsPage } from "./page-models/evaluations-page.ts";

const gguf = process.env.HEADSTART_SMOLLM2 ?? "";
test.skip(gguf === "", "HEADSTART_SMOLLM2 names no file: npm test brings it");

test("a real model is imported from GGUF, answers in chat, and is evaluated", async ({ workbench }) => {
  const { page, home } = workbench;
  symlinkSync(gguf, join(home, "smollm2.gguf"));
  const checkpoints = new CheckpointsPage(page);
  await checkpoints.import(workbench, "smollm2.gguf");
  for (const fact of ["134,515,008", "Llama", "9, 3 of keys and values (3 share one), 64 wide", "49,152 ids", "tied to the output", "Q4_1"])
    await expect(checkpoints.card).toContainText(fact);

  await checkpoints.inspector.getByRole("link", { name: "Sample from it" }).click();
  await page.getByRole("textbox", { name: "Text of turn 1" }).fill("What is the capital of France?");
  await page.getByRole("textbox", { name: "Temperature" }).fill("0");
  await page.getByRole("textbox", { name: "Most tokens" }).fill("16");
  await page.keyboard.press("Control+Enter");
  await expect(checkpoints.sampled.getByRole("status")).toContainText("Done: 1 of 1 finished", { timeout: 120_000 });
  await expect(checkpoints.sampled.getByRole("article")).toContainText("Paris");

  const evaluations = new EvaluationsPage(page);
  await evaluations.configure({ checkpoint: "smollm2", problems: 2, samples: 1, temperature: 0.6, budget: 64 });
  await evaluations.start();
  await evaluations.untilFinished(1);
  await evaluations.openFirst();
  await expect(page.getByTestId("score")).toContainText("(n = 2 × 1)");
  await page.getByRole("grid", { name: "Problems of the evaluation" }).getByRole("row").nth(1).click();
  const sample = page.getByTestId("samples").locator(".sample");
  await expect(sample).toContainText(/right|wrong|truncated|unparseable/);
  await expect(sample.locator(".text-block")).not.toBeEmpty();
});
