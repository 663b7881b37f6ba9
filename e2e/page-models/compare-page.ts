// The comparison of a finished study: scores before and after RL, the gap, problems newly solved and lost.
import { expect, type Locator, type Page } from "@playwright/test";
import { WorkbenchPage } from "./workbench-page.ts";

export class ComparePage extends WorkbenchPage {
  readonly view: Locator;
  readonly scores: Locator;
  /** Of a study of any other kind than weak against strong. */
  readonly armScores: Locator;
  readonly gap: Locator;
  readonly runs: Locator;
  readonly regression: Locator;
  /** Arms of the over-long laboratory. */
  readonly overlong: Locator;
  readonly replay: Locator;
  /** What the papers printed beside the study's own figures. */
  readonly published: Locator;
  readonly correlations: Locator;

  constructor(page: Page) {
    super(page);
    this.view = page.getByTestId("compare");
    this.scores = page.getByRole("table", { name: "pass@1 before and after RL" });
    this.armScores = page.getByRole("table", { name: "Scores in numbers" });
    this.gap = page.getByRole("table", { name: "The gap between starts" });
    this.runs = page.getByRole("table", { name: "How each start ran" });
    this.regression = page.getByRole("table", { name: "Regression" });
    this.overlong = page.getByRole("table", { name: "Forks of the over-long laboratory" });
    this.replay = page.getByTestId("replay");
    this.published = page.getByRole("table", { name: "What the paper printed" });
    this.correlations = page.getByTestId("correlations");
  }

  plot(id: string): Locator {
    return this.page.getByTestId(`plot-${id}`);
  }

  /** The row of a start over all sources. */
  score(start: string): Locator {
    return this.scores.getByTestId("score-row").filter({ has: this.page.getByRole("rowheader", { name: start }) });
  }

  /** Opens the samples behind a start's score, then the first problem's samples whole. */
  async openSamples(start: string, when: "before" | "after"): Promise<Locator> {
    await this.score(start).getByTitle(`Samples of ${start} ${when} RL`).click();
    await this.inspector.getByRole("grid", { name: "Samples of the evaluation" }).getByRole("row").nth(1).click();
    const samples = this.page.getByTestId("samples");
    await expect(samples).toBeVisible();
    return samples;
  }
}
