// A study's live view: start it from Home, watch its stages, read its curves and rollouts.
import { expect, type Locator, type Page } from "@playwright/test";
import { WorkbenchPage } from "./workbench-page.ts";

export class StudyPage extends WorkbenchPage {
  readonly view: Locator;
  readonly rollouts: Locator;

  constructor(page: Page) {
    super(page);
    this.view = page.getByTestId("study");
    this.rollouts = page.getByTestId("latest-rollouts");
  }

  /** From Home, by one click; `tiny` is the preset that only shows that all works. */
  static async start(page: Page, preset: "quick" | "tiny"): Promise<StudyPage> {
    const study = new StudyPage(page);
    await study.goTo("Home");
    await page.getByTestId(`start-${preset}`).click();
    await expect(study.view).toBeVisible();
    return study;
  }

  status(word: "running" | "paused" | "cancelled" | "done"): Locator {
    return this.view.getByRole("banner").or(this.view.locator("header")).getByText(word, { exact: true });
  }

  async untilDone(): Promise<void> {
    await expect(this.status("done")).toBeVisible({ timeout: 180_000 });
  }

  plot(id: string): Locator {
    return this.page.getByTestId(`plot-${id}`);
  }

  /** What a plot says: title and each curve's last point, and how many points are drawn. */
  async curve(id: string): Promise<{ says: string | null; points: number }> {
    const plot = this.plot(id);
    await expect(plot.locator(".scatterlayer .trace").first()).toBeAttached();
    return {
      says: await plot.locator("[role=img]").getAttribute("aria-label"),
      points: await plot.locator(".scatterlayer .point").count(),
    };
  }

  /** Opens the first of the latest rollouts in the inspector. */
  async openRollout(): Promise<Locator> {
    await this.rollouts.getByRole("row").nth(1).click();
    const rollout = this.page.getByTestId("rollout");
    await expect(rollout).toBeVisible();
    return rollout;
  }
}
