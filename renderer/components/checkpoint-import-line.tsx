// The checkpoint that is being imported, if one is.
import type { CheckpointImportProgress } from "../../main/contract/checkpoint.ts";
import { useCheckpointImport } from "../client/imports.ts";
import { link } from "../client/location.ts";
import { selectionKey, writeSelection } from "../client/selection.ts";
import { ImportLine } from "./import-line.tsx";

const words: Record<CheckpointImportProgress["activity"], string> = { copying: "copies its files", hashing: "hashes its weights" };

export function CheckpointImportLine() {
  const run = useCheckpointImport((state) => state.run);
  const cancel = useCheckpointImport((state) => state.cancel);
  if (run?.status !== "running") return null;
  const { progress } = run;
  return (
    <ImportLine
      name={run.name}
      href={link("/checkpoints", { [selectionKey]: writeSelection({ kind: "import-checkpoint" }) })}
      activity={progress && words[progress.activity]}
      progress={progress}
      seconds={run.seconds}
      cancel={cancel}
    />
  );
}
