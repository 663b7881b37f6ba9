// A new evaluation: checkpoint, benchmark, and what may differ from its protocol; said beforehand is how much that is.
import { Button, NumberInput, Select, Textarea } from "@mantine/core";
import { type ReactNode, useId, useState } from "react";
import { Link } from "wouter";
import type { CheckpointCard } from "../../../main/contract/checkpoint.ts";
import type { ImportedDataset } from "../../../main/contract/imported-dataset.ts";
import { useCheckpointCards } from "../../client/checkpoint-queries.ts";
import { useBenchmarks, useCodeBoundary, useStartEvaluation } from "../../client/evaluation-queries.ts";
import { useImportedDatasets } from "../../client/imported-dataset-queries.ts";
import { navigate, useQueryEntry } from "../../client/location.ts";
import { parametersInWords } from "../../components/checkpoint-facts.ts";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { count } from "../../components/format.ts";
import { Loading } from "../../components/late.tsx";
import { Term } from "../../components/term.tsx";
import { type EvaluationDraft, fitsBenchmark, newDraft, ownDataset, planOf, startInput } from "./evaluation-plan.ts";

export function EvaluateView() {
  const cards = useCheckpointCards();
  const benchmarks = useBenchmarks();
  const imported = useImportedDatasets();
  const start = useStartEvaluation();
  const [checkpoint, setCheckpoint] = useQueryEntry("checkpoint");
  const [benchmarkEntry, setBenchmark] = useQueryEntry("benchmark");
  const [datasetEntry, setDataset] = useQueryEntry("dataset");
  const [rest, setRest] = useState(newDraft);
  const benchmark = benchmarkEntry === "none" ? undefined : benchmarks.data?.find((b) => b.key === (benchmarkEntry ?? newDraft.benchmark));
  const dataset = imported.data?.find((d) => d.id === datasetEntry) ?? ownDataset(benchmark, imported.data ?? []);
  const programs = benchmark?.domain === "code" || (benchmark === undefined && dataset?.mapping.tests != null);
  const boundary = useCodeBoundary(programs);
  if (cards.error !== null) return <ErrorPanel error={cards.error} where="checkpoints.list" onRetry={() => void cards.refetch()} />;
  if (benchmarks.error !== null)
    return <ErrorPanel error={benchmarks.error} where="evaluations.benchmarks" onRetry={() => void benchmarks.refetch()} />;
  if (cards.data === undefined || benchmarks.data === undefined) return <Loading what="checkpoints and benchmarks" />;
  const datasets = imported.data ?? [];
  const card = cards.data.find((c) => c.id === checkpoint);
  const draft: EvaluationDraft = { ...rest, checkpoint: card?.id ?? null, benchmark: benchmark?.key ?? null, dataset: dataset?.id ?? null };
  const plan = planOf(draft, { benchmark, card, dataset });
  const unbounded = programs && boundary.data?.kind === "none";
  const change = (changes: Partial<EvaluationDraft>) => setRest({ ...rest, ...changes });
  const begin = () => start.mutate(startInput(draft, plan), { onSuccess: () => navigate("/evaluations") });
  return (
    <div className="view" data-testid="evaluate">
      <header className="view-head">
        <h1>Evaluate a checkpoint</h1>
        <span className="push row">
          <span className="dim">{plan.missing}</span>
          <Button loading={start.isPending} disabled={plan.missing !== null || unbounded} onClick={begin}>
            Start the evaluation
          </Button>
        </span>
      </header>
      {start.error !== null && <ErrorPanel error={start.error} where="evaluations.start" />}
      {unbounded && (
        <p className="error" role="alert">
          <strong>No program is run on this machine, since nothing keeps one away from it.</strong>
          <span>{boundary.data?.detail}</span>
        </p>
      )}
      <div className="evaluate">
        <section className="section" aria-label="What is evaluated">
          <Row label="Checkpoint" meaning={card === undefined ? "Any: shipped, imported or trained" : inWords(card)}>
            {(id) => (
              <Select
                id={id}
                searchable
                placeholder="Choose"
                value={card?.id ?? null}
                onChange={(value) => setCheckpoint(value, { replace: true })}
                data={cards.data.map((c) => ({ value: c.id, label: c.id }))}
              />
            )}
          </Row>
          <Row
            label={<Term name="benchmark">Benchmark</Term>}
            meaning={benchmark === undefined ? "The rows of an imported dataset as they are" : `Protocol: ${benchmark.provenance}`}
          >
            {(id) => (
              <Select
                id={id}
                searchable
                allowDeselect={false}
                value={benchmark?.key ?? "none"}
                onChange={(value) => {
                  setBenchmark(value === newDraft.benchmark ? null : value, { replace: true });
                  setDataset(null, { replace: true });
                }}
                data={[
                  { group: "Come with Headstart", items: benchmarks.data.filter((b) => b.shipped !== null).map(benchmarkItem) },
                  { group: "Their file is imported first", items: benchmarks.data.filter((b) => b.shipped === null).map(benchmarkItem) },
                  { group: "None", items: [{ value: "none", label: "An imported dataset as it is" }] },
                ]}
              />
            )}
          </Row>
          <Row label="Problems from" meaning={<DatasetMeaning shipped={benchmark?.shipped ?? null} dataset={dataset} />}>
            {(id) => (
              <Select
                id={id}
                clearable={datasetEntry !== null}
                placeholder={benchmark?.shipped ?? (datasets.length === 0 ? "Nothing is imported yet" : "Choose an imported dataset")}
                value={dataset?.id ?? null}
                onChange={(value) => setDataset(value, { replace: true })}
                data={datasetItems(datasets, benchmark)}
              />
            )}
          </Row>
          <NumberRow
            label="At most so many"
            value={draft.limit}
            protocol={null}
            placeholder="all"
            meaning="The first of the file; empty: all"
            unit="problems"
            onChange={(limit) => change({ limit })}
          />
        </section>
        <section className="section" aria-label="How">
          <NumberRow
            label={<Term name="avg@n">Samples a problem, n</Term>}
            value={draft.samplesPerProblem}
            protocol={plan.protocol.samplesPerProblem}
            max={1024}
            onChange={(samplesPerProblem) => change({ samplesPerProblem })}
          />
          <NumberRow
            label={<Term name="temperature">Temperature</Term>}
            value={draft.temperature}
            protocol={plan.protocol.temperature}
            least={0}
            max={10}
            decimals={3}
            onChange={(temperature) => change({ temperature })}
          />
          <NumberRow
            label={<Term name="top-p">Top-p</Term>}
            value={draft.topP}
            protocol={plan.protocol.topP}
            least={0.001}
            max={1}
            decimals={3}
            onChange={(topP) => change({ topP })}
          />
          <NumberRow
            label={<Term name="response budget">Response budget</Term>}
            value={draft.maxResponseTokens}
            protocol={plan.protocol.maxResponseTokens}
            meaning={
              benchmark !== undefined && plan.protocol.maxResponseTokens < benchmark.eval.maxResponseTokens
                ? `Half of the checkpoint's positions; the protocol's ${count(benchmark.eval.maxResponseTokens)} do not fit`
                : undefined
            }
            unit="tokens"
            onChange={(maxResponseTokens) => change({ maxResponseTokens })}
          />
          <Row
            label="Instruction"
            meaning="Put after each problem, or around it where {problem} stands in it"
            changed={draft.instruction !== null && draft.instruction !== plan.protocol.instruction}
          >
            {(id) => (
              <Textarea
                id={id}
                size="xs"
                autosize
                minRows={2}
                maxRows={8}
                value={draft.instruction ?? plan.protocol.instruction}
                onChange={(event) => {
                  const text = event.currentTarget.value;
                  change({ instruction: text === plan.protocol.instruction ? null : text });
                }}
              />
            )}
          </Row>
          <NumberRow
            label="Seed"
            value={draft.seed}
            protocol={null}
            least={0}
            meaning="Of the draws"
            onChange={(seed) => change({ seed: seed ?? 1 })}
          />
        </section>
        <section className="section" aria-label="What that is" data-testid="evaluation-plan">
          <p className="tabular">
            {plan.problems === null || plan.mostTokens === null
              ? "How many problems there are is known once the dataset is chosen."
              : `${count(plan.problems)} problems × ${count(draft.samplesPerProblem ?? plan.protocol.samplesPerProblem)} samples: at most ${count(plan.mostTokens)} tokens. It can be paused, and goes on where it was.`}
          </p>
          {programs && boundary.data !== undefined && !unbounded && (
            <p className="dim">Programs run behind a boundary: {boundary.data.detail}.</p>
          )}
          {benchmark !== undefined &&
            (plan.differences.length === 0 ? (
              <p className="dim">
                As the <Term name="protocol" /> has it.
              </p>
            ) : (
              <p>
                Differs from the <Term name="protocol" />: {plan.differences.join("; ")}. Its score stands beside others of the same
                settings, not beside published ones.
              </p>
            ))}
        </section>
      </div>
    </div>
  );
}

