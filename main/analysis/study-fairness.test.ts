// What the guard is told of studies: every stage's temperature and every seed's findings.
import { expect, test } from "vitest";
import type { StudyRecord } from "../contract/run.ts";
import { weakVsStrongRecipe } from "../contract/study.ts";
import { fairnessOfStudies } from "./study-fairness.ts";

const recipe = weakVsStrongRecipe.parse({
  kind: "weak-vs-strong",
  name: "Two stages",
  starts: ["weak", "strong"].map((name) => ({ name, checkpoint: "base" })),
  data: {},
  rl: {},
});

/** A finished study; `found` gives T by start, `survivors` how many pass the door. */
function study(seed: number, found: Record<string, number>, survivors: Record<string, number>): StudyRecord {
  const stages = Object.keys(found).flatMap((start) => {
    const finder = `temperature/${start}`;
    const temperature = { chosen: found[start], chosenEntropy: 0.3, target: 0.3, fixed: false, candidates: [] };
    const door = { survivors: Array.from({ length: survivors[start] ?? 0 }, (_, i) => `p${i}`) };
    const rl = (name: string, at: number | { stage: string }) => ({ plan: { kind: "rl", key: `rl/${start}/${name}`, start, name, config: recipe.rl, temperature: at }, result: { steps: 60 } }); // biome-ignore format: one record
    return [
      { plan: { kind: "temperature", key: finder, start }, result: { temperature } },
      rl("Short", { stage: finder }),
      ...(survivors[start] === undefined
        ? []
        : [{ plan: { kind: "door", key: `door/${start}`, start, config: { max: 0.5 } }, result: { door } }, rl("Long", 1)]),
    ];
  });
  return { seed, recipe, stages, datasetId: "data", engine: "cpu", codeVersion: "1" } as unknown as StudyRecord;
}

test("a later stage's fixed temperature breaks the comparison; what each seed found is listed, once where all agree", () => {
  const report = fairnessOfStudies([
    study(1, { weak: 1, strong: 1.2 }, { weak: 300, strong: 500 }),
    study(2, { weak: 1, strong: 1.3 }, { weak: 310, strong: 500 }),
  ])!;
  expect(report.fair).toBe(false);
  const byField = new Map(report.findings.map(({ field, values }) => [field, values.map(({ value }) => value)]));
  expect(byField.get("temperature, Long")).toEqual(["1 fixed", "1 fixed"]);
  expect(byField.get("temperature, Short")).toEqual(["1 found", "1.2/1.3 found"]);
  expect(byField.get("door.1.survivors")).toEqual(["300/310", "500"]);
  expect([...byField.keys()].sort()).toEqual(["door.1.survivors", "temperature, Long", "temperature, Short"]);
});

test("with one stage whose temperature is found nothing breaks it", () => {
  const report = fairnessOfStudies([study(1, { weak: 1, strong: 1 }, {})])!;
  expect(report).toMatchObject({ fair: true, findings: [] });
});
