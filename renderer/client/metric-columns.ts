// Appending live metrics to the columns that were read once, without reading them again. A step that was there already
// replaces itself and all after it: a resumed stage supersedes the rows past its checkpoint.
import type { MetricColumns } from "../../main/contract/api.ts";
import type { MetricName } from "../../main/contract/metrics.ts";

export function appendMetrics(columns: MetricColumns, step: number, values: Partial<Record<MetricName, number>>): MetricColumns {
  let keep = columns.steps.length;
  while (keep > 0 && columns.steps[keep - 1] > step) keep--;
  const sameStep = keep > 0 && columns.steps[keep - 1] === step;
  const length = sameStep ? keep : keep + 1;
  const steps = [...columns.steps.slice(0, keep)];
  if (!sameStep) steps.push(step);
  const names = new Set([...Object.keys(columns.values), ...Object.keys(values)] as MetricName[]);
  const out: MetricColumns["values"] = {};
  for (const name of names) {
    const column = (columns.values[name] ?? []).slice(0, length);
    while (column.length < length) column.push(null);
    const value = values[name];
    if (value !== undefined) column[length - 1] = value;
    out[name] = column;
  }
  return { steps, values: out };
}
