// The ladder builder: sliders and preset at the left, the table of cells at the right, and its way to Configure.
import { expect, type Locator, type Page } from "@playwright/test";
import { PipelinePage } from "./pipeline-page.ts";

export class LadderPage extends PipelinePage {
  readonly ladder: Locator;
  readonly cells: Locator;

  constructor(page: Page) {
    super(page);
    this.ladder = page.getByTestId("ladder");
    this.cells = this.ladder.getByRole("table", { name: "Cells" });
  }

  override async open(): Promise<void> {
    await this.goTo("Datasets");
    await this.page.getByRole("link", { name: "Build a data ladder" }).click();
  }

  cell(name: string): Locator {
    return this.cells.getByRole("row").filter({ has: this.page.getByRole("rowheader", { name, exact: true }) });
  }

  input(what: "Prompts" | "Responses a prompt", name: string): Locator {
    return this.cells.getByRole("textbox", { name: `${what}, ${name}`, exact: true });
  }

  /** By keyboard, from the slider's beginning. */
  async slide(label: string, stops: number): Promise<void> {
    const slider = this.ladder.getByRole("slider", { name: label });
    await slider.press("Home");
    for (let i = 0; i < stops; i++) await slider.press("ArrowRight");
  }

  async add(name: string): Promise<void> {
    await this.ladder.getByRole("button", { name: `Add cell ${name}` }).click();
    await expect(this.cell(name)).toBeVisible();
  }
}
