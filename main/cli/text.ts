// How numbers and tables stand in text. Shares are shown in percent, their differences in points with sign and 95 % interval.
import { type Estimate, excludesZero, hasSpread, type SeedInterval } from "../contract/index.ts";

const minus = "−";

/** With a true minus sign, and none before zero. */
export function fixed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return text.replace("-", Number(text) === 0 ? "" : minus);
}

export const percent = (share: number): string => fixed(share * 100, 1);

const withSign = (value: number, digits: number): string => `${value < 0 ? minus : "+"}${Math.abs(value).toFixed(digits)}`;
export const signed = (share: number): string => withSign(share * 100, 1);
export const logOdds = (value: number): string => withSign(value, 2);

/** `1 row`, `2 rows`. */
export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

export const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

type Interval = Pick<Estimate | SeedInterval, "low" | "high">;

export const alike = (of: Interval): boolean => of.low !== null && of.high !== null && !hasSpread(of);

const alikeInWords = "no spread over seeds";

export const level = (of: Pick<Estimate, "value" | "low" | "high">): string =>
  `${percent(of.value)} %${alike(of) ? `, ${alikeInWords}` : ` [${percent(of.low)}, ${percent(of.high)}]`}`;

export function difference(value: number, interval: Interval, show: (value: number) => string = signed): string {
  const { low, high } = interval;
  if (low === null || high === null) return show(value);
  if (alike(interval)) return `${show(value)}, ${alikeInWords}`;
  return `${show(value)} [${show(low)}, ${show(high)}]${excludesZero(interval) ? "" : " n.d."}`;
}

/** What a difference that spans zero is marked with. */
export const footnote = "n.d.: not distinguishable from zero.";

/** The first row names the columns. */
export function table(rows: string[][]): string {
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
