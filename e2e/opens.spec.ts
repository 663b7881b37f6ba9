// The workbench opens on a machine that never had it, and its page has no way around the host.
import { expect, test } from "./fixtures.ts";

test("opens with the way to every view", async ({ workbench: { page } }) => {
  const rail = page.getByRole("navigation").first();
  for (const view of ["Home", "Datasets", "Checkpoints", "Evaluations", "Configure", "Runs", "Compare", "Inspect", "Settings"])
    await expect(rail.getByRole("link", { name: view })).toBeVisible();
});

test("the page reaches neither Node nor other hosts", async ({ workbench: { page, errors } }) => {
  const reach = await page.evaluate(() => ["require", "process", "module"].filter((name) => name in globalThis));
  expect(reach).toEqual([]);
  const refused = await page.evaluate(() => fetch("https://example.com/").then(() => "", String));
  expect(refused).toContain("Failed to fetch");
  // The page logs what its policy refused, and nothing else.
  for (const text of errors.splice(0)) expect(text).toContain("Content Security Policy");
});
