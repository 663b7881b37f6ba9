// What runs made of one problem: evaluations that asked it, RL stages that sampled it.
import type { Database } from "better-sqlite3";
import type { ProblemInput, ProblemRuns, StagePlan } from "../contract/index.ts";

interface Asked {
  dataset: string;
  /** A problem's id, or a row as problems name it. */
  which: string;
}
type EvaluationRow = Omit<ProblemRuns["evaluations"][number], "when"> & { plan: string };
type RolloutsRow = Omit<ProblemRuns["rollouts"][number], "start"> & { plan: string };

const evaluationsOf = `
  SELECT e.id AS evaluationId, e.study_id AS studyId, u.name AS studyName, e.start, p.id AS problemId, count(*) AS samples,
    avg(s.reward) AS solveRate, e.created_at AS createdAt, t.plan_json AS plan
  FROM problems p JOIN samples s ON s.problem = p.key JOIN evaluations e ON e.id = s.evaluation_id
    JOIN studies u ON u.id = e.study_id JOIN stages t ON t.id = e.stage_id
  WHERE e.complete AND %WHERE% GROUP BY e.id, p.key ORDER BY e.rowid DESC LIMIT 200`;
const rolloutsOf = `
  SELECT t.study_id AS studyId, u.name AS studyName, r.stage_id AS stageId, p.id AS problemId, count(*) AS rollouts,
    sum(r.reward = 1) AS right, max(r.step) AS lastStep, t.plan_json AS plan
  FROM problems p JOIN rollouts r ON r.problem = p.key JOIN stages t ON t.id = r.stage_id JOIN studies u ON u.id = t.study_id
  WHERE %WHERE% GROUP BY r.stage_id, p.key ORDER BY t.rowid DESC LIMIT 200`;
const oneProblem = "p.dataset_id = @dataset AND p.id = @which";
/** Problems of studies say which row they are, and of which imported dataset where there are several (data/imported-problems). */
const importedRow = `p.dataset_id IN (SELECT id FROM datasets WHERE instr(', ' || json_extract(config_json, '$.imported') || ', ', ', ' || @dataset || ', '))
  AND p.source_id IN (@which, @dataset || ' ' || @which)`;

export function problemRunsArea(db: Database) {
  const statements = (where: string) => ({
    evaluations: db.prepare<[Asked], EvaluationRow>(evaluationsOf.replace("%WHERE%", where)),
    rollouts: db.prepare<[Asked], RolloutsRow>(rolloutsOf.replace("%WHERE%", where)),
  });
  const byProblem = statements(oneProblem);
  const byRow = statements(importedRow);

  const runs = ({ evaluations, rollouts }: ReturnType<typeof statements>, asked: Asked): ProblemRuns => ({
    evaluations: evaluations.all(asked).map(({ plan, ...row }) => {
      const stage = JSON.parse(plan) as StagePlan;
      return { ...row, when: stage.kind === "evaluate" ? stage.when : stage.kind === "door" ? "door" : "dev" };
    }),
    rollouts: rollouts.all(asked).map(({ plan, ...row }) => {
      const stage = JSON.parse(plan) as StagePlan;
      return { ...row, start: "start" in stage ? stage.start : "" };
    }),
  });
  return {
    problemRuns: ({ datasetId, problemId }: ProblemInput): ProblemRuns => runs(byProblem, { dataset: datasetId, which: problemId }),
    importedRowRuns: (datasetId: string, row: number): ProblemRuns => runs(byRow, { dataset: datasetId, which: `row ${row}` }),
  };
}
