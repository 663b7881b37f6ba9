// The workbench as a person sees it: views by the rail, the inspector, the palette. What a spec says, it says through these.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Locator, type Page } from "@playwright/test";

export type View = "Home" | "Datasets" | "Checkpoints" | "Evaluations" | "Configure" | "Runs" | "Compare" | "Inspect" | "Settings";

export class WorkbenchPage {
  readonly page: Page;
  readonly rail: Locator;
  readonly statusBar: Locator;
  readonly inspector: Locator;

  constructor(page: Page) {
    this.page = page;
    this.rail = page.getByRole("navigation", { name: "Views" });
    this.statusBar = page.getByRole("contentinfo");
    this.inspector = page.getByRole("complementary", { name: "Inspector" });
  }

  async goTo(view: View): Promise<void> {
    await this.rail.getByRole("link", { name: view }).click();
    await expect(this.rail.getByRole("link", { name: view })).toHaveAttribute("aria-current", "page");
  }

  /** Opens the palette, types, and runs what is found first. */
  async runFromPalette(words: string): Promise<void> {
    await expect(this.rail).toBeVisible();
    await this.page.keyboard.press("Control+k");
    const palette = this.page.getByRole("dialog", { name: "Palette" });
    await palette.getByRole("combobox").fill(words);
    await expect(palette.getByRole("option").first()).toBeVisible();
    await this.page.keyboard.press("Enter");
    await expect(palette).toBeHidden();
  }

  /** No accessibility rule of axe is broken on the page as it stands. */
  async expectAccessible(): Promise<void> {
    // Legacy mode: Electron opens no second window for axe. The inspector's separator stands between landmarks by design.
    const { violations } = await new AxeBuilder({ page: this.page }).setLegacyMode(true).exclude("[role=separator]").analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`)).toEqual([]);
  }
}