const benchmarkItem = ({ key, name, problems }: { key: string; name: string; problems: number | null }) => ({
  value: key,
  label: problems === null ? name : `${name} (${count(problems)})`,
});

function datasetItems(datasets: ImportedDataset[], benchmark: Parameters<typeof fitsBenchmark>[0] | undefined) {
  const item = (d: ImportedDataset) => ({ value: d.id, label: `${d.name} v${d.version} (${count(d.rows)})` });
  if (benchmark === undefined) return datasets.map(item);
  const [fitting, others] = [true, false].map((fits) => datasets.filter((d) => fitsBenchmark(benchmark, d) === fits));
  return [
    { group: `In the form of ${benchmark.name}`, items: fitting.map(item) },
    { group: "Others", items: others.map(item) },
  ].filter((group) => group.items.length > 0);
}

function inWords(card: CheckpointCard): string {
  return `${card.kind}, ${parametersInWords(card.parameters)} parameters, ${count(card.file.model.maxPositionEmbeddings)} positions`;
}

function DatasetMeaning({ shipped, dataset }: { shipped: string | null; dataset: ImportedDataset | undefined }) {
  if (dataset !== undefined) return <>{`${count(dataset.rows)} rows of ${dataset.path}`}</>;
  if (shipped !== null) return <>The file that comes with Headstart</>;
  return <Link href="/datasets/import">Import a dataset</Link>;
}

