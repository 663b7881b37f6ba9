// One trait of a start against what RL gained from it, over the starts of finished studies of one measure. Pure.
import type { FingerprintCorrelation } from "../../main/contract/fingerprint.ts";
import { compact, fixed, percent, plural, signed } from "../components/format.ts";
import type { Axis, Figure, Series, StartStyle } from "./figure.ts";

/** Two points always lie on a line. */
export const leastStarts = 3;

type Coefficient = FingerprintCorrelation["spearman"];

const shares = new Set(["passAt1", "passAtN", "zeroVariance", "unparseable", "truncated"]);
const units: Record<string, string> = { entropy: "nats", medianLength: "tokens", diversity: "texts" };

function traitAxis({ trait, label }: FingerprintCorrelation): Axis {
  if (shares.has(trait)) return { label: `${label} (%)`, format: "percent", bounds: [0, 1] };
  return { label: trait in units ? `${label} (${units[trait]})` : label };
}

export function traitValue(trait: string, value: number): string {
  if (shares.has(trait)) return percent(value);
  return trait in units ? `${compact(value)} ${units[trait]}` : compact(value);
}

/** `+0.62 [−0.10, +0.91]` */
export function coefficientText({ value, low, high }: Coefficient): string {
  if (value === null) return "none";
  return low === null || high === null ? signed(value, 2) : `${signed(value, 2)} [${signed(low, 2)}, ${signed(high, 2)}]`;
}

export function correlationReading({ n, spearman, clear }: FingerprintCorrelation): string {
  if (n < leastStarts) return "too few starts have it";
  if (spearman.value === null) return "does not vary";
  return clear ? "clear" : "not distinguishable";
}

/** `own`: styles of the starts of the study that is looked at, by the name they have among all starts. */
export function correlationFigure(correlation: FingerprintCorrelation, own: Map<string, StartStyle>): Figure {
  const { trait, label, points, n, spearman, pearson } = correlation;
  const series = (name: string, shown: typeof points, style?: StartStyle, endLabel?: string): Series => ({
    name,
    style,
    endLabel,
    kind: style === undefined ? "hollow-marks" : "marks",
    x: shown.map((point) => point.trait),
    y: shown.map(({ gain }) => 100 * gain),
    hover: shown.map(
      (point) => `${point.start}\n${label}: ${traitValue(trait, point.trait)}\ngain through RL: ${signed(100 * point.gain, 1)} points`,
    ),
  });
  const others = points.filter(({ start }) => !own.has(start));
  return {
    id: `correlation-${trait}`,
    title: correlation.clear
      ? `${label} goes with RL's gain: Spearman ${fixed(spearman.value ?? 0, 2)}`
      : `${label} and RL's gain: no relation is distinguishable over ${plural(n, "start")}`,
    subtitle: `Spearman ${coefficientText(spearman)}, Pearson ${coefficientText(pearson)}. ${own.size === 0 ? "" : "Filled: this study's starts. "}Seeds of one start are averaged.`,
    x: traitAxis(correlation),
    y: { label: "gain through RL (points)" },
    series: [
      series("starts of other studies", others),
      ...points.flatMap((point) => {
        const style = own.get(point.start);
        return style === undefined ? [] : [series(point.start, [point], style)];
      }),
    ].filter(({ x }) => x.length > 0),
    references: [{ value: 0, axis: "y", label: "no gain" }],
  };
}
