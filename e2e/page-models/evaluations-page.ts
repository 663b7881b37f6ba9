// Evaluations: the form that starts one, the table, one of them, and two side by side.
import { expect, type Locator, type Page } from "@playwright/test";
import { WorkbenchPage } from "./workbench-page.ts";

interface Settings {
  checkpoint: string;
  problems: number;
  samples: number;
  temperature: number;
  budget: number;
}

export class EvaluationsPage extends WorkbenchPage {
  readonly table: Locator;
  readonly one: Locator;
  readonly pair: Locator;

  constructor(page: Page) {
    super(page);
    this.table = page.getByRole("grid", { name: "Evaluations" });
    this.one = page.getByTestId("evaluation");
    this.pair = page.getByTestId("pair");
  }

  /** Fills in the form for GSM8K, which comes with Headstart. */
  async configure({ checkpoint, problems, samples, temperature, budget }: Settings): Promise<void> {
    await this.goTo("Evaluations");
    await this.page.getByRole("link", { name: "Evaluate a checkpoint" }).click();
    await this.page.getByRole("combobox", { name: "Checkpoint" }).click();
    await this.page.getByRole("option", { name: checkpoint }).click();
    for (const [label, value] of [
      ["At most so many", problems],
      ["Samples a problem, n", samples],
      ["Temperature", temperature],
      ["Response budget", budget],
    ] as const)
      await this.page.getByRole("textbox", { name: label }).fill(String(value));
  }

  async start(): Promise<void> {
    await this.page.getByRole("button", { name: "Start the evaluation" }).click();
  }

  /** Rows of finished evaluations. */
  async untilFinished(evaluations: number): Promise<void> {
    await expect(this.table.getByRole("checkbox")).toHaveCount(evaluations, { timeout: 90_000 });
  }

  async openFirst(): Promise<void> {
    await this.table.getByRole("row").nth(1).click();
    await expect(this.one).toBeVisible();
  }
}
