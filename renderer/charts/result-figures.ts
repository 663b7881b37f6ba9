// The plots of a study's result: scores of its arms, the data ladder, epochs, temperatures, doors, and gaps along RL. Pure. Seeds are
// small marks, their mean a large one or a line; with one seed the interval is over problems.
import type { Alignment, AlignmentAxis } from "../../main/contract/alignment.ts";
import type { SeedInterval } from "../../main/contract/comparison.ts";
import type { FairnessReport } from "../../main/contract/fair-comparison.ts";
import type { ArmEvaluation, ArmRun, ArmStage, StudyArm, StudyResult } from "../../main/contract/study-result.ts";
import { writeSelection } from "../client/selection.ts";
import { percent, percentInterval, sampleSize } from "../components/format.ts";
import { type Figure, type Series, type StartStyle, startStyles } from "./figure.ts";
import { courseOfRl } from "./rl-course.ts";

/** Styles of a result's arms; what forks begin from is drawn as the strongest, in the last hue. */
export function armStyles(result: StudyResult): Map<string, StartStyle> {
  const arms = result.arms.filter(({ role }) => role === "arm").map(({ name }) => name);
  return startStyles([...arms, ...result.arms.filter(({ role }) => role === "start").map(({ name }) => name)]);
}

const inWords: Record<ArmEvaluation["when"], string> = { before: "before RL", between: "", after: "after RL", alone: "after SFT" };

/** Where an evaluation stands: after SFT, after a stage, at the end; with its budget where there are several. */
export function placeOf({ when, point, budget }: Pick<ArmEvaluation, "when" | "point" | "budget">, budgets: boolean): string {
  return `${when === "between" ? `after ${point}` : inWords[when]}${budgets ? `, ${budget} tokens` : ""}`;
}

export const hasBudgets = (result: StudyResult): boolean =>
  new Set(result.arms.flatMap(({ runs }) => runs.flatMap(({ evaluations }) => evaluations.map(({ budget }) => budget)))).size > 1;

export const keyOf = ({ evaluationId }: ArmEvaluation): string => writeSelection({ kind: "samples", evaluationId });
export const hoverOf = (arm: string, at: string, run: ArmRun, evaluation: ArmEvaluation): string =>
  `${arm}, ${at}, seed ${run.seed}\n${percentInterval(evaluation.score)} (${sampleSize(evaluation.score)})\ntruncated ${percent(evaluation.truncated)}\nclick: its samples`;

/** What a result's scores are measured on: a pool of its problems, or the dataset that an evaluation names. */
export const measuredOn = ({ recipe, pool }: StudyResult): string => (recipe.kind === "evaluation" ? recipe.data.dataset : pool);

export interface ScoreRow {
  arm: StudyArm;
  at: string;
  label: string;
  /** One a seed. */
  own: { run: ArmRun; evaluation: ArmEvaluation }[];
}

/** A row for each arm at each point. */
export function scoreRows(result: StudyResult): ScoreRow[] {
  const budgets = hasBudgets(result);
  return result.arms.flatMap((arm) => {
    const all = arm.runs.flatMap((run) => run.evaluations.map((evaluation) => ({ run, evaluation, at: placeOf(evaluation, budgets) })));
    return [...new Set(all.map(({ at }) => at))].map((at): ScoreRow => {
      // A checkpoint that is only evaluated was not fine-tuned here.
      const label = result.recipe.kind === "evaluation" ? arm.name : `${arm.name}, ${at}`;
      return { arm, at, label, own: all.filter((each) => each.at === at) };
    });
  });
}

