// The comparison as text. Shares are shown in percent, their differences in points with sign and 95 % interval.
import type { Comparison, Estimate, StartComparison } from "../contract/index.ts";
import { formatDuration } from "./progress-line.ts";

const percent = (share: number) => (share * 100).toFixed(1);
const signed = (share: number) => `${share < 0 ? "−" : "+"}${percent(Math.abs(share))}`;

const level = (e: Estimate) => `${percent(e.value)} % ± ${percent((e.high - e.low) / 2)}`;

function difference(e: Estimate): string {
  const spansZero = e.low <= 0 && e.high >= 0;
  return `${signed(e.value)} [${signed(e.low)}, ${signed(e.high)}]${spansZero ? " n.d." : ""}`;
}

function table(rows: string[][]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column]))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

const fate = ({ count, chance }: StartComparison["lost"]) => `${count} (by chance ${chance.toFixed(1)})`;

export function formatComparison({ study, starts, gaps }: Comparison): string {
  const { problems, samplesPerProblem } = starts[0].before;
  const head = `${study.name}, seed ${study.seed}, ${formatDuration(study.seconds)}${study.engine ? `, ${study.engine}` : ""}\n`;
  const startRows = [
    ["Start", "SFT", "T", "Entropy at T", "Before RL", "After RL", "Change, points", "Truncated", "Length", "Newly solved", "Lost"],
    ...starts.map((start) => [
      start.name,
      `${start.prompts} × ${start.responsesPerPrompt}`,
      String(start.temperature.chosen),
      start.temperature.chosenEntropy.toFixed(2),
      level(start.before),
      level(start.after),
      difference(start.change),
      `${percent(start.truncated.before)} → ${percent(start.truncated.after)} %`,
      `${start.responseTokens.before.toFixed(0)} → ${start.responseTokens.after.toFixed(0)}`,
      fate(start.newlySolved),
      fate(start.lost),
    ]),
  ];
  const gapRows = [
    ["Gap, points", "Before RL", "After RL", "Change", "Change in log-odds"],
    ...gaps.map((gap) => {
      const { value, low, high } = gap.logOdds.change;
      return [
        `${gap.strong} − ${gap.weak}`,
        difference(gap.before),
        difference(gap.after),
        difference(gap.change),
        `${value.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`,
      ];
    }),
  ];
  const foot = `pass@1 on ${problems} problems × ${samplesPerProblem} samples; intervals are 95 %, clustered by problem; n.d.: not distinguishable from zero.\n`;
  return [head, table(startRows), table(gapRows), foot].join("\n");
}
