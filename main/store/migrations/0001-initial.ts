// The first schema. Times are ISO 8601 text; columns named *_json hold what only the application reads. Problems have an integer
// key, so that rollouts and samples, of which there are many, name theirs in a few bytes and cannot name one that is unknown.
import type { Migration } from "./migrate.ts";

export const initial: Migration = {
  version: 1,
  name: "initial",
  sql: `
    CREATE TABLE datasets (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      content_hash TEXT NOT NULL UNIQUE,
      config_json TEXT NOT NULL,
      created_at TEXT NOT NULL,
      counts_json TEXT NOT NULL,
      dropped_json TEXT NOT NULL
    ) STRICT;

    CREATE TABLE problems (
      key INTEGER PRIMARY KEY,
      dataset_id TEXT NOT NULL REFERENCES datasets (id),
      id TEXT NOT NULL,
      source TEXT NOT NULL,
      domain TEXT NOT NULL,
      pool TEXT NOT NULL,
      prompt TEXT NOT NULL,
      answer TEXT NOT NULL,
      tests_json TEXT,
      steps INTEGER NOT NULL,
      difficulty REAL NOT NULL,
      question TEXT,
      source_id TEXT,
      UNIQUE (dataset_id, id)
    ) STRICT;

    CREATE TABLE traces (
      problem INTEGER NOT NULL REFERENCES problems (key),
      "index" INTEGER NOT NULL,
      text TEXT NOT NULL,
      style TEXT NOT NULL,
      PRIMARY KEY (problem, "index", text) -- data of several studies may hold different responses to one problem
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE studies (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      recipe_json TEXT NOT NULL,
      recipe_hash TEXT NOT NULL,
      seed INTEGER NOT NULL,
      status TEXT NOT NULL,
      created_at TEXT NOT NULL,
      finished_at TEXT,
      dataset_id TEXT REFERENCES datasets (id),
      engine TEXT,
      code_version TEXT NOT NULL,
      error_json TEXT
    ) STRICT;

    CREATE TABLE stages (
      id TEXT PRIMARY KEY,
      study_id TEXT NOT NULL REFERENCES studies (id) ON DELETE CASCADE,
      ordinal INTEGER NOT NULL,
      plan_json TEXT NOT NULL,
      status TEXT NOT NULL DEFAULT 'queued',
      step INTEGER NOT NULL DEFAULT 0,
      total_steps INTEGER NOT NULL DEFAULT 0,
      started_at TEXT,
      finished_at TEXT,
      active_seconds REAL NOT NULL DEFAULT 0,
      result_json TEXT,
      error_json TEXT,
      token_bytes INTEGER NOT NULL DEFAULT 0, -- how much of the stage's token file is committed
      UNIQUE (study_id, ordinal)
    ) STRICT;

    CREATE TABLE metrics (
      stage_id TEXT NOT NULL REFERENCES stages (id) ON DELETE CASCADE,
      step INTEGER NOT NULL,
      name TEXT NOT NULL,
      value REAL, -- null: not a number
      PRIMARY KEY (stage_id, step, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE rollouts (
      id INTEGER PRIMARY KEY,
      stage_id TEXT NOT NULL REFERENCES stages (id) ON DELETE CASCADE,
      step INTEGER NOT NULL,
      position INTEGER NOT NULL, -- in its batch
      problem INTEGER NOT NULL REFERENCES problems (key),
      sample_index INTEGER NOT NULL,
      text TEXT NOT NULL,
      reward REAL NOT NULL,
      verdict TEXT NOT NULL,
      reason TEXT NOT NULL,
      advantage REAL NOT NULL,
      in_loss INTEGER NOT NULL,
      policy_step INTEGER NOT NULL,
      finish_reason TEXT NOT NULL,
      mean_logprob REAL, -- null: not a number
      mean_entropy REAL,
      tokens INTEGER NOT NULL,
      token_offset INTEGER NOT NULL, -- in the stage's token file
      token_crc INTEGER NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX rollouts_in_order ON rollouts (stage_id, step DESC, position);
    CREATE INDEX rollouts_by_verdict ON rollouts (stage_id, step, verdict);
    CREATE INDEX rollouts_by_problem ON rollouts (stage_id, problem);

    CREATE TABLE evaluations (
      id TEXT PRIMARY KEY,
      study_id TEXT NOT NULL REFERENCES studies (id) ON DELETE CASCADE,
      stage_id TEXT NOT NULL REFERENCES stages (id) ON DELETE CASCADE,
      start TEXT NOT NULL,
      step INTEGER NOT NULL,
      pool TEXT NOT NULL,
      config_json TEXT NOT NULL,
      problems INTEGER NOT NULL,
      samples_per_problem INTEGER NOT NULL,
      pass_at_1 REAL NOT NULL,
      standard_error REAL NOT NULL,
      truncated REAL NOT NULL,
      response_tokens REAL NOT NULL,
      created_at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX evaluations_of_study ON evaluations (study_id);
    CREATE INDEX evaluations_of_stage ON evaluations (stage_id, step);

    CREATE TABLE samples (
      evaluation_id TEXT NOT NULL REFERENCES evaluations (id) ON DELETE CASCADE,
      position INTEGER NOT NULL,
      problem INTEGER NOT NULL REFERENCES problems (key),
      sample_index INTEGER NOT NULL,
      text TEXT NOT NULL,
      reward REAL NOT NULL,
      verdict TEXT NOT NULL,
      reason TEXT NOT NULL,
      tokens INTEGER NOT NULL,
      finish_reason TEXT NOT NULL,
      mean_logprob REAL,
      mean_entropy REAL,
      PRIMARY KEY (evaluation_id, position),
      UNIQUE (evaluation_id, problem, sample_index)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE checkpoints (
      id TEXT PRIMARY KEY,
      study_id TEXT NOT NULL REFERENCES studies (id) ON DELETE CASCADE,
      stage_id TEXT NOT NULL REFERENCES stages (id) ON DELETE CASCADE,
      start TEXT NOT NULL,
      step INTEGER NOT NULL,
      path TEXT NOT NULL UNIQUE,
      parent_id TEXT, -- may be a base checkpoint, which the store does not know
      parameters INTEGER NOT NULL,
      created_at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX checkpoints_of_study ON checkpoints (study_id);
    CREATE INDEX checkpoints_of_stage ON checkpoints (stage_id, step);

    -- Folders whose rows are gone and that are still to be deleted.
    CREATE TABLE garbage (path TEXT PRIMARY KEY) STRICT;
  `,
};
