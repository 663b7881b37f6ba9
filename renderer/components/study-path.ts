// Where a study is shown: its result once it has one, until then its run.
import type { StudySummary } from "../../main/contract/api.ts";

export function studyPath({ id, kind, status }: Pick<StudySummary, "id" | "kind" | "status">): string {
  if (status === "done" && kind === "weak-vs-strong") return `/compare/${id}`;
  if (status === "done" && kind === "evaluation") return `/evaluations/${id}`;
  return `/runs/${id}`;
}
