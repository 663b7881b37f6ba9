// Datasets: the import wizard and one imported version with its filters and rows.
import { expect, type Locator, type Page } from "@playwright/test";
import type { Workbench } from "../fixtures.ts";
import { WorkbenchPage } from "./workbench-page.ts";

export class DatasetsPage extends WorkbenchPage {
  readonly wizard: Locator;
  readonly rows: Locator;
  readonly row: Locator;

  constructor(page: Page) {
    super(page);
    this.wizard = page.getByTestId("import-dataset");
    this.rows = page.getByRole("grid", { name: "Rows" });
    this.row = page.getByTestId("row");
  }

  async chooseFile(workbench: Workbench, name: string): Promise<void> {
    await this.goTo("Datasets");
    await this.page.getByRole("link", { name: "Import a dataset" }).click();
    await workbench.choose(name, "file");
    await expect(this.wizard.getByRole("heading", { name: "2. What its columns are" })).toBeVisible({ timeout: 30_000 });
  }

  mapped(field: string): Locator {
    return this.wizard.locator(`[data-field="${field}"]`);
  }

  /** What the table's foot says of how many rows there are. */
  foot(text: string): Locator {
    return this.page.getByTestId("dataset").getByText(text, { exact: true });
  }

  /** Drags over a histogram from one share of its width to another. */
  async brush(plot: string, from: number, to: number): Promise<void> {
    const area = this.page.getByTestId(`plot-${plot}`).locator(".nsewdrag");
    const box = await area.boundingBox();
    if (box === null) throw new Error(`${plot} is not drawn.`);
    const at = (share: number): [number, number] => [box.x + share * box.width, box.y + box.height / 2];
    await this.page.mouse.move(...at(from));
    await this.page.mouse.down();
    await this.page.mouse.move(...at(to), { steps: 8 });
    await this.page.mouse.up();
  }
}
