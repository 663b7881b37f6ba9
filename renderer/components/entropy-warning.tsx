// A warning of the status bar: the stage of RL that runs has left the model's own band of entropy at T. In words that do not change
// with each step: they are read aloud.
import { useBandWatch } from "../client/band-watch.ts";
import { useStudy } from "../client/queries.ts";

export function EntropyWarning({ studyId }: { studyId: string | null }) {
  const study = useStudy(studyId);
  const stage = study.data?.stages.find((s) => s.status === "running" && s.plan.kind === "rl");
  const watch = useBandWatch(study.data, stage);
  if (stage?.plan.kind !== "rl" || watch === null || (watch.state !== "below" && watch.state !== "above")) return null;
  return `${stage.plan.start}: entropy at T is ${watch.state} its band`;
}
