// The dataset that is being imported, if one is.
import type { ImportProgress } from "../../../main/contract/imported-dataset.ts";
import { useDatasetImport } from "../../client/imports.ts";
import { count } from "../../components/format.ts";
import { ImportLine } from "../../components/import-line.tsx";

const words: Record<ImportProgress["activity"], string> = {
  decompressing: "decompresses",
  reading: "reads and checks rows",
  hashing: "hashes the file",
  finishing: "finishes its index",
};

export function DatasetImportLine() {
  const run = useDatasetImport((state) => state.run);
  const cancel = useDatasetImport((state) => state.cancel);
  if (run?.status !== "running") return null;
  const { progress } = run;
  const bad = progress !== null && progress.badRows > 0 ? `, ${count(progress.badRows)} bad` : "";
  return (
    <ImportLine
      name={run.name}
      href="/datasets/import"
      activity={progress && words[progress.activity]}
      progress={progress}
      detail={progress === null ? "" : `, ${count(progress.rows)} rows${bad}`}
      seconds={run.seconds}
      cancel={cancel}
    />
  );
}