/** The scores of all rows: of one seed with its interval over problems, of several the mean with theirs, and each as a dot. */
export function scoresFigure(result: StudyResult): Figure {
  const styles = armStyles(result);
  const rows = scoreRows(result);
  const several = result.seeds.length > 1;
  const series = rows.flatMap(({ arm, at, label, own }): Series[] => {
    const style = styles.get(arm.name);
    const kind = own.some(({ evaluation }) => evaluation.when === "before") ? "hollow-marks" : "marks";
    const seeds: Series = {
      name: label,
      style,
      kind,
      x: own.map(({ evaluation }) => evaluation.score.value),
      y: own.map(() => label),
      hover: own.map(({ run, evaluation }) => hoverOf(arm.name, at, run, evaluation)),
      keys: own.map(({ evaluation }) => keyOf(evaluation)),
    };
    if (!several)
      return [{ ...seeds, low: own.map(({ evaluation }) => evaluation.score.low), high: own.map(({ evaluation }) => evaluation.score.high), intervalOnX: true }]; // biome-ignore format: one record
    const over = overAt(arm, own[0].evaluation);
    const mean: Series = {
      name: `${label}, mean`,
      style,
      kind,
      x: [over.mean],
      y: [label],
      low: [within(over.low)],
      high: [within(over.high)],
      intervalOnX: true,
      hover: [`${label}\n${overText(over, own.length)}`],
    };
    return [mean, { ...seeds, name: `${label}, seeds`, kind: "dots", dodge: 0.3 }];
  });
  const hollow = series.some(({ kind }) => kind === "hollow-marks");
  return {
    id: "arm-scores",
    title: result.recipe.kind === "evaluation" ? "How often is it right?" : "Score of each arm",
    subtitle: [
      several ? "Means with 95 % intervals over seeds; dots: seeds." : "Bars: 95 % interval over problems.",
      ...(hollow ? ["Hollow: before RL."] : []),
    ].join(" "),
    x: { label: `pass@1 on ${measuredOn(result)} (%)`, format: "percent", bounds: [0, 1] },
    y: { label: "", categories: rows.map(({ label }) => label).reverse() },
    series,
  };
}

/** An arm's score at an evaluation's place, over all seeds that have it. */
export function overAt({ overSeeds }: StudyArm, { when, point, budget }: ArmEvaluation): SeedInterval {
  return overSeeds.find((each) => each.when === when && each.point === point && each.budget === budget)!.score;
}

export function overText({ mean, low, high }: SeedInterval, seeds: number): string {
  if (seeds === 1) return `${percent(mean)}, one seed alone`;
  return `mean of ${seeds} seeds ${percent(mean)}${low === null || high === null ? "" : ` [${percent(Math.max(0, low))}, ${percent(Math.min(1, high))}] over seeds`}`;
}

export interface Placed {
  x: number;
  /** Over all seeds at this place. */
  over: SeedInterval;
  run: ArmRun;
  evaluation: ArmEvaluation;
}

/** An end of an interval of shares: one over few seeds passes 0 or 1, and no score does. */
export const within = (end: number | null): number | null => (end === null ? null : Math.min(1, Math.max(0, end)));

/** A line through the mean over seeds at each x, the seeds as small marks beside it. */
export function meanLine(
  name: string,
  style: StartStyle | undefined,
  placed: readonly Placed[],
  at: string,
  tick: (x: number) => string,
): Series[] {
  const xs = [...new Set(placed.map(({ x }) => x))].sort((a, b) => a - b);
  const own = (x: number) => placed.filter((each) => each.x === x);
  const several = xs.some((x) => own(x).length > 1);
  const place = (x: number) => (at === "" ? tick(x) : `${tick(x)}, ${at}`);
  const line: Series = {
    name,
    style,
    kind: "marks-line",
    x: xs,
    y: xs.map((x) => own(x)[0].over.mean),
    // One seed: over problems. Several: over seeds.
    low: xs.map((x) => (several ? within(own(x)[0].over.low) : own(x)[0].evaluation.score.low)),
    high: xs.map((x) => (several ? within(own(x)[0].over.high) : own(x)[0].evaluation.score.high)),
    hover: xs.map((x) => (several ? `${name}, ${place(x)}\n${overText(own(x)[0].over, own(x).length)}` : hoverOf(name, place(x), own(x)[0].run, own(x)[0].evaluation))), // biome-ignore format: one thought
    keys: xs.map((x) => (several ? null : keyOf(own(x)[0].evaluation))),
    endLabel: name,
  };
  if (!several) return [line];
  const marks: Series = {
    name: `${name}, seeds`,
    style,
    kind: "dots",
    x: placed.map(({ x }) => x),
    y: placed.map(({ evaluation }) => evaluation.score.value),
    hover: placed.map(({ x, run, evaluation }) => hoverOf(name, place(x), run, evaluation)),
    keys: placed.map(({ evaluation }) => keyOf(evaluation)),
  };
  return [marks, line];
}

