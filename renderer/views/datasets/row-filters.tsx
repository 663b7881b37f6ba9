// The filters of an imported dataset's rows: how rows are spread, and what is chosen of them by brushing bars or ticking labels.
import { Checkbox, SegmentedControl } from "@mantine/core";
import { useMemo } from "react";
import type { DatasetHistogram, ImportedDataset, RowFilter } from "../../../main/contract/imported-dataset.ts";
import { Plot } from "../../charts/plot.tsx";
import { brushedBins, type NumberHistogram, rowFigure } from "../../charts/row-figures.ts";
import { useHistogram } from "../../client/imported-dataset-queries.ts";
import { setQuery } from "../../client/location.ts";
import { isFiltered, type LabelKey, type RangeKey, without, writeDates, writeLabels, writeRange } from "../../client/row-filter.ts";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { count } from "../../components/format.ts";
import { useRowFilter } from "./use-row-filter.ts";

export function RowFilters({ dataset }: { dataset: ImportedDataset }) {
  const filter = useRowFilter();
  const { mapping } = dataset;
  const shared = { datasetId: dataset.id, filter };
  return (
    <>
      {mapping.tests !== null && (
        <div className="section">
          <SegmentedControl
            size="xs"
            aria-label="Tests"
            value={filter.tests === null ? "all" : filter.tests ? "yes" : "no"}
            onChange={(value) => setQuery({ tests: value === "all" ? null : value })}
            data={[
              { value: "all", label: "All" },
              { value: "yes", label: "With tests" },
              { value: "no", label: "Without" },
            ]}
          />
        </div>
      )}
      <Numbers {...shared} column="promptLength" title="How long are prompts?" unit="characters" />
      {(mapping.response !== null || mapping.messages !== null) && (
        <Numbers {...shared} column="responseLength" title="How long are responses?" unit="characters" />
      )}
      {mapping.difficulty !== null && <Numbers {...shared} column="difficulty" title="How hard are they?" unit="difficulty" />}
      {mapping.date !== null && <Numbers {...shared} column="date" title="When are they from?" unit="" />}
      <Labels {...shared} column="source" entry="sources" title="Sources" />
      <Labels {...shared} column="category" entry="categories" title="Categories" />
    </>
  );
}

interface Shared {
  datasetId: string;
  filter: RowFilter;
}

const isNumbers = (histogram: DatasetHistogram | undefined): histogram is NumberHistogram =>
  histogram !== undefined && histogram.kind !== "label";

const day = (milliseconds: number) => new Date(milliseconds).toISOString().slice(0, 10);
const dayLength = 86_400_000;

function Numbers({ datasetId, filter, column, title, unit }: Shared & { column: RangeKey | "date"; title: string; unit: string }) {
  const key = column === "date" ? "dates" : column;
  const others = without(filter, key);
  const restricted = isFiltered(others) || filter.search !== "";
  const all = useHistogram({ datasetId, column });
  const part = useHistogram({ datasetId, column, filter: others }, restricted);
  const chosen = useMemo(
    () => (column !== "date" ? filter[column] : filter.dates && { min: Date.parse(filter.dates.from), max: Date.parse(filter.dates.to) }),
    [column, filter],
  );
  const whole = all.data;
  const filtered = restricted ? part.data : whole;
  const figure = useMemo(
    () =>
      isNumbers(whole) ? rowFigure({ id: `rows-${column}`, title, unit }, whole, isNumbers(filtered) ? filtered : undefined, chosen) : null,
    [whole, filtered, chosen, column, title, unit],
  );
  const error = all.error ?? part.error;
  if (error !== null) return <ErrorPanel error={error} where="datasets.imported.histogram" onRetry={() => void all.refetch()} />;
  if (figure === null || !isNumbers(whole) || whole.bins.length < 2) return null;
  const choose = (range: { min: number; max: number } | null) =>
    setQuery(
      column === "date"
        ? { dates: range === null ? null : writeDates({ from: day(range.min), to: day(Math.max(range.max, range.min + dayLength)) }) }
        : { [column]: writeRange(range) },
    );
  return (
    <div className="section row-filter">
      <Plot figure={figure} height={116} onBrush={(brushed) => choose(brushed === null ? null : brushedBins(whole, brushed))} />
      {whole.missing > 0 && <p className="dim">{count(whole.missing)} rows have none.</p>}
    </div>
  );
}

type LabelHistogram = Extract<DatasetHistogram, { kind: "label" }>;

interface LabelsProps extends Shared {
  column: "source" | "category";
  entry: LabelKey;
  title: string;
}

function Labels({ datasetId, filter, column, entry, title }: LabelsProps) {
  const others = without(filter, entry);
  const restricted = isFiltered(others) || filter.search !== "";
  const all = useHistogram({ datasetId, column });
  const part = useHistogram({ datasetId, column, filter: others }, restricted);
  if (all.error !== null) return <ErrorPanel error={all.error} where="datasets.imported.histogram" onRetry={() => void all.refetch()} />;
  const whole = all.data;
  if (whole?.kind !== "label") return null;
  const { bins, others: more, missing } = whole;
  if (bins.length + (missing > 0 ? 1 : 0) < 2) return null;
  const filtered = restricted && part.data?.kind === "label" ? part.data : whole;
  const labels: (string | null)[] = [...bins.map((bin) => bin.label), ...(missing > 0 ? [null] : [])];
  const countOf = (histogram: LabelHistogram, label: string | null) =>
    label === null ? histogram.missing : (histogram.bins.find((bin) => bin.label === label)?.count ?? 0);
  const most = Math.max(1, ...labels.map((label) => countOf(whole, label)));
  const ticked = filter[entry];
  const toggle = (label: string | null) =>
    setQuery({ [entry]: writeLabels(ticked.includes(label) ? ticked.filter((l) => l !== label) : [...ticked, label]) });
  return (
    <div className="section">
      <h3>{title}</h3>
      <ul className="label-filter">
        {labels.map((label) => (
          <li key={label ?? "~"}>
            <Checkbox size="xs" label={label ?? "none"} checked={ticked.includes(label)} onChange={() => toggle(label)} />
            <span className="num">{count(countOf(filtered, label))}</span>
            <span className="label-bar" aria-hidden="true">
              <span style={{ width: `${(100 * countOf(whole, label)) / most}%` }} />
              <span style={{ width: `${(100 * countOf(filtered, label)) / most}%` }} />
            </span>
          </li>
        ))}
      </ul>
      {more > 0 && <p className="dim">{count(more)} rows have other, rarer ones.</p>}
    </div>
  );
}
