// A dataset that a study made: hash, counts by pool and source, what was dropped and why, and every problem.
import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Link } from "wouter";
import type { ProblemRow } from "../../../main/contract/api.ts";
import type { DatasetSummary, Pool } from "../../../main/contract/dataset.ts";
import { type DifficultyRow, difficultyFigure, poolLabels } from "../../charts/comparison-figures.ts";
import { Plot } from "../../charts/plot.tsx";
import { setQuery, useQueryEntry } from "../../client/location.ts";
import { useClient, useProblems } from "../../client/queries.ts";
import { readSelection, selectionKey } from "../../client/selection.ts";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { compact, count, moment, oneLine, short } from "../../components/format.ts";
import { inspect } from "../../components/inspector/select.ts";
import { SearchBox } from "../../components/search-box.tsx";
import { useSort } from "../../components/sort.ts";
import { Term } from "../../components/term.tsx";
import { type Column, VirtualGrid } from "../../components/virtual-grid.tsx";

const pools: Pool[] = ["sft", "rl", "dev", "test"];

export function StudyDatasetView({ dataset }: { dataset: DatasetSummary }) {
  return (
    <div className="view-fixed" data-testid="dataset">
      <header className="view-head">
        <h1>{dataset.name}</h1>
        <span className="dim">
          <Term name="content hash" /> <span className="mono">{short(dataset.contentHash, 16)}</span>, {moment(dataset.createdAt)}
        </span>
        <span className="push">
          <Link href="/datasets">All datasets</Link>
        </span>
      </header>
      <div className="dataset-body">
        <DatasetFacts dataset={dataset} />
        <Problems dataset={dataset} />
      </div>
    </div>
  );
}

/** All difficulties, page by page: a dataset never changes, so they are read once. */
function useDifficulties(datasetId: string) {
  const client = useClient();
  return useQuery({
    queryKey: ["difficulties", datasetId],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      const rows: DifficultyRow[] = [];
      for (let offset = 0; ; offset += 500) {
        const page = await client.datasets.problems.query({ datasetId, offset, limit: 500 });
        for (const row of page.rows) rows.push({ pool: row.pool, difficulty: row.difficulty });
        if (page.rows.length === 0 || rows.length >= page.total) return rows;
      }
    },
  });
}

