// The library of checkpoints: its table, the card of one in the inspector, and live sampling from it.
import { expect, type Locator, type Page } from "@playwright/test";
import type { Workbench } from "../fixtures.ts";
import { WorkbenchPage } from "./workbench-page.ts";

export class CheckpointsPage extends WorkbenchPage {
  readonly table: Locator;
  readonly card: Locator;
  readonly sampled: Locator;

  constructor(page: Page) {
    super(page);
    this.table = page.getByRole("grid", { name: "Checkpoints" });
    this.card = page.getByTestId("checkpoint-card");
    this.sampled = page.getByTestId("sampled");
  }

  row(id: string): Locator {
    return this.table.getByRole("row").filter({ hasText: id });
  }

  /** A folder, or a GGUF file, by the import panel; its card is open afterwards. */
  async import(workbench: Workbench, name: string): Promise<void> {
    await this.goTo("Checkpoints");
    await this.page.getByRole("button", { name: "Import a checkpoint" }).click();
    await workbench.choose(name, name.endsWith(".gguf") ? "file" : "folder");
    await this.inspector.getByRole("button", { name: /^Import / }).click();
    await expect(this.card).toBeVisible({ timeout: 30_000 });
  }

  async openTab(name: "Card" | "Memory" | "Export"): Promise<void> {
    await this.inspector.getByRole("tab", { name }).click();
  }
}
