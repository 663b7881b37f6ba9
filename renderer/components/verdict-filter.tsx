// One verdict or all.
import { SegmentedControl } from "@mantine/core";
import type { Verdict } from "../../main/contract/rollout.ts";
import { VerdictMark, verdicts } from "./verdict-mark.tsx";

export function readVerdict(text: string | null): Verdict | null {
  return verdicts.find((v) => v === text) ?? null;
}

export function VerdictFilter({ value, onChange }: { value: Verdict | null; onChange: (value: Verdict | null) => void }) {
  return (
    <SegmentedControl
      size="xs"
      aria-label="Verdict"
      value={value ?? "all"}
      onChange={(next) => onChange(readVerdict(next))}
      data={[{ value: "all", label: "All" }, ...verdicts.map((verdict) => ({ value: verdict, label: <VerdictMark verdict={verdict} /> }))]}
    />
  );
}
