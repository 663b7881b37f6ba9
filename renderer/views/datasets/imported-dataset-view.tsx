// One version of an imported dataset: filters and histograms at the left, its rows at the right, however many they are.
import { Button, Select } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";
import type { ImportedDataset, ImportedRowSummary } from "../../../main/contract/imported-dataset.ts";
import { rowOrder } from "../../../main/contract/imported-dataset.ts";
import { useImportedRows, useRemoveDataset } from "../../client/imported-dataset-queries.ts";
import { link, navigate, useQueryEntry } from "../../client/location.ts";
import { readSelection, selectionKey } from "../../client/selection.ts";
import { Confirm } from "../../components/confirm.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { bytes, compact, count, moment, plural, short } from "../../components/format.ts";
import { inspect } from "../../components/inspector/select.ts";
import { PathText } from "../../components/path-text.tsx";
import { SearchBox } from "../../components/search-box.tsx";
import { useSort } from "../../components/sort.ts";
import { Term } from "../../components/term.tsx";
import { type Column, VirtualGrid } from "../../components/virtual-grid.tsx";
import { FilterChips } from "./filter-chips.tsx";
import { RowFilters } from "./row-filters.tsx";
import { usePipelineReport } from "./use-pipeline-report.ts";
import { useRowFilter } from "./use-row-filter.ts";

export function ImportedDatasetView({ dataset, versions }: { dataset: ImportedDataset; versions: ImportedDataset[] }) {
  const remove = useRemoveDataset();
  return (
    <div className="view-fixed" data-testid="dataset">
      <header className="view-head">
        <h1>{dataset.name}</h1>
        {versions.length > 1 ? (
          <Select
            aria-label="Version"
            w={210}
            allowDeselect={false}
            value={dataset.id}
            onChange={(id) => id !== null && navigate(`/datasets/${id}`)}
            data={versions.map((v) => ({ value: v.id, label: `version ${v.version}, ${moment(v.createdAt)}` }))}
          />
        ) : (
          <span className="dim">version {dataset.version}</span>
        )}
        <span className="dim">
          <Term name="content hash" /> <span className="mono">{short(dataset.contentHash, 16)}</span>
        </span>
        <span className="push row">
          <Button variant="default" component={Link} href={link("/evaluations/new", { benchmark: "none", dataset: dataset.id })}>
            Evaluate on it
          </Button>
          <Confirm
            label="Remove dataset"
            question={`Remove version ${dataset.version} of ${dataset.name}?`}
            lost={`Its index, ${bytes(dataset.indexBytes)}, is deleted; the file stays. Evaluations of it stay, but no samples can be added, and SFT on it cannot be started again.`}
            busy={remove.isPending}
            act={() => remove.mutate(dataset.id, { onSuccess: () => navigate("/datasets") })}
          />
          <Link href="/datasets">All datasets</Link>
        </span>
      </header>
      {remove.error !== null && <ErrorPanel error={remove.error} where="datasets.imported.remove" />}
      <div className="dataset-body">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
        <section className="dataset-facts" tabIndex={0} aria-label="About the dataset">
          <Facts dataset={dataset} />
          <h2 className="sr-only">Filters</h2>
          <RowFilters dataset={dataset} />
        </section>
        <Rows dataset={dataset} />
      </div>
    </div>
  );
}

