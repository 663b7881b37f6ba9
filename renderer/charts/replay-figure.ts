// What another rule of the loss would have changed: in one sentence, and step by step. Pure.
import type { Mass, Replay, ReplayChange, ReplayRule } from "../../main/contract/replay.ts";
import { changedFields, type RuleField } from "../client/replay-rule.ts";
import { writeSelection } from "../client/selection.ts";
import { count, fixed, percent } from "../components/format.ts";
import type { Figure, StartStyle } from "./figure.ts";

const inWords: { [Field in RuleField]: (value: ReplayRule[Field]) => string } = {
  aggregation: (value) => (value === "token-mean" ? "the token mean" : "the sequence mean"),
  std: (value) => ({ sample: "the std over n − 1", population: "the std over n", none: "no division by the std" })[value],
  overlongFilter: (value) => `the over-long filter ${value ? "on" : "off"}`,
  overlongInGroupStats: (value) => `filtered rollouts ${value ? "in" : "out of"} the group's statistics`,
  dynamicSampling: (value) => `dynamic sampling ${value ? "on" : "off"}`,
};

function wordOf<Field extends RuleField>(rule: ReplayRule, field: Field): string {
  return inWords[field](rule[field]);
}

const listed = (parts: string[]): string =>
  parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}`;

export const classes = ["right", "wrong", "truncated", "long"] as const satisfies (keyof Mass)[];

const classWords: Record<(typeof classes)[number], string> = {
  right: "right rollouts",
  wrong: "wrong rollouts",
  truncated: "truncated rollouts",
  long: "the longest quarter",
};

/** The class whose share of the pull changes most, where that is a point or more. */
function pullSentence({ asRun, replayed }: ReplayChange["pull"]): string {
  const change = (each: (typeof classes)[number]) => Math.abs(replayed[each] - asRun[each]);
  const [most] = [...classes].sort((a, b) => change(b) - change(a));
  if (change(most) < 0.01) return "no class of rollouts would have gained or lost a point of the pull";
  return `${classWords[most]} would have made ${percent(replayed[most])} of the pull in place of ${percent(asRun[most])}`;
}

/** Below this a change is rounding. */
const rounding = 1e-9;

export function replaySentence({ asRun, replayed, overall }: Replay): string {
  const { rollouts, left, entered, signChanged, meanChange, relativeChange, correlation, pull } = overall;
  const under = `With ${listed(changedFields(replayed, asRun).map((field) => wordOf(replayed, field)))}`;
  const moves: [number, string][] = [
    [left, "have left the loss"],
    [entered, "have entered the loss"],
    [signChanged, "have an advantage of another sign"],
  ];
  const same = relativeChange === null ? meanChange === 0 : relativeChange < rounding;
  const moved = moves.filter(([share]) => share > 0).map(([share, what]) => `${percent(share)} would ${what}`);
  if (moved.length === 0 && same)
    return `${under}, nothing would have changed: all ${count(rollouts)} rollouts keep their weight and their advantage.`;
  const who = `of ${count(rollouts)} rollouts ${moved.length === 0 ? "none would have left or entered the loss" : listed(moved)}`;
  if (same) return `${under}, ${who}; the gradient would have been the same.`;
  if (relativeChange === null) return `${under}, ${who}; as run no rollout had any pull, so all of the gradient would have been new.`;
  const change = `the gradient's coefficients would have moved by ${percent(relativeChange)} of their size`;
  if (correlation !== null && correlation > 1 - 1e-6) return `${under}, ${who}; ${change}, all in one proportion.`;
  return `${under}, ${who}; ${change}, and ${pullSentence(pull)}.`;
}

export function replayFigure({ steps }: Replay, stageId: string, style: StartStyle | undefined): Figure {
  const shown = steps.flatMap(({ relativeChange, ...step }) => (relativeChange === null ? [] : [{ ...step, relativeChange }]));
  const without = steps.length - shown.length;
  return {
    id: `replay-${stageId}`,
    title: "At which steps would it have mattered?",
    subtitle: `Change of the coefficients, by tokens, over their size as run.${without === 0 ? "" : ` ${without} of ${steps.length} steps had none as run.`}`,
    x: {
      label: "RL step",
      range: [1, Math.max(2, ...steps.map(({ step }) => step))],
      // Few steps would have ticks between them.
      ...(steps.length < 8 && { ticks: steps.map(({ step }) => step) }),
    },
    y: { label: "relative change (%)", format: "percent", range: [0, 0.05], bounds: [0, null] },
    series: [
      {
        name: "relative change",
        style,
        kind: steps.length < 30 ? "marks-line" : "line",
        x: shown.map(({ step }) => step),
        y: shown.map(({ relativeChange }) => relativeChange),
        hover: shown.map(
          ({ step, relativeChange, rollouts, left, entered, signChanged, correlation }) =>
            `step ${step}: ${percent(relativeChange)} of ${count(rollouts)} rollouts' coefficients\nleft ${percent(left)}, entered ${percent(entered)}, other sign ${percent(signChanged)}\ncorrelation ${correlation === null ? "undefined" : fixed(correlation, 3)}\nclick: its rollouts`,
        ),
        keys: shown.map(({ step }) => writeSelection({ kind: "rollouts", stageId, step })),
      },
    ],
  };
}