/** Score against unique prompts, one line for each number of responses. */
export function ladderFigure(result: StudyResult): Figure | null {
  if (result.recipe.kind !== "ladder") return null;
  const cells = result.recipe.cells;
  const responses = [...new Set(cells.map((cell) => cell.responsesPerPrompt))].sort((a, b) => a - b);
  const styles = startStyles(responses.map(String));
  const named = new Set(cells.map(({ prompts, responsesPerPrompt }) => `${prompts} × ${responsesPerPrompt}`));
  const series = responses.flatMap((each) => {
    const placed = result.arms
      .filter(({ name }) => named.has(name))
      .flatMap((arm) =>
        arm.runs.flatMap((run): Placed[] =>
          run.sft?.responsesPerPrompt === each
            ? run.evaluations.map((evaluation) => ({ x: Math.log2(run.sft!.prompts), over: overAt(arm, evaluation), run, evaluation }))
            : [],
        ),
      );
    const name = `${each} ${each === 1 ? "response" : "responses"} a prompt`;
    return placed.length === 0 ? [] : meanLine(name, styles.get(String(each)), placed, "after SFT", (x) => `${Math.round(2 ** x)} prompts`);
  });
  const ticks = [...new Set(cells.map(({ prompts }) => prompts))].sort((a, b) => a - b);
  const next = result.regression?.whatNext;
  return {
    id: "ladder",
    title: next ? next.sentence : "What does a doubling of prompts or responses bring?",
    x: { label: "unique prompts (log scale)", ticks: ticks.map((each) => Math.log2(each)), tickTexts: ticks.map(String) },
    y: { label: `pass@1 on ${result.pool} (%)`, format: "percent", bounds: [0, 1] },
    series,
  };
}

/** Score by epoch, before and after RL. */
export function epochsFigure(result: StudyResult): Figure | null {
  if (result.recipe.kind !== "epochs") return null;
  const at = (wanted: (evaluation: ArmEvaluation) => boolean): Placed[] =>
    result.arms.flatMap((arm) =>
      arm.runs.flatMap(
        (run) =>
        run.evaluations.filter(wanted).map((evaluation) => ({ x: Number(arm.name.replace("epoch ", "")), over: overAt(arm, evaluation), run, evaluation })), // biome-ignore format: one record
      ),
    );
  const before = at(({ when }) => when === "before" || when === "alone");
  const after = at(({ when }) => when === "after");
  const tick = (x: number) => `epoch ${x}`;
  // Both lines run through all epochs: neither has the hue of one.
  const hue = result.arms.length;
  return {
    id: "epochs",
    title: "Which epoch makes the best start?",
    subtitle: "Each start is annealed to its own end.",
    x: { label: "SFT epochs", ticks: [...new Set(before.map(({ x }) => x))] },
    y: { label: `pass@1 on ${result.pool} (%)`, format: "percent", bounds: [0, 1] },
    series: [
      ...(before.length > 0 ? meanLine("after SFT", { hue, dash: 1 }, before, "after SFT", tick) : []),
      ...(after.length > 0
        ? meanLine("after RL", { hue: hue + 1, dash: 0 }, after, "after RL", tick).map((each) => ({ ...each, dodge: 0.006 }))
        : []),
    ],
  };
}

