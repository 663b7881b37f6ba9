// What false rewards cost: the end of RL of each fork against the rate at which its verifier errs. Pure.
import { noiseName } from "../../main/contract/study.ts";
import type { StudyArm, StudyResult } from "../../main/contract/study-result.ts";
import { percent } from "../components/format.ts";
import type { Figure, MarkedRange, Series } from "./figure.ts";
import { armStyles, endMarks, overAt, within } from "./result-figures.ts";

export function noiseFigure(result: StudyResult): Figure | null {
  const { recipe } = result;
  if (recipe.kind !== "verifier-noise") return null;
  const rates = new Map(recipe.noise.map((noise) => [noiseName(noise), noise]));
  const rateOf = ({ name }: StudyArm) => {
    const noise = rates.get(name);
    return noise && Math.max(noise.falsePositive, noise.falseNegative);
  };
  const isBoth = ({ name }: StudyArm) => {
    const noise = rates.get(name);
    return noise !== undefined && Math.min(noise.falsePositive, noise.falseNegative) > 0;
  };
  // Forks that err at one rate in different ways stand side by side.
  const dodge = ({ name }: StudyArm) => {
    const { falsePositive = 0, falseNegative = 0 } = rates.get(name) ?? {};
    return 0.006 * Math.sign(falseNegative - falsePositive);
  };
  const marks = endMarks(result, rateOf, (x) => `at a rate of ${percent(x)}`, { labelled: isBoth, dodge });
  if (marks.length === 0) return null;
  /** Through the forks whose verifier errs in one way alone, from the one without errors. */
  const line = (wrong: "falsePositive" | "falseNegative", name: string): Series[] => {
    const other = wrong === "falsePositive" ? "falseNegative" : "falsePositive";
    const through = result.arms
      .flatMap((arm) => {
        const noise = rates.get(arm.name);
        const end = arm.runs.flatMap(({ evaluations }) => evaluations.filter(({ when }) => when === "after")).at(0);
        return noise && end && noise[other] === 0 ? [{ x: noise[wrong], y: overAt(arm, end).mean }] : [];
      })
      .sort((a, b) => a.x - b.x);
    if (through.length < 2) return [];
    const hover = through.map(({ x, y }) => `${name}: ${percent(x)}\npass@1 ${percent(y)}`);
    return [{ name, kind: "thin-line", x: through.map(({ x }) => x), y: through.map(({ y }) => y), hover, endLabel: name }];
  };
  const band = beforeRl(result);
  return {
    id: "noise",
    title: "What do false rewards cost?",
    subtitle: [
      "False positives: wrong responses that are rewarded. False negatives: right ones that are not.",
      ...(band.length > 0 ? ["Shaded: the 95 % interval before RL."] : []),
      ...(result.arms.some(isBoth) ? ["Both at once: at the larger rate."] : []),
    ].join(" "),
    x: {
      label: "rate of false rewards (%)",
      ticks: [...new Set(result.arms.flatMap((arm) => rateOf(arm) ?? []))].sort((a, b) => a - b),
      format: "percent",
      bounds: [0, 1],
    },
    y: { label: `pass@1 on ${result.pool} after RL (%)`, format: "percent", bounds: [0, 1] },
    series: [...line("falsePositive", "false positives"), ...line("falseNegative", "false negatives"), ...marks],
    ...(band.length > 0 && { marked: band }),
  };
}

/** The interval of what all forks begin from. */
function beforeRl(result: StudyResult): MarkedRange[] {
  const styles = armStyles(result);
  return result.arms
    .filter(({ role }) => role === "start")
    .flatMap((arm): MarkedRange[] => {
      const before = arm.runs.flatMap(({ evaluations }) => evaluations.filter(({ when }) => when === "before")).at(0);
      if (!before) return [];
      const { low, high } = arm.runs.length > 1 ? overAt(arm, before) : before.score;
      const ends = { low: within(low), high: within(high) };
      if (ends.low === null || ends.high === null) return [];
      return [{ low: ends.low, high: ends.high, style: styles.get(arm.name), name: `${arm.name}, before RL` }];
    });
}
