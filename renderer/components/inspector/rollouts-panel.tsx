// The rollouts of one step, behind a point of a curve.
import { useState } from "react";
import type { Verdict } from "../../../main/contract/rollout.ts";
import { useRollouts } from "../../client/queries.ts";
import { ErrorPanel } from "../error-panel.tsx";
import { count, fixed, oneLine, signed } from "../format.ts";
import { VerdictFilter } from "../verdict-filter.tsx";
import { VerdictMark } from "../verdict-mark.tsx";
import { VirtualGrid } from "../virtual-grid.tsx";
import { inspect } from "./select.ts";

export function RolloutsPanel({ stageId, step }: { stageId: string; step: number }) {
  const [range, setRange] = useState({ first: 0, last: 60 });
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const pages = useRollouts({ stageId, step, verdict: verdict ?? undefined }, range);
  return (
    <div className="inspector-fill">
      <div className="toolbar">
        <VerdictFilter value={verdict} onChange={setVerdict} />
        <span className="dim push">{pages.total === undefined ? "" : `${count(pages.total)} rollouts`}</span>
      </div>
      {pages.error !== null && <ErrorPanel error={pages.error} where="inspect.rollouts" onRetry={pages.retry} />}
      <VirtualGrid
        label={`Rollouts of step ${step}`}
        resetKey={`${stageId} ${step} ${verdict}`}
        total={pages.total ?? 0}
        row={pages.row}
        onRange={(first, last) => setRange({ first, last })}
        onOpen={(row) => inspect({ kind: "rollout", stageId, step, problemId: row.problemId, sampleIndex: row.sampleIndex })}
        isOpen={() => false}
        follow={false}
        columns={[
          { key: "verdict", label: "", width: "16px", render: (row) => <VerdictMark verdict={row.verdict} reason={row.reason} /> },
          { key: "prompt", label: "Prompt", width: "minmax(0, 2fr)", mono: true, render: (row) => oneLine(row.prompt) },
          { key: "text", label: "Response", width: "minmax(0, 3fr)", mono: true, render: (row) => oneLine(row.text) },
          { key: "advantage", label: "Adv.", width: "44px", numeric: true, render: (row) => signed(row.advantage, 2) },
          { key: "tokens", label: "Tok.", width: "32px", numeric: true, render: (row) => fixed(row.tokens, 0) },
        ]}
      />
    </div>
  );
}