function DatasetFacts({ dataset }: { dataset: DatasetSummary }) {
  const sources = [...new Set(dataset.counts.map((c) => c.source))];
  const of = (pool: Pool | null, source: string | null) =>
    dataset.counts
      .filter((c) => (pool === null || c.pool === pool) && (source === null || c.source === source))
      .reduce((sum, c) => sum + c.problems, 0);
  const difficulties = useDifficulties(dataset.id);
  const figure = useMemo(() => difficultyFigure(difficulties.data ?? []), [difficulties.data]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="dataset-facts" tabIndex={0} aria-label="About the dataset">
      <div className="section">
        <h2>Problems by pool and source</h2>
        <table className="table wide">
          <thead>
            <tr>
              <th scope="col">Source</th>
              {pools.map((pool) => (
                <th key={pool} scope="col" className="num">
                  {poolLabels[pool]}
                </th>
              ))}
              <th scope="col" className="num">
                All
              </th>
            </tr>
          </thead>
          <tbody>
            {[...sources, null].map((source) => (
              <tr key={source ?? "all"} className={source === null ? "group-start" : undefined}>
                <th scope="row">{source ?? "all"}</th>
                {pools.map((pool) => (
                  <td key={pool} className="num">
                    <button type="button" className="linklike" onClick={() => setQuery({ pool, source })}>
                      {count(of(pool, source))}
                    </button>
                  </td>
                ))}
                <td className="num">{count(of(null, source))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="section">
        <h2>Dropped</h2>
        {dataset.dropped.length === 0 ? (
          <p className="dim">Nothing was dropped.</p>
        ) : (
          <table className="table wide">
            <tbody>
              {dataset.dropped.map((d) => (
                <tr key={d.reason}>
                  <td style={{ whiteSpace: "normal" }}>{d.reason}</td>
                  <td className="num">{count(d.count)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
      <div className="section">
        <Plot figure={figure} height={210} empty={difficulties.isPending ? "Reading difficulties…" : "No problems."} />
      </div>
      <div className="section">
        <h2>Made with</h2>
        <MadeWith dataset={dataset} />
      </div>
    </section>
  );
}

function MadeWith({ dataset: { config } }: { dataset: DatasetSummary }) {
  if ("imported" in config)
    return (
      <dl className="facts">
        <dt>Taken from</dt>
        <dd>{config.imported}</dd>
        <dt>Content</dt>
        <dd className="mono">{config.contentHash.slice(0, 12)}</dd>
      </dl>
    );
  return (
    <dl className="facts">
      <dt>Seed</dt>
      <dd>{config.seed}</dd>
      <dt>GSM8K</dt>
      <dd>{config.gsm8k ? `up to ${config.gsm8kMaxSteps} operations, ${config.gsm8kOperations.join(" ")}` : "left out"}</dd>
      <dt>Generated</dt>
      <dd>
        {count(config.arithmetic.count)}, {config.arithmetic.minSteps} to {config.arithmetic.maxSteps} operations,{" "}
        {config.arithmetic.minDigits} to {config.arithmetic.maxDigits} digits, {config.arithmetic.operations.join(" ")}
      </dd>
      <dt>Code</dt>
      <dd>{config.code.count === 0 ? "none" : count(config.code.count)}</dd>
    </dl>
  );
}

const sortable = ["id", "difficulty", "steps", "prompt"] as const;

function Problems({ dataset }: { dataset: DatasetSummary }) {
  const [poolEntry] = useQueryEntry("pool");
  const [source] = useQueryEntry("source");
  const [search] = useQueryEntry("q");
  const [selected] = useQueryEntry(selectionKey);
  const selection = readSelection(selected);
  const [range, setRange] = useState({ first: 0, last: 60 });
  const pool = pools.find((p) => p === poolEntry);
  const sort = useSort(sortable, "id");
  const { by: sortBy, descending } = sort;
  const pages = useProblems(
    { datasetId: dataset.id, pool, source: source ?? undefined, search: search ?? undefined, sortBy, descending },
    range,
  );
  const columns: Column<ProblemRow>[] = [
    { key: "id", label: "Problem", width: "130px", sort: sort.head("id"), render: (row) => row.id },
    { key: "pool", label: "Pool", width: "36px", render: (row) => poolLabels[row.pool] },
    { key: "source", label: "Source", width: "72px", render: (row) => <span className="dim">{row.source}</span> },
    {
      key: "prompt",
      label: "Prompt",
      width: "minmax(140px, 2fr)",
      mono: true,
      sort: sort.head("prompt"),
      render: (row) => oneLine(row.prompt),
    },
    { key: "answer", label: "Answer", width: "minmax(60px, 90px)", mono: true, render: (row) => oneLine(row.answer) },
    { key: "question", label: "Question", width: "minmax(0, 2fr)", render: (row) => <span className="dim">{row.question ?? ""}</span> },
    { key: "steps", label: "Operations", width: "72px", numeric: true, sort: sort.head("steps"), render: (row) => row.steps },
    {
      key: "difficulty",
      label: "Difficulty",
      width: "66px",
      numeric: true,
      sort: sort.head("difficulty"),
      render: (row) => compact(row.difficulty),
    },
    { key: "traces", label: "Traces", width: "44px", numeric: true, render: (row) => row.traces },
  ];
  return (
    <div className="dataset-problems">
      <div className="toolbar">
        <SearchBox label="Search prompt, answer or question" width={270} />
        <Select
          aria-label="Pool"
          placeholder="All pools"
          clearable
          w={110}
          value={pool ?? null}
          onChange={(value) => setQuery({ pool: value })}
          data={pools.map((p) => ({ value: p, label: poolLabels[p] }))}
        />
        <Select
          aria-label="Source"
          placeholder="All sources"
          clearable
          w={130}
          value={source}
          onChange={(value) => setQuery({ source: value })}
          data={[...new Set(dataset.counts.map((c) => c.source))]}
        />
      </div>
      {pages.error !== null && <ErrorPanel error={pages.error} where="datasets.problems" onRetry={pages.retry} />}
      <VirtualGrid
        label="Problems"
        resetKey={`${dataset.id} ${pool} ${source} ${search} ${sortBy} ${descending}`}
        total={pages.total ?? 0}
        row={pages.row}
        onRange={(first, last) => setRange({ first, last })}
        onOpen={(row) => inspect({ kind: "problem", datasetId: dataset.id, problemId: row.id }, { replace: selection?.kind === "problem" })}
        isOpen={(row) => selection?.kind === "problem" && selection.problemId === row.id}
        follow={selection?.kind === "problem"}
        foot={pages.total === undefined ? " " : pages.total === 0 ? "No problem matches these filters." : `${count(pages.total)} problems`}
        columns={columns}
      />
    </div>
  );
}