function Facts({ dataset }: { dataset: ImportedDataset }) {
  return (
    <div className="section stack">
      <dl className="facts">
        <dt>Rows</dt>
        <dd>
          {count(dataset.rows)}
          {dataset.badRows > 0 && (
            <>
              , and{" "}
              <button type="button" className="linklike" onClick={() => inspect({ kind: "bad-rows", datasetId: dataset.id })}>
                {plural(dataset.badRows, "bad row")}
              </button>
            </>
          )}
        </dd>
        <dt>Form</dt>
        <dd>
          {dataset.mapping.shape}, {dataset.format}
        </dd>
        <dt>File</dt>
        <dd className="row">
          <PathText path={dataset.source} />
        </dd>
        <dt>Size</dt>
        <dd>
          {bytes(dataset.bytes)}, index {bytes(dataset.indexBytes)}
        </dd>
        <dt>Imported</dt>
        <dd>{moment(dataset.createdAt)}</dd>
        <MadeBy dataset={dataset} />
      </dl>
      {dataset.notices.length > 0 && (
        <ul className="cautions" aria-label="Notices">
          {dataset.notices.map((notice) => (
            <li key={notice}>{notice}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Rows of a pipeline lie in the data folder's pipelines; where they came from is in its report. */
function MadeBy({ dataset }: { dataset: ImportedDataset }) {
  const report = usePipelineReport(dataset.id, /[\\/]pipelines[\\/]/.test(dataset.source));
  if (report.data === undefined) return null;
  const { config, pools } = report.data;
  return (
    <>
      <dt>Made by</dt>
      <dd>
        <Link href={`/datasets/${dataset.id}/report`}>
          a pipeline of {plural(config.steps.length, "step")} from {plural(pools.length, "pool")}
        </Link>
      </dd>
    </>
  );
}

function Rows({ dataset }: { dataset: ImportedDataset }) {
  const [selected] = useQueryEntry(selectionKey);
  const [range, setRange] = useState({ first: 0, last: 60 });
  const selection = readSelection(selected);
  const filter = useRowFilter();
  const sort = useSort(rowOrder.options, "row");
  const pages = useImportedRows({ datasetId: dataset.id, filter, sort: sort.by, descending: sort.descending }, range);
  const { mapping } = dataset;
  const columns: (Column<ImportedRowSummary> | false)[] = [
    {
      key: "row",
      label: "Row",
      width: "64px",
      numeric: true,
      sort: sort.head("row"),
      render: (row) => <span className="dim">{count(row.row + 1)}</span>,
    },
    mapping.id !== null && { key: "id", label: "Id", width: "minmax(60px, 120px)", sort: sort.head("id"), render: (row) => row.id },
    { key: "preview", label: "Prompt", width: "minmax(140px, 1fr)", mono: true, render: (row) => row.preview },
    mapping.source !== null && {
      key: "source",
      label: "Source",
      width: "minmax(60px, 110px)",
      sort: sort.head("source"),
      render: (row) => <span className="dim">{row.source ?? "none"}</span>,
    },
    mapping.category !== null && {
      key: "category",
      label: "Category",
      width: "minmax(60px, 110px)",
      sort: sort.head("category"),
      render: (row) => row.category ?? <span className="dim">none</span>,
    },
    mapping.difficulty !== null && {
      key: "difficulty",
      label: "Difficulty",
      width: "62px",
      numeric: true,
      sort: sort.head("difficulty"),
      render: (row) => (row.difficulty === null ? "" : compact(row.difficulty)),
    },
    mapping.date !== null && { key: "date", label: "Date", width: "74px", sort: sort.head("date"), render: (row) => row.date ?? "" },
    {
      key: "promptLength",
      label: "Length",
      width: "56px",
      numeric: true,
      sort: sort.head("promptLength"),
      render: (row) => count(row.promptLength),
    },
    (mapping.response !== null || mapping.messages !== null) && {
      key: "responseLength",
      label: "Response",
      width: "64px",
      numeric: true,
      sort: sort.head("responseLength"),
      render: (row) => (row.responses === 0 ? "" : count(row.responseLength)),
    },
    mapping.tests !== null && {
      key: "tests",
      label: "Tests",
      width: "44px",
      numeric: true,
      sort: sort.head("tests"),
      render: (row) => row.tests,
    },
    mapping.answer !== null && {
      key: "answer",
      label: "Answer",
      width: "50px",
      render: (row) => (row.hasAnswer ? "yes" : <span className="dim">none</span>),
    },
  ];
  const total = pages.total ?? 0;
  return (
    <div className="dataset-problems">
      <div className="toolbar">
        <SearchBox label="Search prompt, id or answer" width={230} />
        <FilterChips filter={filter} />
      </div>
      {pages.error !== null && <ErrorPanel error={pages.error} where="datasets.imported.page" onRetry={pages.retry} />}
      <VirtualGrid
        label="Rows"
        resetKey={`${dataset.id} ${JSON.stringify(filter)} ${sort.by} ${sort.descending}`}
        total={total}
        row={pages.row}
        onRange={(first, last) => setRange({ first, last })}
        onOpen={(row) => inspect({ kind: "row", datasetId: dataset.id, row: row.row }, { replace: selection?.kind === "row" })}
        isOpen={(row) => selection?.kind === "row" && selection.row === row.row}
        follow={selection?.kind === "row"}
        foot={
          pages.total === undefined
            ? " "
            : total === 0
              ? "No row matches these filters."
              : total === dataset.rows
                ? plural(total, "row")
                : `${count(total)} of ${count(dataset.rows)} rows`
        }
        columns={columns.filter((column) => column !== false)}
      />
    </div>
  );
}
