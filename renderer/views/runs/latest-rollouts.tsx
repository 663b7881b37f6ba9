// The latest rollouts of an arm, or of one stage of its RL, newest step first, as they arrive.
import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";
import type { StudyRecord } from "../../../main/contract/run.ts";
import { armNames } from "../../../main/contract/study.ts";
import { startStyles } from "../../charts/figure.ts";
import { link, useQueryEntry } from "../../client/location.ts";
import { useRollouts } from "../../client/queries.ts";
import { readSelection, selectionKey } from "../../client/selection.ts";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { plural } from "../../components/format.ts";
import { inspect } from "../../components/inspector/select.ts";
import { rolloutColumns } from "../../components/rollout-columns.tsx";
import { StartName } from "../../components/start-swatch.tsx";
import { VirtualGrid } from "../../components/virtual-grid.tsx";

export function LatestRollouts({ study }: { study: StudyRecord }) {
  const stages = study.stages.flatMap((s) => (s.plan.kind === "rl" ? [{ ...s, plan: s.plan }] : []));
  const [entry, setEntry] = useQueryEntry("start");
  const staged = new Set(stages.map((s) => s.plan.start)).size < stages.length;
  // The plan's key also tells the stages of one arm apart; with one stage an arm, its name is the link's word.
  const entryOf = ({ plan }: (typeof stages)[number]) => (staged ? plan.key : plan.start);
  const nameOf = ({ plan }: (typeof stages)[number]) => (staged && plan.name !== undefined ? `${plan.start}, ${plan.name}` : plan.start);
  const begun = stages.filter((s) => s.status !== "queued");
  const stage =
    stages.find((s) => entryOf(s) === entry) ?? begun.find((s) => s.status === "running") ?? begun[begun.length - 1] ?? stages[0];
  const [range, setRange] = useState({ first: 0, last: 40 });
  const pages = useRollouts(stage === undefined || stage.status === "queued" ? null : { stageId: stage.id }, range);
  const [selected] = useQueryEntry(selectionKey);
  const selection = readSelection(selected);
  const styles = startStyles(armNames(study.recipe));
  if (stage === undefined) return null;
  return (
    <section className="section" aria-labelledby="rollouts-title" data-testid="latest-rollouts">
      <div className="section-head">
        <h2 id="rollouts-title">Latest rollouts</h2>
        <SegmentedControl
          size="xs"
          aria-label="Start"
          value={entryOf(stage)}
          onChange={(name) => setEntry(name)}
          data={stages.map((s) => ({ value: entryOf(s), label: <StartName name={nameOf(s)} style={styles.get(s.plan.start)} /> }))}
        />
        <p>
          {pages.total !== undefined && pages.total > 0 && `${plural(pages.total, "rollout")}${stage.status === "done" ? "" : " so far"}`}
        </p>
        <Link href={link(`/inspect/${study.id}`, { stage: stage.id })}>Filter and search all</Link>
      </div>
      {pages.error !== null && <ErrorPanel error={pages.error} where="inspect.rollouts" onRetry={pages.retry} />}
      {(pages.total ?? 0) === 0 ? (
        <p className="dim" style={{ minHeight: 300 }}>
          {study.status === "failed" || study.status === "cancelled"
            ? `RL of ${nameOf(stage)} did not begin.`
            : `The first RL step of ${nameOf(stage)} brings its rollouts here, each with its verdict.`}
        </p>
      ) : (
        <div style={{ height: 300, display: "flex" }}>
          <VirtualGrid
            label="Latest rollouts"
            resetKey={stage.id}
            total={pages.total ?? 0}
            row={pages.row}
            onRange={(first, last) => setRange({ first, last })}
            onOpen={(row) =>
              inspect({ kind: "rollout", stageId: stage.id, step: row.step, problemId: row.problemId, sampleIndex: row.sampleIndex })
            }
            isOpen={(row) =>
              selection?.kind === "rollout" &&
              selection.stageId === stage.id &&
              selection.step === row.step &&
              selection.problemId === row.problemId &&
              selection.sampleIndex === row.sampleIndex
            }
            follow={selection?.kind === "rollout"}
            columns={rolloutColumns}
          />
        </div>
      )}
    </section>
  );
}
