// Axis ranges that grow and never jump: each time data passes an end, that end moves out to the next round number.

/** The next of 1, 2, 2.5, 5 × 10^k that is at least `value`. */
export function niceStep(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const scaled = value / power;
  const step = [1, 2, 2.5, 5, 10].find((s) => scaled <= s * (1 + 1e-9)) ?? 10;
  return step * power;
}

export function extent(values: Iterable<number | null | undefined>): [number, number] | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value === null || value === undefined || !Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : null;
}

export interface GrowOptions {
  /** The range covers at least this. */
  least?: [number, number];
  /** Ends it never passes. */
  bounds?: [number | null, number | null];
}

/** The range to show for data in `needed`, given the one shown before: equal while the data fit, wider by whole steps otherwise. */
export function growRange(previous: [number, number] | null, needed: [number, number] | null, options: GrowOptions = {}): [number, number] {
  const least = options.least;
  let low = Math.min(needed?.[0] ?? Number.POSITIVE_INFINITY, least?.[0] ?? Number.POSITIVE_INFINITY);
  let high = Math.max(needed?.[1] ?? Number.NEGATIVE_INFINITY, least?.[1] ?? Number.NEGATIVE_INFINITY);
  if (low > high) [low, high] = [0, 1];
  if (previous !== null && low >= previous[0] && high <= previous[1]) return previous;
  if (previous !== null) {
    low = Math.min(low, previous[0]);
    high = Math.max(high, previous[1]);
  }
  const span = high - low > 1e-12 ? high - low : Math.max(Math.abs(high), 1e-9);
  const step = niceStep(span / 8);
  const [lowBound, highBound] = options.bounds ?? [null, null];
  const keepLow = least !== undefined && low === least[0];
  const keepHigh = least !== undefined && high === least[1];
  // Rounding must not cut off what the ends have to hold.
  let from = keepLow ? low : Math.min(low, Math.floor(low / step + 1e-9) * step);
  let to = keepHigh ? high : Math.max(high, Math.ceil(high / step - 1e-9) * step);
  if (from === to) {
    from -= step;
    to += step;
  }
  if (lowBound !== null) from = Math.max(from, lowBound);
  if (highBound !== null) to = Math.min(to, highBound);
  return [from, to];
}

/** Places labels of `height` pixels as near as possible to where they belong, without overlap; order of input is kept in the result. */
export function spread(wanted: number[], height: number, limits: [number, number]): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b]);
  const placed = wanted.slice();
  let floor = limits[0];
  for (const i of order) {
    placed[i] = Math.max(placed[i], floor);
    floor = placed[i] + height;
  }
  let ceiling = limits[1];
  for (const i of order.reverse()) {
    placed[i] = Math.min(placed[i], ceiling);
    ceiling = placed[i] - height;
  }
  return placed;
}