/** The end of RL of each arm at its x: one seed with its interval over problems; of several the mean with theirs, seeds as dots. */
export function endMarks(
  result: StudyResult,
  xOf: (arm: StudyArm, run: ArmRun) => number | undefined,
  says: (x: number) => string,
  { labelled = () => true, dodge = () => 0 }: { labelled?: (arm: StudyArm) => boolean; dodge?: (arm: StudyArm) => number } = {},
): Series[] {
  const styles = armStyles(result);
  return result.arms.flatMap((arm): Series[] => {
    const own = arm.runs.flatMap((run) => {
      const x = xOf(arm, run);
      return x === undefined ? [] : run.evaluations.filter(({ when }) => when === "after").map((evaluation) => ({ x, run, evaluation }));
    });
    if (own.length === 0) return [];
    const style = styles.get(arm.name);
    const endLabel = labelled(arm) ? arm.name : undefined;
    const seeds: Series = {
      name: arm.name,
      style,
      kind: "marks",
      dodge: dodge(arm),
      x: own.map(({ x }) => x),
      y: own.map(({ evaluation }) => evaluation.score.value),
      hover: own.map(({ run, evaluation, x }) => `${hoverOf(arm.name, "after RL", run, evaluation)}\n${says(x)}`),
      keys: own.map(({ evaluation }) => keyOf(evaluation)),
    };
    if (own.length === 1) return [{ ...seeds, low: [own[0].evaluation.score.low], high: [own[0].evaluation.score.high], endLabel }];
    const over = overAt(arm, own[0].evaluation);
    const mean: Series = {
      name: `${arm.name}, mean`,
      style,
      kind: "marks",
      dodge: dodge(arm),
      x: [own.reduce((sum, { x }) => sum + x, 0) / own.length],
      y: [over.mean],
      low: [within(over.low)],
      high: [within(over.high)],
      hover: [`${arm.name}, after RL\n${overText(over, own.length)}`],
      endLabel,
    };
    return [{ ...seeds, name: `${arm.name}, seeds`, kind: "dots" }, mean];
  });
}

/** The end of RL at each temperature, against T or against the entropy it had on average. */
export function temperatureScoreFigure(result: StudyResult, against: "temperature" | "entropy"): Figure | null {
  if (result.recipe.kind !== "temperature") return null;
  const entropy = against === "entropy";
  const moved = result.recipe.rl.entropyController !== undefined;
  const xOf = (_: StudyArm, { stages }: ArmRun) => courseOfRl(stages, (stage) => (entropy ? stage.entropy : stage.temperature))?.mean;
  const series = endMarks(result, xOf, (x) => `${entropy ? "mean entropy at T" : moved ? "mean T" : "T"} ${x.toFixed(2)}`);
  if (series.length === 0) return null;
  return {
    id: `temperature-${against}`,
    title: entropy ? "Is the best end where entropy at T is near 0.3?" : "Which sampling temperature ends best?",
    subtitle: !entropy && moved ? "A controller moved T: each fork stands at its mean over RL, and is named by its first." : undefined,
    x: { label: entropy ? "mean entropy at T over RL (nats)" : `${moved ? "mean " : ""}sampling temperature T of RL` },
    y: { label: `pass@1 on ${result.pool} after RL (%)`, format: "percent", bounds: [0, 1] },
    series,
    references: entropy ? [{ value: 0.3, axis: "x", label: "0.3 nats: AceReason-Nemotron 1.1, a 7B model" }] : [],
  };
}

/** Problems at a stage's door by how many of their samples were right; those let through are filled. */
export function doorFigure(arm: StudyArm, run: ArmRun, { stageId, name, door }: ArmStage, style: StartStyle | undefined): Figure | null {
  if (!door) return null;
  const n = door.samplesPerProblem;
  const bars = (kind: "bars" | "faint-bars", count: "problems" | "survivors"): Series => ({
    name: count === "problems" ? "at the door" : "let through",
    style,
    kind,
    x: door.histogram.map(({ right }) => right),
    y: door.histogram.map((each) => each[count]),
    hover: door.histogram.map(
      ({ right, problems, survivors }) => `${right} of ${n} right\n${problems} problems, ${survivors} let through\nclick: their samples`,
    ),
    keys: door.histogram.map(() => door.evaluationId && writeSelection({ kind: "samples", evaluationId: door.evaluationId })),
  });
  return {
    id: `door-${stageId}`,
    title: `${arm.name}: ${door.survivors} of ${door.problems} problems pass into ${name}`,
    subtitle: `Seed ${run.seed}`,
    x: { label: `right of ${n} samples`, ticks: door.histogram.map(({ right }) => right).filter((right) => n <= 8 || right % 2 === 0) },
    y: { label: "problems" },
    series: [bars("faint-bars", "problems"), bars("bars", "survivors")],
  };
}

const axisLabels: Record<AlignmentAxis, string> = {
  step: "RL steps",
  tokens: "tokens generated",
  compute: "operations (2N a generated, 6N a trained token)",
};

