// Two imported files and a benchmark become one dataset: each step's counts as it is edited, the words that a dropped row and a test
// problem share side by side, the dataset that is made, and its report.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "./fixtures.ts";
import { PipelinePage } from "./page-models/pipeline-page.ts";

const shared = "a farmer sells seven baskets of red apples every morning before noon at the market";

const lines = (rows: object[]) => `${rows.map((row) => JSON.stringify(row)).join("\n")}\n`;
const row = (problem: string, length: number) => ({ problem, response: `So ${"on ".repeat(length)}#### 7` });

test("a pipeline shows what each step drops, with the matched spans side by side, and makes a dataset with its report", async ({
  workbench,
}) => {
  const { page, home } = workbench;
  // Five of the second pool's prompts are the first's; one of the first's is the benchmark's, within markup that must stay text.
  const first = Array.from({ length: 40 }, (_, i) => row(`First pool: what is ${i} plus ${i + 3}?`, 10 + 12 * i));
  first[7] = row(`<b>Think.</b> Today ${shared}; each basket is nine coins.`, 30);
  const second = Array.from({ length: 25 }, (_, i) => row(i < 5 ? first[i].problem : `Second pool: what is ${i} times ${i + 2}?`, 900));
  writeFileSync(join(home, "first.jsonl"), lines(first));
  writeFileSync(join(home, "second.jsonl"), lines(second));
  writeFileSync(
    join(home, "exam.jsonl"),
    lines([
      { problem: "How many sides has a square?", answer: "4" },
      { problem: `In spring ${shared}. What is that in May?`, answer: "217" },
    ]),
  );
  const pipeline = new PipelinePage(page);
  await pipeline.import(workbench, "first.jsonl", "first");
  await pipeline.import(workbench, "second.jsonl", "second");
  await pipeline.import(workbench, "exam.jsonl", "exam");

  await pipeline.open();
  await expect(pipeline.step("Pools")).toContainText("lacks something");
  await expect(pipeline.builder.getByRole("button", { name: /^Make dataset/ })).toBeDisabled();
  await pipeline.addPool(/^first v1/);
  await pipeline.addPool(/^second v1/);
  await pipeline.select("Decontaminate");
  await pipeline.form.getByLabel("Against").first().click();
  await page.getByRole("option", { name: "exam v1" }).click();
  await page.keyboard.press("Escape");
  await pipeline.expectCounts("Pools", "65", "65", "0");
  await pipeline.expectCounts("Unique prompts", "65", "60", "5");
  await pipeline.expectCounts("Decontaminate", "60", "59", "1");

  // Side by side, marked in both, and markup of a row is text.
  await expect(pipeline.spans).toContainText("The same 15 words in both texts");
  const marks = pipeline.spans.locator("mark");
  await expect(marks).toHaveText([shared, shared]);
  await expect(pipeline.spans).toContainText("<b>Think.</b>");
  await expect(pipeline.spans).toContainText("In spring");
  await expect(page.getByTestId("plot-pipeline-response-lengths")).toBeVisible();
  await pipeline.expectAccessible();
  const linked = page.url();
  expect(linked).toContain("/datasets/pipeline?step=2");

  // A setting that contradicts says so at its field and stops the preview; one that holds is counted at once.
  await pipeline.form.getByRole("textbox", { name: "Words in a row (n)" }).fill("1");
  await expect(pipeline.form.getByRole("alert")).toContainText("At least 2");
  await expect(pipeline.step("Decontaminate")).toContainText("lacks something");
  await pipeline.form.getByRole("textbox", { name: "Words in a row (n)" }).fill("16");
  await pipeline.expectCounts("Decontaminate", "60", "60", "0");
  await pipeline.form.getByRole("textbox", { name: "Words in a row (n)" }).fill("9");
  await pipeline.expectCounts("Decontaminate", "60", "59", "1");

  // A step more; off, it does nothing.
  await pipeline.addStep(/^Thin short prompts/);
  await pipeline.form.getByRole("textbox", { name: "Chance to stay" }).fill("0");
  await pipeline.form.getByRole("textbox", { name: "Short is below" }).fill("1,000");
  await expect(pipeline.outcome).toContainText("Thin short prompts", { timeout: 30_000 });
  await expect(pipeline.outcome.getByRole("list", { name: "Examples of what is dropped" }).getByRole("listitem").first()).toBeVisible();
  await expect(pipeline.step("Thin short prompts").getByRole("cell").nth(1)).toHaveText("59");
  await pipeline.expectAccessible();
  await pipeline.step("Thin short prompts").getByRole("switch").click({ force: true });
  await expect(pipeline.step("Thin short prompts")).toContainText("off");

  await pipeline.builder.getByRole("textbox", { name: "Name of the dataset" }).fill("clean");
  await pipeline.builder.getByRole("button", { name: "Make dataset, 59 rows" }).click();
  await expect(pipeline.builder).toContainText("Made clean-v1, 59 rows", { timeout: 60_000 });
  await pipeline.builder.getByRole("link", { name: "clean-v1" }).click();
  await expect(pipeline.foot("59 rows")).toBeVisible();

  // The dataset's own page leads to what made it.
  await page.getByRole("link", { name: "a pipeline of 3 steps from 2 pools" }).click();
  const report = page.getByTestId("pipeline-report");
  await report.getByRole("button", { name: "Decontaminate" }).click();
  await expect(pipeline.spans.locator("mark")).toHaveText([shared, shared]);
  await pipeline.expectAccessible();
  await report.getByRole("button", { name: "Build on this pipeline" }).click();
  await expect(pipeline.builder.getByRole("textbox", { name: "Name of the dataset" })).toHaveValue("clean");
  await pipeline.expectCounts("Decontaminate", "60", "59", "1");
});
