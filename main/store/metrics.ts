// Metrics: one row a (stage, step, name), read back as columns.
import type { Database } from "better-sqlite3";
import type { MetricColumns, MetricName } from "../contract/index.ts";
import { alreadyStored, isDuplicate } from "./errors.ts";
import type { StagesArea } from "./stages.ts";

export function metricsArea(db: Database, stages: StagesArea) {
  const insert = db.prepare("INSERT INTO metrics (stage_id, step, name, value) VALUES (?, ?, ?, ?)");
  const ofStage = db.prepare<[string], [number, MetricName, number | null]>(
    "SELECT step, name, value FROM metrics WHERE stage_id = ? ORDER BY step",
  );
  ofStage.raw();

  return {
    /** NaN (a loss that diverged) is kept as null: SQLite has no NaN. */
    addMetrics(stageId: string, step: number, values: Partial<Record<MetricName, number>>): void {
      for (const [name, value] of Object.entries(values)) {
        if (value === undefined) continue;
        try {
          insert.run(stageId, step, name, value);
        } catch (thrown) {
          throw isDuplicate(thrown) ? alreadyStored(`${name} of step ${step} of stage ${stageId}`) : thrown;
        }
      }
    },

    metrics(stageId: string): MetricColumns {
      stages.stage(stageId);
      const columns: MetricColumns = { steps: [], values: {} };
      for (const [step, name, value] of ofStage.all(stageId)) {
        if (columns.steps[columns.steps.length - 1] !== step) columns.steps.push(step);
        let column = columns.values[name];
        if (!column) columns.values[name] = column = [];
        while (column.length < columns.steps.length - 1) column.push(null);
        column.push(value);
      }
      for (const column of Object.values(columns.values)) while (column.length < columns.steps.length) column.push(null);
      return columns;
    },
  };
}
export type MetricsArea = ReturnType<typeof metricsArea>;
