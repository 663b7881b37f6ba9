// Imported checkpoints; evaluations whose samples are stored as they finish; problems with Python tests, an answer rule, a conversation.
import type { Migration } from "./migrate.ts";

export const checkpointsAndEvaluations: Migration = {
  version: 2,
  name: "checkpoints-and-evaluations",
  sql: `
    CREATE TABLE imported_checkpoints (
      id TEXT PRIMARY KEY,
      path TEXT NOT NULL UNIQUE, -- relative to the data folder
      source TEXT NOT NULL,
      parameters INTEGER NOT NULL,
      created_at TEXT NOT NULL
    ) STRICT;

    ALTER TABLE evaluations ADD COLUMN low REAL;
    ALTER TABLE evaluations ADD COLUMN high REAL;
    ALTER TABLE evaluations ADD COLUMN verdicts_json TEXT;
    ALTER TABLE evaluations ADD COLUMN complete INTEGER NOT NULL DEFAULT 1; -- 0 while its samples come in: then its figures are zeros

    ALTER TABLE problems ADD COLUMN detail_json TEXT; -- what few problems have: messages, answerRule, python

    -- What runs made of one problem, over all of them.
    CREATE INDEX samples_by_problem ON samples (problem);
    CREATE INDEX rollouts_of_problem ON rollouts (problem);
    CREATE INDEX problems_by_source_id ON problems (dataset_id, source_id);
  `,
};
