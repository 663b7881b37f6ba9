// The end-to-end suite: the same specs as a page in Chromium and in the packed Electron app. `npm test -- e2e` sets up, packs and
// runs both; each spec takes `workbench` from fixtures.ts and does not know which it drives.
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  outputDir: "../test-results",
  // Every workbench trains: two at once would only share the cores.
  workers: 1,
  timeout: 240_000,
  expect: { timeout: 15_000 },
  reporter: "list",
  projects: [
    { name: "chromium", metadata: { host: "server" } },
    { name: "electron", metadata: { host: "electron" } },
  ],
});
