// All datasets: versions that were imported, and those that studies made. One of them, by its id, is a view of its own.
import { Button } from "@mantine/core";
import { Link } from "wouter";
import type { DatasetSummary, Pool } from "../../../main/contract/dataset.ts";
import type { ImportedDataset } from "../../../main/contract/imported-dataset.ts";
import { poolLabels } from "../../charts/comparison-figures.ts";
import { useImportedDatasets } from "../../client/imported-dataset-queries.ts";
import { navigate } from "../../client/location.ts";
import { useDatasets } from "../../client/queries.ts";
import { Empty } from "../../components/empty.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { bytes, count, moment, short } from "../../components/format.ts";
import { Loading } from "../../components/late.tsx";
import { RowTable } from "../../components/row-table.tsx";
import { Term } from "../../components/term.tsx";
import { DatasetImportLine } from "./dataset-import-line.tsx";
import { ImportedDatasetView } from "./imported-dataset-view.tsx";
import { StudyDatasetView } from "./study-dataset-view.tsx";

export function DatasetsView({ datasetId }: { datasetId: string | null }) {
  const studies = useDatasets();
  const imported = useImportedDatasets();
  if (studies.error !== null) return <ErrorPanel error={studies.error} where="datasets.list" onRetry={() => void studies.refetch()} />;
  if (imported.error !== null)
    return <ErrorPanel error={imported.error} where="datasets.imported.list" onRetry={() => void imported.refetch()} />;
  if (studies.data === undefined || imported.data === undefined) return <Loading what="datasets" />;
  if (datasetId === null) return <Library imported={imported.data} studies={studies.data} />;
  const version = imported.data.find((d) => d.id === datasetId);
  if (version !== undefined)
    return <ImportedDatasetView key={version.id} dataset={version} versions={imported.data.filter((d) => d.name === version.name)} />;
  const dataset = studies.data.find((d) => d.id === datasetId);
  if (dataset !== undefined) return <StudyDatasetView key={dataset.id} dataset={dataset} />;
  return (
    <p className="section">
      There is no dataset {datasetId}: it may have been removed. <Link href="/datasets">All datasets</Link>
    </p>
  );
}

const pools: Pool[] = ["sft", "rl", "dev", "test"];

function Library({ imported, studies }: { imported: ImportedDataset[]; studies: DatasetSummary[] }) {
  const importButton = (
    <Button component={Link} href="/datasets/import">
      Import a dataset
    </Button>
  );
  const nothing = imported.length === 0 && studies.length === 0;
  return (
    <div className="view" data-testid="datasets">
      <header className="view-head">
        <h1>Datasets</h1>
        {!nothing && (
          <span className="push row">
            <Button variant="default" component={Link} href="/datasets/pipeline">
              Make one by a pipeline
            </Button>
            <Button variant="default" component={Link} href="/datasets/ladder">
              Build a data ladder
            </Button>
            {importButton}
          </span>
        )}
      </header>
      <DatasetImportLine />
      {nothing && (
        <Empty title="No dataset yet" action={importButton}>
          Files of rows of your own (JSONL, JSON, CSV, parquet) are listed here once imported; they stay where they are. A study's first
          stage makes its dataset too, split once into SFT, RL, dev and test. Every row is here with its answer, its tests and what runs
          made of it.
        </Empty>
      )}
      {imported.length > 0 && (
        <section className="section" aria-labelledby="imported-title">
          <div className="section-head">
            <h2 id="imported-title">Imported</h2>
            <p>Files stay where they are; what is kept here is their index.</p>
          </div>
          <ImportedTable datasets={imported} />
        </section>
      )}
      {studies.length > 0 && (
        <section className="section" aria-labelledby="studies-title">
          <div className="section-head">
            <h2 id="studies-title">Made by studies</h2>
          </div>
          <StudyTable datasets={studies} />
        </section>
      )}
    </div>
  );
}

/** A study's own problems, by their sources. */
function madeOf({ counts }: DatasetSummary): string {
  const gsm8k = counts.some(({ source }) => source === "gsm8k");
  if (!counts.some(({ source }) => source !== "gsm8k")) return "GSM8K's own";
  return gsm8k ? "generated and GSM8K's own" : "generated";
}

const hash = (text: string) => (
  <span className="mono" title={text}>
    {short(text, 12)}
  </span>
);

function ImportedTable({ datasets }: { datasets: ImportedDataset[] }) {
  return (
    <RowTable
      label="Imported datasets"
      rows={[...datasets].sort((a, b) => b.createdAt.localeCompare(a.createdAt))}
      keyOf={(d) => d.id}
      onOpen={(d) => navigate(`/datasets/${d.id}`)}
      columns={[
        {
          key: "name",
          label: "Dataset",
          render: (d) => (
            <Link href={`/datasets/${d.id}`} onClick={(event) => event.stopPropagation()}>
              {d.name}
            </Link>
          ),
        },
        { key: "version", label: "Version", numeric: true, render: (d) => d.version },
        { key: "shape", label: "Shape", render: (d) => d.mapping.shape },
        { key: "format", label: "Format", render: (d) => d.format },
        { key: "rows", label: "Rows", numeric: true, render: (d) => count(d.rows) },
        {
          key: "bad",
          label: <Term name="bad row">Bad rows</Term>,
          numeric: true,
          render: (d) => (d.badRows === 0 ? <span className="dim">0</span> : count(d.badRows)),
        },
        { key: "bytes", label: "File", numeric: true, render: (d) => bytes(d.bytes) },
        { key: "index", label: "Index", numeric: true, render: (d) => <span className="dim">{bytes(d.indexBytes)}</span> },
        { key: "hash", label: <Term name="content hash">Content hash</Term>, render: (d) => hash(d.contentHash) },
        { key: "created", label: "Imported", render: (d) => <span className="dim">{moment(d.createdAt)}</span> },
      ]}
    />
  );
}

function StudyTable({ datasets }: { datasets: DatasetSummary[] }) {
  const of = (dataset: DatasetSummary, pool: Pool | null) =>
    dataset.counts.filter((c) => pool === null || c.pool === pool).reduce((sum, c) => sum + c.problems, 0);
  return (
    <RowTable
      label="Datasets of studies"
      rows={[...datasets].sort((a, b) => b.createdAt.localeCompare(a.createdAt))}
      keyOf={(d) => d.id}
      onOpen={(d) => navigate(`/datasets/${d.id}`)}
      columns={[
        {
          key: "name",
          label: "Dataset",
          render: (d) => (
            <Link href={`/datasets/${d.id}`} onClick={(event) => event.stopPropagation()}>
              {d.name}
            </Link>
          ),
        },
        {
          key: "made",
          label: "Made of",
          render: (d) => ("imported" in d.config ? `rows of ${d.config.imported}` : <span className="dim">{madeOf(d)}</span>),
        },
        ...pools.map((pool) => ({
          key: pool,
          label: poolLabels[pool],
          numeric: true,
          render: (d: DatasetSummary) => count(of(d, pool)),
        })),
        { key: "all", label: "Problems", numeric: true, render: (d) => count(of(d, null)) },
        { key: "hash", label: <Term name="content hash">Content hash</Term>, render: (d) => hash(d.contentHash) },
        { key: "created", label: "Made", render: (d) => <span className="dim">{moment(d.createdAt)}</span> },
      ]}
    />
  );
}
