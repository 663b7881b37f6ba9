// The workbench opens on a machine that never had it, and its page has no way around the host.
import { expect, test } from "./fixtures.ts";

test("opens with the way to every view", async ({ workbench: { page } }) => {
  const rail = page.getByRole("navigation").first();
  for (const view of ["Home", "Datasets", "Configure", "Runs", "Compare", "Inspect", "Settings"])
    await expect(rail.getByRole("link", { name: view })).toBeVisible();
});

test("the page reaches neither Node nor other hosts", async ({ workbench: { page } }) => {
  const reach = await page.evaluate(() => ["require", "process", "module"].filter((name) => name in globalThis));
  expect(reach).toEqual([]);
  const blocked = await page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        document.addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective), { once: true });
        fetch("https://example.com/").catch(() => undefined);
      }),
  );
  expect(blocked).toBe("connect-src");
});
