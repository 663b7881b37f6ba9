// The stored report of a dataset that a pipeline made: its pools, what each step kept and dropped and why, all matched spans, lengths.
import { Button } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import type { PipelineReport, StepReport } from "../../../main/contract/pipeline.ts";
import { navigate, setQuery, useQueryEntry } from "../../client/location.ts";
import { useClient } from "../../client/queries.ts";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { Fact } from "../../components/fact.tsx";
import { count, duration, moment, plural, short } from "../../components/format.ts";
import { Loading } from "../../components/late.tsx";
import { RowTable } from "../../components/row-table.tsx";
import { draftOf } from "./pipeline-draft.ts";
import { usePipeline } from "./pipeline-store.ts";
import { Lengths } from "./report-lengths.tsx";
import { Spans, StepOutcome } from "./step-outcome.tsx";
import { usePipelineReport } from "./use-pipeline-report.ts";

export function PipelineReportView({ datasetId }: { datasetId: string }) {
  const report = usePipelineReport(datasetId);
  if (report.error !== null)
    return <ErrorPanel error={report.error} where="datasets.pipeline.report" onRetry={() => void report.refetch()} />;
  if (report.data === undefined) return <Loading what="the report" />;
  return <Report datasetId={datasetId} report={report.data} />;
}

function Report({ datasetId, report }: { datasetId: string; report: PipelineReport }) {
  const [entry] = useQueryEntry("step");
  const step = report.steps.find(({ name }) => name === entry) ?? report.steps[0];
  const dropped = (each: StepReport) => each.dropped.reduce((sum, { rows }) => sum + rows, 0);
  const build = () => {
    usePipeline.getState().edit(() => draftOf(report.config));
    navigate("/datasets/pipeline");
  };
  return (
    <div className="view-fixed" data-testid="pipeline-report">
      <header className="view-head">
        <h1>How {datasetId} was made</h1>
        <span className="push row">
          <Button variant="default" onClick={build}>
            Build on this pipeline
          </Button>
          <Link href={`/datasets/${datasetId}`}>Its rows</Link>
        </span>
      </header>
      <div className="pipeline-body">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
        <section className="pipeline-steps" tabIndex={0} aria-label="Steps">
          <div className="section">
            <dl className="facts">
              <Fact term="Result">
                {plural(report.result.rows, "row")}, {plural(report.result.responses, "response")}
              </Fact>
              <Fact term="Seed">{report.config.seed}</Fact>
              <Fact term="Lengths">{report.config.tokenizer === null ? "in characters" : `in tokens of ${report.config.tokenizer}`}</Fact>
              <Fact term="Made">
                {moment(report.createdAt)}, in {report.seconds < 1 ? "less than a second" : duration(report.seconds)}, by Headstart{" "}
                {report.version}
              </Fact>
            </dl>
          </div>
          <div className="section">
            <h2>Pools</h2>
            <ul className="dropped-examples">
              {report.pools.map(({ dataset, contentHash, rows }) => (
                <li key={dataset}>
                  <Link href={`/datasets/${dataset}`}>{dataset}</Link>
                  <span>
                    {plural(rows, "row")}, <span className="mono dim">{short(contentHash, 16)}</span>
                  </span>
                </li>
              ))}
            </ul>
          </div>
          <div className="section">
            <h2>Steps</h2>
            <RowTable
              label="Steps"
              rows={report.steps}
              keyOf={({ name }) => name}
              onOpen={({ name }) => setQuery({ step: name })}
              isOpen={({ name }) => name === step.name}
              columns={[
                {
                  key: "name",
                  label: "Step",
                  render: ({ name }) => (
                    <button type="button" className="linklike" aria-pressed={name === step.name} onClick={() => setQuery({ step: name })}>
                      {name}
                    </button>
                  ),
                },
                { key: "in", label: "Rows in", numeric: true, render: (each) => count(each.in.rows) },
                { key: "kept", label: "Kept", numeric: true, render: (each) => count(each.kept.rows) },
                { key: "dropped", label: "Dropped", numeric: true, render: (each) => count(dropped(each)) },
                { key: "responses", label: "Responses kept", numeric: true, render: (each) => count(each.kept.responses) },
              ]}
            />
          </div>
        </section>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
        <section className="pipeline-outcome" tabIndex={0} aria-label="What the steps did">
          <StepOutcome key={step.name} step={step} />
          {step.spans !== undefined && step.spans.total > step.spans.shown.length && <AllSpans datasetId={datasetId} report={report} />}
          <Lengths report={report} />
        </section>
      </div>
    </div>
  );
}

const pageLength = 50;

/** The spans that the report itself does not hold, page by page. */
function AllSpans({ datasetId, report }: { datasetId: string; report: PipelineReport }) {
  const client = useClient();
  const [offset, setOffset] = useState(0);
  const total = report.steps.reduce((sum, { spans }) => sum + (spans?.total ?? 0), 0);
  const page = useQuery({
    queryKey: ["pipeline-spans", datasetId, offset],
    queryFn: () => client.datasets.pipeline.spans.query({ datasetId, offset, limit: pageLength }),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });
  return (
    <div className="section">
      <div className="row">
        <h2>All matched spans</h2>
        <span className="push row">
          <Button variant="default" size="compact-xs" disabled={offset === 0} onClick={() => setOffset(offset - pageLength)}>
            Earlier
          </Button>
          <span className="dim tabular">
            {count(offset + 1)} to {count(Math.min(total, offset + pageLength))} of {count(total)}
          </span>
          <Button
            variant="default"
            size="compact-xs"
            disabled={offset + pageLength >= total}
            onClick={() => setOffset(offset + pageLength)}
          >
            Later
          </Button>
        </span>
      </div>
      {page.error !== null && <ErrorPanel error={page.error} where="datasets.pipeline.spans" onRetry={() => void page.refetch()} />}
      {page.data !== undefined && <Spans key={offset} total={page.data.rows.length} shown={page.data.rows} />}
    </div>
  );
}
