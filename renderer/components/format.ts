// Numbers as a person reads them: percent with intervals, signed differences, durations, counts. One place, so that a
// number looks the same in a table, in text and in a plot's hover.
import type { Estimate } from "../../main/contract/comparison.ts";
import type { MetricInfo } from "../../main/contract/metrics.ts";

const minus = "−";
const narrow = "\u202f";

/** A true minus sign, so that columns of signed numbers align. */
function withMinus(text: string): string {
  return text.replace(/^-/, minus);
}

export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** `1 row`, `1,234 rows`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${Math.round(value) === 1 ? one : many}`;
}

export function fixed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return withMinus(Number(text) === 0 ? text.replace("-", "") : text);
}

export function signed(value: number, digits: number): string {
  const text = fixed(Math.abs(value), digits);
  if (Number(text) === 0) return text;
  return `${value < 0 ? minus : "+"}${text}`;
}

/** 0.624 → `62.4 %` */
export function percent(share: number, digits = 1): string {
  return `${fixed(share * 100, digits)}${narrow}%`;
}

/** Half of the 95 % interval. */
export function halfWidth(estimate: Pick<Estimate, "low" | "high">): number {
  return (estimate.high - estimate.low) / 2;
}

/** `n = 1,138 × 4`: problems × samples a problem. */
export function sampleSize(estimate: Pick<Estimate, "problems" | "samplesPerProblem">): string {
  return `n = ${count(estimate.problems)} × ${count(estimate.samplesPerProblem)}`;
}

/** `62.4 % ± 1.8`; near 0 % and 100 %, where the interval leans to one side, its ends: `0.0 % [0.0, 14.2]`. */
export function percentInterval(estimate: Estimate): string {
  const { value, low, high } = estimate;
  if (Math.abs(high + low - 2 * value) > 0.25 * (high - low)) return `${percent(value)} [${fixed(low * 100, 1)}, ${fixed(high * 100, 1)}]`;
  return `${percent(estimate.value)} ± ${fixed(halfWidth(estimate) * 100, 1)}`;
}

/** `62.4 % ± 1.8 (n = 1,138 × 4)` */
export function percentWithN(estimate: Estimate): string {
  return `${percentInterval(estimate)} (${sampleSize(estimate)})`;
}

export { excludesZero as distinguishable } from "../../main/contract/interval.ts";

/** A value with the ends of its interval, whatever that is over. */
export type Spread = Pick<Estimate, "value" | "low" | "high">;

/** A difference of shares in points: `+11.4 ± 2.1`. */
export function points(estimate: Spread): string {
  return `${signed(estimate.value * 100, 1)} ± ${fixed(halfWidth(estimate) * 100, 1)}`;
}

/** `[+9.3, +13.5]` in points (scale 100) or as is (scale 1). */
export function interval(estimate: Pick<Estimate, "low" | "high">, scale: number, digits: number): string {
  return `[${signed(estimate.low * scale, digits)}, ${signed(estimate.high * scale, digits)}]`;
}

/** 754 → `12 min 34 s` */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, "0")} s`;
  return `${Math.floor(s / 3600)} h ${String(Math.floor((s % 3600) / 60)).padStart(2, "0")} min`;
}

/** An estimate of time left is not known to the second: `about 12 min`. */
export function eta(seconds: number): string {
  if (seconds < 10) return "a few seconds left";
  if (seconds < 90) return `about ${Math.round(seconds / 10) * 10} s left`;
  if (seconds < 5400) return `about ${Math.round(seconds / 60)} min left`;
  return `about ${fixed(seconds / 3600, 1)} h left`;
}

export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let size = value;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${unit === 0 ? size : fixed(size, 1)} ${units[unit]}`;
}

/** Local date and time to the minute: `2026-03-01 14:05`. */
export function moment(iso: string): string {
  const date = new Date(iso);
  const pad = (n: number) => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${pad(date.getHours())}:${pad(date.getMinutes())}`;
}

/** A metric's value with its unit, as in hovers and readouts. */
export function metricValue(info: MetricInfo, value: number): string {
  switch (info.unit) {
    case "share":
      return percent(value);
    case "nats":
      return `${fixed(value, 3)} nats`;
    case "tokens":
      return `${fixed(value, value < 1000 ? 1 : 0)} tokens`;
    case "seconds":
      return `${fixed(value, 2)} s`;
    case "tokens/s":
      return `${count(value)} tokens/s`;
    default:
      return compact(value);
  }
}

/** Up to four significant digits, in exponent form only where it must be. */
export function compact(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-3) return withMinus(value.toExponential(1).replace("e+", "e").replace("e-", `e${minus}`));
  return withMinus(String(Number(value.toPrecision(4))));
}

/** First characters of a hash, id or seed-like string. */
export function short(text: string, length = 8): string {
  return text.length <= length ? text : text.slice(0, length);
}

/** One line of a response: newlines as a visible mark, so that a row stays a row. */
export function oneLine(text: string): string {
  return text.replace(/\n/g, " ⏎ ");
}
