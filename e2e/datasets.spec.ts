// A user's own rows: through the wizard, with its bad lines, to the filtered table and one row whole.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "./fixtures.ts";
import { DatasetsPage } from "./page-models/datasets-page.ts";

/** 120 rows in MATH's form, two of whose lines are broken. */
function writeProblems(path: string): void {
  const subjects = ["Algebra", "Geometry", "Number Theory"];
  const lines = Array.from({ length: 120 }, (_, i) =>
    JSON.stringify({
      problem: `Find $\\frac{${i}}{7}$ of the ${i === 44 ? "icosahedron" : "sum"}.${" Think.".repeat(i % 40)}`,
      answer: `\\frac{${i}}{7}`,
      solution: `It is \\boxed{\\frac{${i}}{7}}.`,
      subject: subjects[i % 3],
      level: `Level ${1 + (i % 5)}`,
    }),
  );
  lines.splice(10, 1, '{"problem": "cut');
  lines.splice(70, 1, "no row at all");
  writeFileSync(path, `${lines.join("\n")}\n`);
}

test("a file is imported with its bad lines listed, filtered by brushing, and one row is shown whole", async ({ workbench }) => {
  const { page, home } = workbench;
  writeProblems(join(home, "olympiad.jsonl"));
  const datasets = new DatasetsPage(page);
  await datasets.chooseFile(workbench, "olympiad.jsonl");
  const column = (field: string) => datasets.mapped(field).getByRole("combobox").or(datasets.mapped(field).getByRole("textbox"));
  await expect(column("prompt")).toHaveValue("problem");
  await expect(column("category")).toHaveValue("subject");
  await expect(datasets.wizard.getByRole("table", { name: "First rows" }).getByRole("row")).toHaveCount(6);
  await datasets.expectAccessible();
  // A mapping that says nothing is refused at its field.
  await column("prompt").fill("");
  await expect(datasets.mapped("prompt").getByRole("alert")).toContainText("choose one of them");
  await expect(datasets.wizard.getByRole("button", { name: /^Import / })).toBeDisabled();
  await column("prompt").fill("problem");
  await page.keyboard.press("Escape");
  await datasets.wizard.getByRole("textbox", { name: "Name" }).fill("Olympiad");
  await datasets.wizard.getByRole("button", { name: /^Import .*\d+ rows$/ }).click();

  const imported = page.getByTestId("imported");
  await expect(imported).toContainText("Olympiad, version 1: 118 rows", { timeout: 60_000 });
  const bad = imported.getByRole("grid", { name: "Bad rows" });
  await expect(bad.getByRole("row")).toHaveCount(3);
  await expect(bad).toContainText("11");
  await expect(bad).toContainText("not JSON");
  await datasets.expectAccessible();
  await imported.getByRole("link", { name: "Open it" }).click();

  await expect(datasets.foot("118 rows")).toBeVisible();
  await page.getByRole("checkbox", { name: "Geometry" }).check();
  await expect(datasets.foot("38 of 118 rows")).toBeVisible();
  await datasets.brush("rows-difficulty", 0.05, 0.35);
  await expect.poll(() => page.url()).toContain("difficulty=1..2");
  await expect(datasets.rows.getByRole("row").nth(1)).toContainText("Geometry");
  await expect(page.getByRole("button", { name: "Drop the filter: difficulty 1 to 2" })).toBeVisible();
  await datasets.expectAccessible();
  await page.getByRole("button", { name: "Drop all" }).click();
  await expect(datasets.foot("118 rows")).toBeVisible();

  await datasets.rows.getByRole("button", { name: "Difficulty" }).click();
  await expect(datasets.rows.getByRole("columnheader", { name: /Difficulty/ })).toHaveAttribute("aria-sort", "ascending");
  await page.keyboard.press("/");
  await page.keyboard.type("icosahedron");
  await expect(datasets.foot("1 of 118 rows")).toBeVisible();
  await datasets.rows.getByRole("row").nth(1).click();
  await expect(datasets.row).toContainText("Answer");
  await datasets.row.getByText("Maths and code set").click();
  await expect(datasets.row.locator(".katex").first()).toBeVisible();
  await expect(datasets.row.getByTestId("problem-runs")).toContainText("No evaluation and no rollout");
  await datasets.expectAccessible();
  const linked = page.url();
  expect(linked).toContain("inspect=row");

  // The same link leads to the same row; the version can be removed, and the file stays.
  await page.reload();
  await expect(datasets.row).toContainText("Answer");
  await page.getByRole("button", { name: "Remove dataset…" }).click();
  const question = page.getByRole("dialog").filter({ hasText: "Remove version 1 of Olympiad?" });
  await expect(question).toContainText("the file stays");
  await question.getByRole("button", { name: "Remove dataset" }).click();
  await expect(page.getByText("No dataset yet")).toBeVisible();
});
