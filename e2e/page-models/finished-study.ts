// A study from its preset or its form to its end, and from there to what Compare says of it.
import { expect, type Page } from "@playwright/test";
import { ComparePage } from "./compare-page.ts";
import { ConfigurePage } from "./configure-page.ts";
import { StudyPage } from "./study-page.ts";

type Fill = (form: ConfigurePage) => Promise<void>;

/** Starts the study of a preset of Configure, or of a kind's form that is filled first. */
export async function start(page: Page, preset: string, fill?: Fill): Promise<void> {
  const configure = new ConfigurePage(page);
  await expect(configure.rail).toBeVisible();
  await configure.open(preset);
  await fill?.(configure);
  await expect(configure.start).toBeEnabled({ timeout: 60_000 });
  await configure.start.click();
}

/** To the end of that study. */
export async function finish(page: Page, preset: string, fill?: Fill): Promise<StudyPage> {
  await start(page, preset, fill);
  const study = new StudyPage(page);
  await expect(study.view).toBeVisible();
  await study.untilDone();
  return study;
}

/** From a finished study's run to its comparison. */
export async function openComparison(page: Page): Promise<ComparePage> {
  await page.evaluate(() => {
    window.location.hash = window.location.hash.replace("/runs/", "/compare/");
  });
  const compare = new ComparePage(page);
  await expect(compare.view).toBeVisible();
  return compare;
}