/** Whether the order of each pair flips along RL; pairs of which the same is to be said, in one sentence. */
function orderText({ gaps }: Alignment): string {
  if (gaps.length === 1) return gaps[0].crossing.sentence;
  const named = (wanted: string) =>
    gaps.flatMap(({ weak, strong, crossing }) => (crossing.outcome === wanted ? `${strong} − ${weak}` : [])).join(", ");
  const [kept, unclear] = [named("order kept"), named("not distinguishable")];
  return [
    ...gaps.flatMap(({ weak, strong, crossing }) => (crossing.outcome === "crossing" ? `${strong} − ${weak}: ${crossing.sentence}` : [])),
    ...(kept ? [`Clear of zero on one side all along: ${kept}.`] : []),
    ...(unclear ? [`Whether the order flips is not distinguishable: ${unclear}.`] : []),
  ].join(" ");
}

/** What a click on a gap at x opens: the stronger start's samples there, or at its last evaluation before. */
function gapKeys({ curves }: Alignment, strong: string, seed: number, xs: readonly number[]): (string | null)[] {
  const points = curves.find((curve) => curve.start === strong && curve.seed === seed)?.points ?? [];
  return xs.map((at) => {
    const last = points.filter(({ x }) => x <= at).at(-1);
    return last ? writeSelection({ kind: "samples", evaluationId: last.evaluationId }) : null;
  });
}

/** Strong minus weak along RL, with its band; a comparison that is not fair says so on the plot itself, wherever that goes. */
export function gapFigure(alignment: Alignment, fairness: FairnessReport | null): Figure {
  const starts = new Set(alignment.curves.map(({ start }) => start)).size;
  const series = alignment.gaps.flatMap(({ weak, strong, bySeed, overSeeds }, i): Series[] => {
    const name = `${strong} − ${weak}`;
    // Hues after the starts': a gap is none of them.
    const style = { hue: starts + i, dash: 0 };
    if (overSeeds)
      return [
        {
          name,
          style,
          kind: "marks-line",
          x: overSeeds.map(({ x }) => x),
          y: overSeeds.map(({ gap }) => 100 * gap.mean),
          // Two seeds can have intervals wider than a gap can be.
          low: overSeeds.map(({ gap }) => (gap.low === null ? null : 100 * Math.max(-1, gap.low))),
          high: overSeeds.map(({ gap }) => (gap.high === null ? null : 100 * Math.min(1, gap.high))),
          hover: overSeeds.map(
            ({ x, gap }) =>
              `${name} at ${x}\n${(100 * gap.mean).toFixed(1)} points, mean of ${bySeed.length} seeds\nclick: samples of ${strong}, seed ${bySeed[0].seed}`,
          ),
          keys: gapKeys(
            alignment,
            strong,
            bySeed[0].seed,
            overSeeds.map(({ x }) => x),
          ),
          endLabel: name,
        },
      ];
    return bySeed.map(({ seed, points }) => ({
      name: `${name}, seed ${seed}`,
      style,
      kind: "marks-line",
      x: points.map(({ x }) => x),
      y: points.map(({ gap }) => 100 * gap.value),
      low: points.map(({ gap }) => 100 * gap.low),
      high: points.map(({ gap }) => 100 * gap.high),
      hover: points.map(
        ({ x, gap, measured }) =>
          `${name} at ${x}\n${(100 * gap.value).toFixed(1)} points [${(100 * gap.low).toFixed(1)}, ${(100 * gap.high).toFixed(1)}]${measured ? "" : "\nbetween evaluations"}\nclick: samples of ${strong}`,
      ),
      keys: gapKeys(
        alignment,
        strong,
        seed,
        points.map(({ x }) => x),
      ),
      endLabel: name,
    }));
  });
  return {
    id: `gap-${alignment.axis}`,
    title: fairness?.fair === false ? "Not a fair comparison: how the gap moves through RL" : "How the gap moves through RL",
    subtitle: [fairness?.fair === false ? fairness.sentence : "", `On dev. ${orderText(alignment)}`].join(" ").trim(),
    x: { label: axisLabels[alignment.axis] },
    y: { label: "gap (points)", bounds: [-100, 100] },
    series,
    references: [{ value: 0, axis: "y", label: "no gap" }],
  };
}
