// A dataset that is being imported: what it does, how far it is, and how to end it. Other views may be looked at meanwhile.
import { Button } from "@mantine/core";
import { Link } from "wouter";
import type { ImportProgress } from "../../../main/contract/imported-dataset.ts";
import { useDatasetImport } from "../../client/imports.ts";
import { bytes, count, duration, percent } from "../../components/format.ts";
import { ProgressBar } from "../../components/status-mark.tsx";

const words: Record<ImportProgress["activity"], string> = {
  decompressing: "decompresses",
  reading: "reads and checks rows",
  hashing: "hashes the file",
  finishing: "finishes its index",
};

export function ImportLine() {
  const run = useDatasetImport((state) => state.run);
  const cancel = useDatasetImport((state) => state.cancel);
  if (run?.status !== "running") return null;
  const { progress } = run;
  const share = progress === null || progress.totalBytes === 0 ? 0 : progress.bytes / progress.totalBytes;
  return (
    <section className="running tabular" aria-label={`Import of ${run.name}`} data-testid="importing">
      <Link href="/datasets/import">{run.name}</Link>
      <span className="activity dim">
        {progress === null
          ? "begins"
          : `${words[progress.activity]}: ${bytes(progress.bytes)} of ${bytes(progress.totalBytes)}, ${count(progress.rows)} rows${progress.badRows > 0 ? `, ${count(progress.badRows)} bad` : ""}`}
      </span>
      <ProgressBar share={share} status="running" label={`Progress of importing ${run.name}`} />
      <span>
        {percent(share, 0)}
        <span className="dim">, {duration(run.seconds)} so far</span>
      </span>
      <Button variant="default" size="compact-sm" onClick={cancel}>
        Cancel
      </Button>
    </section>
  );
}
