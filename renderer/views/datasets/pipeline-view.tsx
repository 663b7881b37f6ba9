// The SFT data pipeline as a builder: steps with their settings at the left, run over the rows as they are edited; what the selected
// step dropped and how lengths change at the right; a name and a button make the dataset.
import { Button, NumberInput, Select, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { Link } from "wouter";
import type { PipelineReport } from "../../../main/contract/pipeline.ts";
import { useImportedDatasets } from "../../client/imported-dataset-queries.ts";
import { setQuery, useQueryEntry } from "../../client/location.ts";
import { useClient } from "../../client/queries.ts";
import { keys } from "../../client/query-keys.ts";
import { Empty } from "../../components/empty.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { count, duration, percent, plural } from "../../components/format.ts";
import { Loading } from "../../components/late.tsx";
import { ProgressBar } from "../../components/status-mark.tsx";
import { FieldInput } from "../configure/recipe-field.tsx";
import { type Checked, checked, configOf, type PipelineDraft, stepsThatRun } from "./pipeline-draft.ts";
import { PipelineSteps } from "./pipeline-steps.tsx";
import { type PipelineTask, usePipeline } from "./pipeline-store.ts";
import { Lengths } from "./report-lengths.tsx";
import { StepForm } from "./step-form.tsx";
import { StepOutcome } from "./step-outcome.tsx";

export function PipelineView() {
  const imported = useImportedDatasets();
  if (imported.error !== null)
    return <ErrorPanel error={imported.error} where="datasets.imported.list" onRetry={() => void imported.refetch()} />;
  if (imported.data === undefined) return <Loading what="datasets" />;
  if (imported.data.length === 0)
    return (
      <Empty
        title="No dataset to make one of"
        action={
          <Button component={Link} href="/datasets/import">
            Import a dataset
          </Button>
        }
      >
        A pipeline takes imported datasets and makes one of them: unique prompts, no overlap with benchmarks, the mix of lengths that is
        wanted. What each step drops, and why, is shown here before anything is made.
      </Empty>
    );
  return <Builder />;
}

/** Typing rests this long before the rows are gone through again, in ms. */
const rest = 400;

/** Runs the draft's steps over the rows whenever it changes and holds. */
function usePreview(check: Checked, keysOfSteps: number[], limit: number | null): string {
  const client = useClient();
  const { start, cancel } = usePipeline.getState();
  const of = check.config === null ? "" : JSON.stringify([check.config, limit, keysOfSteps]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `of` says all of what is run
  useEffect(() => {
    const { config } = check;
    const { preview } = usePipeline.getState();
    if (preview?.of === of) return;
    cancel("preview");
    if (config === null) return;
    const timer = setTimeout(
      () => start("preview", of, keysOfSteps, (listener) => client.datasets.pipeline.preview.subscribe({ config, limit }, listener)),
      rest,
    );
    return () => clearTimeout(timer);
  }, [of]);
  return of;
}

function Builder() {
  const client = useClient();
  const draft = usePipeline((state) => state.draft);
  const preview = usePipeline((state) => state.preview);
  const { edit, start, cancel } = usePipeline.getState();
  const [limit, setLimit] = useState<number | null>(null);
  const [selectedEntry] = useQueryEntry("step");
  const check = useMemo(() => checked(draft), [draft]);
  const running = stepsThatRun(draft).map(({ key }) => key);
  const of = usePreview(check, running, limit);
  const again = () => {
    const { config } = check;
    if (config !== null)
      start("preview", of, running, (listener) => client.datasets.pipeline.preview.subscribe({ config, limit }, listener));
  };
  const selected = draft.steps.find(({ key }) => String(key) === selectedEntry) ?? draft.steps[0];
  const report = preview?.of === of ? preview.report : null;
  const shown = report !== null && preview !== null ? { report, keys: preview.keys } : (preview?.before ?? latestOf(preview));
  const step = shown?.report.steps[shown.keys.indexOf(selected.key)];
  return (
    <div className="view-fixed" data-testid="pipeline">
      <header className="view-head">
        <h1>Data pipeline</h1>
        <span className="push">
          <Link href="/datasets">All datasets</Link>
        </span>
      </header>
      <Make draft={draft} check={check} report={limit === null ? report : null} keysOfSteps={running} />
      <div className="pipeline-body">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
        <section className="pipeline-steps" tabIndex={0} aria-label="Steps">
          <PipelineSteps
            draft={draft}
            problems={check.problems}
            preview={preview}
            selected={selected.key}
            select={(key) => setQuery({ step: String(key) })}
            edit={edit}
          />
          <PreviewLine
            check={check}
            preview={preview}
            of={of}
            limit={limit}
            setLimit={setLimit}
            again={again}
            stop={() => cancel("preview")}
          />
          <StepForm
            step={selected}
            problems={check.problems}
            change={(values) =>
              edit((before) => ({ ...before, steps: before.steps.map((s) => (s.key === selected.key ? { ...s, values } : s)) }))
            }
          />
          <Shared draft={draft} problems={check.problems} edit={edit} />
        </section>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
        <section className="pipeline-outcome" tabIndex={0} aria-label="What the steps do" data-stale={report === null}>
          {shown === null ? (
            <p className="section dim">
              {check.config === null
                ? "What each step drops, with examples, and how long responses are before and after stand here once the steps have what they need."
                : "The rows are gone through for the first time…"}
            </p>
          ) : (
            <>
              {step === undefined ? (
                <p className="section dim">{selected.on ? "This step has not run yet." : "This step is off: it does nothing."}</p>
              ) : (
                <StepOutcome key={step.name} step={step} />
              )}
              <Lengths report={shown.report} />
            </>
          )}
        </section>
      </div>
    </div>
  );
}

const latestOf = (task: PipelineTask | null) => (task?.report ? { report: task.report, keys: task.keys } : null);

const limits = [
  { value: "all", label: "all rows" },
  { value: "1000", label: "first 1,000 of each pool" },
  { value: "20000", label: "first 20,000 of each pool" },
];

interface PreviewLineProps {
  check: Checked;
  preview: PipelineTask | null;
  of: string;
  limit: number | null;
  setLimit: (limit: number | null) => void;
  again: () => void;
  stop: () => void;
}

/** What the preview does, in one line that never changes its height. */
function PreviewLine({ check, preview, of, limit, setLimit, again, stop }: PreviewLineProps) {
  const now = preview?.of === of ? preview : null;
  const progress = now?.progress ?? null;
  const share = progress === null || progress.totalRows === 0 ? 0 : progress.rows / progress.totalRows;
  return (
    <div className="section">
      <div className="preview-line tabular">
        <span className="preview-words" role="status">
          {check.config === null ? (
            <span className="problem">{check.problems.get("steps") ?? "A step lacks something: see the marked ones."}</span>
          ) : now === null ? (
            <span className="dim">waits for typing to rest</span>
          ) : now.status === "running" ? (
            progress === null || progress.activity === "benchmarks" ? (
              "Reads benchmarks"
            ) : (
              `${count(progress.rows)} of ${count(progress.totalRows)} rows`
            )
          ) : now.status === "done" && now.report !== null ? (
            <span>
              {plural(now.report.result.rows, "row")} and {plural(now.report.result.responses, "response")} are left
              {now.report.seconds >= 1 && <span className="dim"> (in {duration(now.report.seconds)})</span>}
            </span>
          ) : now.status === "cancelled" ? (
            "Cancelled"
          ) : (
            <span className="problem">Failed</span>
          )}
        </span>
        {now?.status === "running" && <ProgressBar share={share} status="running" label="Progress of the preview" />}
        {now?.status === "running" && (
          <Button variant="default" size="compact-sm" onClick={stop}>
            Cancel
          </Button>
        )}
        {now?.status === "cancelled" && (
          <Button variant="default" size="compact-sm" onClick={again}>
            Go through the rows
          </Button>
        )}
        <Select
          aria-label="Rows of the preview"
          w={190}
          size="xs"
          allowDeselect={false}
          data={limits}
          value={limit === null ? "all" : String(limit)}
          onChange={(value) => setLimit(value === "all" ? null : Number(value))}
        />
      </div>
      {now?.status === "failed" && <ErrorPanel error={now.error} where="datasets.pipeline.preview" onRetry={again} />}
    </div>
  );
}

interface SharedProps {
  draft: PipelineDraft;
  problems: Map<string, string>;
  edit: (change: (draft: PipelineDraft) => PipelineDraft) => void;
}

/** What all steps share: the seed of draws and what lengths are measured in. */
function Shared({ draft, problems, edit }: SharedProps) {
  const seedProblem = problems.get("seed");
  return (
    <div className="section pipeline-form">
      <h2>Of all steps</h2>
      <div className="field">
        <label htmlFor="pipeline-seed">Seed</label>
        <NumberInput
          id="pipeline-seed"
          value={draft.seed ?? ""}
          onChange={(value) => edit((before) => ({ ...before, seed: value === "" ? undefined : Number(value) }))}
          allowDecimal={false}
          allowNegative={false}
          error={seedProblem !== undefined}
        />
        <span className="meaning" data-error={seedProblem !== undefined}>
          {seedProblem ?? "Of every draw: the same seed keeps the same rows."}
        </span>
      </div>
      <div className="field">
        <span className="field-label">Lengths in</span>
        {draft.tokenizer === null ? (
          <Select
            aria-label="Lengths in"
            data={["characters", "tokens"]}
            value="characters"
            allowDeselect={false}
            onChange={(value) => value === "tokens" && edit((before) => ({ ...before, tokenizer: "" }))}
          />
        ) : (
          <FieldInput
            field={{ type: "field", path: ["tokenizer"], label: "Tokenizer", empty: "never", input: { kind: "checkpoint" } }}
            value={draft.tokenizer}
            set={(tokenizer) => edit((before) => ({ ...before, tokenizer: String(tokenizer) }))}
            shared={{ "aria-label": "Tokenizer", error: draft.tokenizer === "" }}
          />
        )}
        <span className="meaning">
          {draft.tokenizer === null ? (
            "Characters are quick; tokens of a checkpoint are exact and take about a second a MB."
          ) : (
            <>
              Tokens of this checkpoint, about a second a MB.{" "}
              <button type="button" className="linklike" onClick={() => edit((before) => ({ ...before, tokenizer: null }))}>
                Characters instead
              </button>
            </>
          )}
        </span>
      </div>
    </div>
  );
}

interface MakeProps {
  draft: PipelineDraft;
  check: Checked;
  /** Of all rows of the draft as it is; null: not known yet. */
  report: PipelineReport | null;
  keysOfSteps: number[];
}

function Make({ draft, check, report, keysOfSteps }: MakeProps) {
  const client = useClient();
  const queries = useQueryClient();
  const imported = useImportedDatasets();
  const making = usePipeline((state) => state.making);
  const { edit, start, cancel } = usePipeline.getState();
  const name = draft.name.trim();
  const known = (imported.data ?? []).filter((dataset) => dataset.name === name);
  const version = 1 + Math.max(0, ...known.map((dataset) => dataset.version));
  const nothing = report !== null && report.result.rows === 0;
  const lacks = check.config === null ? "The steps lack something." : nothing ? "No row is left." : name === "" ? "Give it a name." : null;
  const run = () => {
    if (check.config === null) return;
    const config = { ...check.config, name };
    start("making", JSON.stringify(configOf(draft)), keysOfSteps, (listener) =>
      client.datasets.pipeline.run.subscribe(
        { config },
        {
          ...listener,
          onData: (event) => {
            listener.onData(event);
            if (event.type === "made") void queries.invalidateQueries({ queryKey: keys.importedDatasets });
          },
        },
      ),
    );
  };
  const busy = making?.status === "running";
  return (
    <>
      <div className="toolbar">
        <TextInput
          aria-label="Name of the dataset"
          placeholder="Name of the dataset"
          w={220}
          value={draft.name}
          maxLength={64}
          onChange={({ currentTarget: { value } }) => edit((before) => ({ ...before, name: value }))}
        />
        <Button disabled={lacks !== null || busy} onClick={run}>
          {report === null || nothing ? "Make dataset of all rows" : `Make dataset, ${plural(report.result.rows, "row")}`}
        </Button>
        <span className="dim">
          {lacks ??
            (version === 1
              ? `Writes the rows to the data folder as ${name}, with the report; its pools stay as they are.`
              : `The next version of ${name} (${version}), with the report; the same rows as an earlier one make no new version.`)}
        </span>
      </div>
      {making !== null && making.status !== "cancelled" && <MakingLine making={making} cancel={() => cancel("making")} />}
    </>
  );
}

function MakingLine({ making, cancel }: { making: PipelineTask; cancel: () => void }) {
  const { progress, status, made, report } = making;
  if (status === "failed")
    return (
      <div className="section">
        <ErrorPanel error={making.error} where="datasets.pipeline.run" />
      </div>
    );
  if (status === "done" && made !== null)
    return (
      <p className="made-line" role="status">
        Made <Link href={`/datasets/${made.datasetId}`}>{made.datasetId}</Link>, {plural(made.rows, "row")}
        {report !== null && report.seconds >= 1 && <span className="dim">, in {duration(report.seconds)}</span>}.{" "}
        <Link href={`/datasets/${made.datasetId}/report`}>Its report</Link>
      </p>
    );
  const share = progress === null || progress.totalRows === 0 ? 0 : progress.rows / progress.totalRows;
  const words = { benchmarks: "reads benchmarks", rows: "goes through rows", importing: "makes its index" };
  return (
    <section className="running tabular" aria-label="Making the dataset">
      <strong>Making the dataset</strong>
      <span className="activity dim">
        {progress === null ? "begins" : `${words[progress.activity]}: ${count(progress.rows)} of ${count(progress.totalRows)}`}
      </span>
      <ProgressBar share={share} status="running" label="Progress of making the dataset" />
      <span>{percent(share, 0)}</span>
      <Button variant="default" size="compact-sm" onClick={cancel}>
        Cancel
      </Button>
    </section>
  );
}
