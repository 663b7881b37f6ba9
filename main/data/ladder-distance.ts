// How far two samples' distributions are apart, from their cumulative distributions F and G: Wasserstein-1 is the area between the two,
// ∫|F − G|, in the unit of the values; Kolmogorov–Smirnov the largest |F − G|.

/** Ascending. */
export function sorted(values: Iterable<number>): Float64Array {
  return Float64Array.from(values).sort();
}

/** Of two samples in ascending order, neither empty. */
export function distances(a: Float64Array, b: Float64Array): { wasserstein: number; ks: number } {
  if (a.length === 0 || b.length === 0) throw new RangeError("A sample is empty.");
  let [i, j] = [0, 0];
  let [wasserstein, ks] = [0, 0];
  let at = Math.min(a[0], b[0]);
  while (i < a.length || j < b.length) {
    while (i < a.length && a[i] === at) i++;
    while (j < b.length && b[j] === at) j++;
    const apart = Math.abs(i / a.length - j / b.length);
    ks = Math.max(ks, apart);
    const next = Math.min(i < a.length ? a[i] : Number.POSITIVE_INFINITY, j < b.length ? b[j] : Number.POSITIVE_INFINITY);
    if (next === Number.POSITIVE_INFINITY) break;
    wasserstein += apart * (next - at);
    at = next;
  }
  return { wasserstein, ks };
}
