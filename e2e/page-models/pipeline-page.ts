// The data pipeline's builder: its steps with their counts, the form of the selected one, what it dropped, and making the dataset.
import { expect, type Locator, type Page } from "@playwright/test";
import type { Workbench } from "../fixtures.ts";
import { DatasetsPage } from "./datasets-page.ts";

export class PipelinePage extends DatasetsPage {
  readonly builder: Locator;
  readonly steps: Locator;
  readonly form: Locator;
  readonly outcome: Locator;
  readonly spans: Locator;

  constructor(page: Page) {
    super(page);
    this.builder = page.getByTestId("pipeline");
    this.steps = this.builder.getByRole("table", { name: "Steps" });
    this.form = page.getByTestId("step-form");
    this.outcome = page.getByTestId("step-outcome");
    this.spans = page.getByRole("region", { name: "Matched spans" });
  }

  async import(workbench: Workbench, file: string, name: string): Promise<void> {
    await this.chooseFile(workbench, file);
    await this.wizard.getByRole("textbox", { name: "Name" }).fill(name);
    await this.wizard.getByRole("button", { name: /^Import / }).click();
    await expect(this.page.getByTestId("imported")).toContainText(`${name}, version 1`, { timeout: 60_000 });
    await this.page.getByRole("button", { name: "Import another" }).click();
  }

  async open(): Promise<void> {
    await this.goTo("Datasets");
    await this.page.getByRole("link", { name: "Make one by a pipeline" }).click();
    await expect(this.builder).toBeVisible();
  }

  step(name: string): Locator {
    return this.steps.getByRole("row").filter({ hasText: name });
  }

  async select(name: string): Promise<void> {
    await this.step(name).getByRole("button", { name, exact: false }).first().click();
  }

  /** Rows in, kept and dropped, as the step's row tells them. */
  async expectCounts(name: string, taken: string, kept: string, dropped: string): Promise<void> {
    const cells = this.step(name).getByRole("cell");
    await expect(cells.nth(1)).toHaveText(taken, { timeout: 30_000 });
    await expect(cells.nth(2)).toHaveText(kept);
    await expect(cells.nth(3)).toContainText(dropped);
  }

  async addPool(option: RegExp): Promise<void> {
    await this.form.getByRole("combobox", { name: "Add a pool" }).click();
    await this.page.getByRole("option", { name: option }).click();
  }

  async addStep(name: RegExp): Promise<void> {
    await this.builder.getByRole("button", { name: "Add a step" }).click();
    await this.page.getByRole("menuitem", { name }).click();
  }
}
