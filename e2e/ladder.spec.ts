// A file of rows with several responses each becomes a ladder: the preset, then cells by the sliders, measured as they are edited, with
// what cannot be had said in place; and Configure takes them.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "./fixtures.ts";
import { ConfigurePage } from "./page-models/configure-page.ts";
import { LadderPage } from "./page-models/ladder-page.ts";

const lines = (rows: object[]) => `${rows.map((row) => JSON.stringify(row)).join("\n")}\n`;
const problem = (i: number) => `What is ${i} plus ${i + 3}?`;
const response = (i: number, k: number) => `Way ${k}: so ${"on ".repeat(5 + ((7 * i + 3 * k) % 23))}#### ${2 * i + 3}`;

test("a ladder is built on rows with several responses, measured as it is edited, and taken to a study", async ({ workbench }) => {
  const { page, home } = workbench;
  // Of 120 problems every second has four different responses, the others one that is there twice.
  const rows = Array.from({ length: 120 }, (_, i) => ({
    problem: problem(i),
    response: i % 2 === 0 ? [0, 1, 2, 3].map((k) => response(i, k)) : [response(i, 0), response(i, 0)],
    answer: String(2 * i + 3),
  }));
  writeFileSync(join(home, "pool.jsonl"), lines(rows));
  writeFileSync(join(home, "single.jsonl"), lines(rows.slice(0, 9).map((row) => ({ ...row, response: row.response[0] }))));
  const ladder = new LadderPage(page);
  await ladder.import(workbench, "single.jsonl", "single");
  await ladder.open();
  await expect(page.getByRole("heading", { name: "No dataset with several responses a prompt" })).toBeVisible();
  await ladder.expectAccessible();
  await ladder.import(workbench, "pool.jsonl", "pool");

  // What there is allows v1 to v7, so they are shown at first.
  await ladder.open();
  await expect(ladder.cells.getByRole("rowheader")).toHaveText(["v1", "v2", "v3", "v4", "v5", "v6", "v7"], { timeout: 30_000 });
  await expect(ladder.ladder).toContainText("Every cell draws from the 60 problems, of 120, with at least 4 different responses.");
  await expect(ladder.cell("v7").getByRole("cell").first()).toHaveText("60");
  await expect(ladder.cell("v7")).toContainText("the largest");
  await expect(page.getByTestId("plot-ladder-ks")).toBeVisible();
  await ladder.expectAccessible();

  // Cells by the sliders, which go as far as there are problems.
  await ladder.ladder.getByRole("radiogroup", { name: "Cells by" }).getByText("Of my own").click();
  const prompts = ladder.ladder.getByRole("slider", { name: "Unique prompts" });
  await prompts.press("End");
  await expect(prompts).toHaveAttribute("aria-valuetext", "120 of 120");
  await ladder.add("120 × 1");
  await expect(ladder.cell("120 × 1").getByRole("cell").nth(2)).toHaveText("120", { timeout: 30_000 });
  await ladder.slide("Unique prompts", 5);
  await ladder.add("8 × 1");
  await ladder.slide("Responses a prompt", 3);
  await expect(ladder.ladder).toContainText("With it every cell would draw from 60 problems: 120 × 1 could not be had.");
  await ladder.add("8 × 4");
  await expect(ladder.cell("120 × 1").getByRole("alert")).toContainText(
    "Every cell draws from the 60 problems with the 4 responses of 8 × 4",
  );
  await expect(ladder.ladder.getByRole("button", { name: /in a study$/ })).toBeDisabled();
  await ladder.expectAccessible();

  // Edited to what there is, it can be had; the link says all of it.
  await ladder.input("Prompts", "120 × 1").fill("48");
  await expect(ladder.cell("48 × 1").getByRole("cell").nth(2)).toHaveText("48", { timeout: 30_000 });
  await expect(ladder.cell("8 × 4").getByRole("cell").nth(6)).toHaveText(/^\d\.\d{3}$/);
  await ladder.ladder.getByRole("button", { name: "Remove 8 × 1" }).click();
  await expect(ladder.cells.getByRole("rowheader")).toHaveText(["8 × 4", "48 × 1"]);
  expect(page.url()).toContain("cells=8x4%2C48x1");
  await page.goBack();
  await expect(ladder.cells.getByRole("rowheader")).toHaveCount(3);
  await page.goForward();
  await ladder.ladder.getByRole("combobox", { name: "Lengths in" }).click();
  await page.getByRole("option", { name: "tokens of tiny-base" }).click();
  await expect(ladder.cells).toContainText("Mean length (tokens)");
  await ladder.ladder.getByRole("textbox", { name: "Seed" }).fill("7");
  await expect(ladder.cell("8 × 4").getByRole("cell").nth(6)).toHaveText(/^\d\.\d{3}$/, { timeout: 30_000 });
  await ladder.expectAccessible();

  // The sets become datasets of their own.
  await ladder.ladder.getByRole("textbox", { name: "Called" }).fill("steps");
  await ladder.ladder.getByRole("button", { name: "Make 2 datasets" }).click();
  await expect(ladder.ladder.getByRole("status").filter({ hasText: "Made" })).toHaveText(
    "Made steps-8x4-v1 (8 rows), steps-48x1-v1 (48 rows).",
    { timeout: 30_000 },
  );
  await ladder.expectAccessible();

  // Configure takes rows, cells, base and seed; dev and test are left to be chosen.
  await ladder.ladder.getByRole("button", { name: "Use 2 cells in a study" }).click();
  const configure = new ConfigurePage(page);
  await expect(page.getByRole("combobox", { name: "Kind of study" })).toHaveValue("Data ladder");
  await expect(configure.contradictions).toHaveText("2 fields to fill in: show the first");
  await expect(configure.field("data.sft.dataset").getByRole("combobox")).toHaveValue(/^pool v1/);
  await expect(page.getByRole("table", { name: "Cells" }).getByRole("textbox")).toHaveCount(4);
  await expect(configure.field("cells.0.prompts").getByRole("textbox")).toHaveValue("8");
  await expect(configure.field("cells.1.responsesPerPrompt").getByRole("textbox")).toHaveValue("1");
  await expect(configure.field("base").getByRole("combobox")).toHaveValue(/^tiny-base/);
  await expect(page.getByRole("textbox", { name: "Seeds" })).toHaveValue("7");
  await configure.expectAccessible();
});