interface RowProps {
  label: ReactNode;
  meaning?: ReactNode;
  changed?: boolean;
  children: (id: string) => ReactNode;
}

function Row({ label, meaning, changed = false, children }: RowProps) {
  const id = useId();
  return (
    <div className="field" data-changed={changed}>
      <label htmlFor={id}>{label}</label>
      {children(id)}
      <span className="meaning">{meaning}</span>
    </div>
  );
}

interface NumberRowProps {
  label: ReactNode;
  /** Null: as the protocol has it. */
  value: number | null;
  protocol: number | null;
  placeholder?: string;
  /** What is said while it follows the protocol. */
  meaning?: string;
  unit?: string;
  least?: number;
  max?: number;
  decimals?: number;
  onChange: (value: number | null) => void;
}

/** Emptied, it follows the protocol again. */
function NumberRow({ label, value, protocol, placeholder, meaning, unit, least = 1, max, decimals, onChange }: NumberRowProps) {
  const changed = protocol !== null && value !== null && value !== protocol;
  return (
    <Row
      label={label}
      changed={changed}
      meaning={
        changed ? `Protocol: ${protocol.toLocaleString("en-US")}` : (meaning ?? (protocol === null ? undefined : "As the protocol has it"))
      }
    >
      {(id) => (
        <NumberInput
          id={id}
          value={value ?? protocol ?? ""}
          placeholder={placeholder}
          onChange={(next) => onChange(typeof next === "number" ? next : null)}
          min={least}
          max={max}
          allowDecimal={decimals !== undefined}
          decimalScale={decimals}
          step={decimals === undefined ? 1 : 0.05}
          thousandSeparator=","
          suffix={unit === undefined ? undefined : ` ${unit}`}
        />
      )}
    </Row>
  );
}
