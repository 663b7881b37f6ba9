// Stages refer to each other by keys, and say themselves which checkpoint they begin from: before, both followed from kind and start.
import type { Migration } from "./migrate.ts";

const kind = "json_extract(plan_json, '$.kind')";
const start = "json_extract(plan_json, '$.start')";
const recipe = (path: string) => `(SELECT json_extract(recipe_json, '${path}') FROM studies WHERE studies.id = stages.study_id)`;
const isAlone = `${recipe("$.kind")} IN ('evaluation', 'sft')`;

export const stageReferences: Migration = {
  version: 3,
  name: "stage-references",
  sql: `
    UPDATE stages SET plan_json = json_set(plan_json, '$.key', CASE ${kind}
      WHEN 'data' THEN 'data'
      WHEN 'evaluate' THEN 'evaluate/' || ${start} || '/' || json_extract(plan_json, '$.when') || iif(${isAlone}, '/' || ordinal, '')
      ELSE ${kind} || '/' || ${start} END);
    UPDATE stages SET plan_json = json_set(plan_json, '$.from', CASE
      WHEN ${isAlone} THEN json_object('checkpoint', ${recipe("$.checkpoint")})
      WHEN ${kind} = 'sft' THEN json_object('checkpoint', ${recipe("$.base")})
      WHEN json_extract(plan_json, '$.when') = 'after' THEN json_object('stage', 'rl/' || ${start})
      ELSE json_object('stage', 'sft/' || ${start}) END) WHERE ${kind} <> 'data';
    UPDATE stages SET plan_json = json_set(plan_json, '$.temperature', json_object('stage', 'temperature/' || ${start})) WHERE ${kind} = 'rl';
  `,
};
