// What an interval lets be said. Without schemas, so that every side can have it at no cost.
interface Ends {
  low: number | null;
  high: number | null;
}

/** Few seeds on few problems can agree to the sample: that is no interval to read a sign from. */
export const hasSpread = ({ low, high }: Ends): boolean => low !== null && high !== null && high - low > 1e-9;

/** Whether the interval leaves 0 out. Touching it counts as spanning it, and no spread is no certainty. */
export const excludesZero = (ends: Ends): boolean => hasSpread(ends) && (ends.low! > 0 || ends.high! < 0);
