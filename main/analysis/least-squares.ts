// Least squares with an intercept for few predictors, on centred columns (which keeps the normal equations well conditioned).
import { mean } from "./scores.ts";

export interface LeastSquares {
  /** One a predictor. */
  coefficients: number[];
  intercept: number;
  fitted: number[];
  residuals: number[];
  /** (X'X)⁻¹ of the predictors, without the residual variance; [predictor][predictor]. */
  inverse: number[][];
  /** Means of the predictors. */
  centers: number[];
  degreesOfFreedom: number;
  /** Residual variance over its degrees of freedom; NaN without any. */
  variance: number;
  /** 1 − residual over total sum of squares; null where the response does not vary. */
  rSquared: number | null;
}

/** Inverse of a small symmetric matrix by Gauss–Jordan with pivoting; null where it is singular to working precision. */
function inverseOf(matrix: readonly (readonly number[])[]): number[][] | null {
  const n = matrix.length;
  const scale = Math.max(...matrix.map((row, i) => Math.abs(row[i])));
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let i = 0; i < n; i++) {
    const pivot = rows.reduce((best, _, r) => (r > i && Math.abs(rows[r][i]) > Math.abs(rows[best][i]) ? r : best), i);
    if (!(Math.abs(rows[pivot][i]) > 1e-10 * scale)) return null;
    [rows[i], rows[pivot]] = [rows[pivot], rows[i]];
    rows[i] = rows[i].map((value) => value / rows[i][i]);
    for (let r = 0; r < n; r++) {
      if (r === i) continue;
      const factor = rows[r][i];
      rows[r] = rows[r].map((value, c) => value - factor * rows[i][c]);
    }
  }
  return rows.map((row) => row.slice(n));
}

/** `columns`: one array a predictor, each as long as `response`. Null where the design is rank-deficient. */
export function leastSquares(columns: readonly (readonly number[])[], response: readonly number[]): LeastSquares | null {
  const n = response.length;
  if (n < columns.length + 1) return null;
  const centers = columns.map(mean);
  // Scaled to unit length, so that what counts as singular does not depend on a predictor's unit.
  const centred = columns.map((column, i) => column.map((value) => value - centers[i]));
  const lengths = centred.map((column) => Math.sqrt(column.reduce((sum, value) => sum + value * value, 0)));
  if (lengths.some((length, i) => !(length > 1e-10 * Math.max(1, Math.abs(centers[i]))))) return null;
  const unit = centred.map((column, i) => column.map((value) => value / lengths[i]));
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i], 0);
  const scaled = inverseOf(unit.map((a) => unit.map((b) => dot(a, b))));
  if (!scaled) return null;
  const center = mean(response);
  const moments = unit.map((column) =>
    dot(
      column,
      response.map((value) => value - center),
    ),
  );
  const coefficients = scaled.map((row, i) => dot(row, moments) / lengths[i]);
  const intercept = center - dot(coefficients, centers);
  const fitted = response.map((_, i) => center + coefficients.reduce((sum, value, j) => sum + value * centred[j][i], 0));
  const residuals = response.map((value, i) => value - fitted[i]);
  const degreesOfFreedom = n - columns.length - 1;
  const total = response.reduce((sum, value) => sum + (value - center) ** 2, 0);
  return {
    coefficients,
    intercept,
    fitted,
    residuals,
    inverse: scaled.map((row, i) => row.map((value, j) => value / (lengths[i] * lengths[j]))),
    centers,
    degreesOfFreedom,
    variance: degreesOfFreedom > 0 ? dot(residuals, residuals) / degreesOfFreedom : Number.NaN,
    rSquared: total > 1e-20 ? 1 - dot(residuals, residuals) / total : null,
  };
}

/** Standard error of Σ weight_i · coefficient_i. */
export function standardErrorOf({ inverse, variance }: LeastSquares, weights: readonly number[]): number {
  let sum = 0;
  weights.forEach((a, i) => {
    weights.forEach((b, j) => {
      sum += a * b * inverse[i][j];
    });
  });
  return Math.sqrt(variance * sum);
}

/** Standard error of the fitted value at a point; at 0 it is the intercept's. */
export function standardErrorAt(fit: LeastSquares, point: readonly number[]): number {
  const n = fit.residuals.length;
  const offset = point.map((value, i) => value - fit.centers[i]);
  return Math.sqrt(fit.variance / n + standardErrorOf(fit, offset) ** 2);
}

/** The fit's value at a point. */
export const predict = ({ coefficients, intercept }: LeastSquares, point: readonly number[]): number =>
  coefficients.reduce((sum, value, i) => sum + value * point[i], intercept);
