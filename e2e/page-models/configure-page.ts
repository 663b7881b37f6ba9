// Configure: what it began from, the form with its lists and stages, what stands beside it, and the button that starts it.
import { expect, type Locator, type Page } from "@playwright/test";
import { WorkbenchPage } from "./workbench-page.ts";

export class ConfigurePage extends WorkbenchPage {
  readonly view: Locator;
  /** Says how many studies and stages it starts, and about how long they take. */
  readonly start: Locator;
  readonly contradictions: Locator;
  readonly stages: Locator;
  readonly preflight: Locator;
  readonly firstBatch: Locator;
  readonly yaml: Locator;

  constructor(page: Page) {
    super(page);
    this.view = page.getByTestId("configure");
    this.start = this.view.getByRole("button", { name: /^Start (study|\d+ studies)/ });
    this.contradictions = this.view.getByRole("button", { name: /: show (it|the first)$/ });
    this.stages = page.getByRole("table", { name: "Stages" });
    this.preflight = page.getByTestId("preflight");
    this.firstBatch = page.getByTestId("first-batch");
    this.yaml = page.getByRole("textbox", { name: "Recipe as YAML" });
  }

  /** By its link: a preset, or a kind. */
  async open(what: string): Promise<void> {
    await this.page.evaluate((hash) => {
      window.location.hash = hash;
    }, `/configure/${what}`);
    await expect(this.view).toBeVisible();
  }

  async beside(tab: "Pre-flight" | "First batch" | "YAML"): Promise<void> {
    await this.page.getByRole("tab", { name: tab }).click();
  }

  async choose(what: "Kind of study" | "Begin from", option: string | RegExp): Promise<void> {
    await this.page.getByRole("combobox", { name: what }).click();
    await this.page.getByRole("option", { name: option }).click();
  }

  field(path: string): Locator {
    return this.page.locator(`[data-field="${path}"]`);
  }

  async fill(path: string, value: string): Promise<void> {
    await this.field(path).getByRole("textbox").fill(value);
  }
}
