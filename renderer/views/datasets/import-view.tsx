// Bringing in a dataset: the file, what it seems to be, the mapping of its columns, its name; then progress, and the rows that are bad.
import { Button, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Link } from "wouter";
import type { ChosenFile } from "../../../main/contract/files.ts";
import { type ColumnMapping, columnMapping, type DetectedDataset, type ImportedDataset } from "../../../main/contract/imported-dataset.ts";
import { useDetectDataset } from "../../client/imported-dataset-queries.ts";
import { useDatasetImport } from "../../client/imports.ts";
import { useClient } from "../../client/queries.ts";
import { keys } from "../../client/query-keys.ts";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { FileChooser } from "../../components/file-chooser.tsx";
import { bytes, count, duration, plural } from "../../components/format.ts";
import { BadRows } from "../../components/inspector/bad-rows.tsx";
import { Term } from "../../components/term.tsx";
import { DatasetImportLine } from "./dataset-import-line.tsx";
import { FirstRows } from "./first-rows.tsx";
import { MappingForm } from "./mapping-form.tsx";

export function ImportDatasetView() {
  const run = useDatasetImport((state) => state.run);
  const dismiss = useDatasetImport((state) => state.dismiss);
  return (
    <div className="view" data-testid="import-dataset">
      <header className="view-head">
        <h1>Import a dataset</h1>
        <span className="push">
          <Link href="/datasets">All datasets</Link>
        </span>
      </header>
      <DatasetImportLine />
      {run?.status === "running" && <p className="section dim">It goes on while other views are looked at.</p>}
      {run?.status === "failed" && <ErrorPanel error={run.error} where="datasets.imported.import" />}
      {run?.status === "cancelled" && (
        <p className="section dim" role="status">
          The import of {run.name} was cancelled; nothing of it is kept.
        </p>
      )}
      {run?.status === "done" && run.made !== null ? (
        <Imported dataset={run.made.dataset} seconds={run.seconds} another={dismiss} />
      ) : (
        run?.status !== "running" && <Wizard />
      )}
    </div>
  );
}

/** What was detected and chosen so far, kept while other views are looked at. */
let kept: { file: ChosenFile; detected: DetectedDataset; name: string } | null = null;

function Wizard() {
  const [file, setFile] = useState<ChosenFile | null>(kept?.file ?? null);
  const [detected, setDetected] = useState<DetectedDataset | null>(kept?.detected ?? null);
  const [name, setName] = useState(kept?.name ?? "");
  const detect = useDetectDataset();
  const start = useDatasetImport((state) => state.start);
  const client = useClient();
  const queries = useQueryClient();
  useEffect(() => {
    kept = file === null || detected === null ? null : { file, detected, name };
  }, [file, detected, name]);

  const look = (at: ChosenFile, mapping?: ColumnMapping) =>
    detect.mutate(
      { handle: at.handle, mapping },
      {
        onSuccess: (found) => {
          setDetected(found);
          if (mapping === undefined) setName(found.name);
        },
      },
    );
  const choose = (next: ChosenFile | null) => {
    setFile(next);
    setDetected(null);
    detect.reset();
    if (next !== null) look(next);
  };
  const typing = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(typing.current), []);
  const change = (mapping: ColumnMapping) => {
    if (detected === null || file === null) return;
    setDetected({ ...detected, mapping });
    clearTimeout(typing.current);
    // A mapping that contradicts itself is said at its field; the file is read again once it does not.
    if (columnMapping.safeParse(mapping).success) typing.current = setTimeout(() => look(file, mapping), 300);
  };
  const begin = () => {
    if (file === null || detected === null) return;
    const input = { handle: file.handle, name: name.trim() || undefined, mapping: detected.mapping };
    start(name.trim() || detected.name, (listener) =>
      client.datasets.imported.import.subscribe(input, {
        ...listener,
        onData: (event) => {
          listener.onData(event);
          if (event.type === "imported") {
            kept = null;
            void queries.invalidateQueries({ queryKey: keys.importedDatasets });
          }
        },
      }),
    );
  };
  const contradiction = detected === null ? null : (columnMapping.safeParse(detected.mapping).error?.issues[0]?.message ?? null);
  return (
    <>
      <section className="section stack" aria-labelledby="file-title">
        <div className="section-head">
          <h2 id="file-title">1. The file</h2>
          <p>JSONL, a JSON array, CSV or parquet, gzip too. It stays where it is.</p>
        </div>
        <div className={file === null ? "choose-file" : undefined}>
          <FileChooser what="file" title="Choose a file" chosen={file} onChange={choose} />
        </div>
        {detect.error !== null && (
          <ErrorPanel
            error={detect.error}
            where="datasets.imported.detect"
            onRetry={() => file !== null && look(file, detected?.mapping)}
          />
        )}
        {file !== null && detected === null && detect.isPending && <p className="dim">Reads its head and its tail…</p>}
        {detected !== null && <Detected detected={detected} />}
      </section>
      {detected !== null && (
        <>
          <section className="section" aria-labelledby="mapping-title">
            <div className="section-head">
              <h2 id="mapping-title">2. What its columns are</h2>
              <p>As detected; change what is not so.</p>
            </div>
            <MappingForm detected={detected} change={change} />
          </section>
          <section className="section" aria-labelledby="first-title">
            <div className="section-head">
              <h2 id="first-title">3. The first rows, by this mapping</h2>
              <p>
                {detect.isPending
                  ? "Reads them again…"
                  : `${detected.first.length} rows${detected.bad.length > 0 ? `, ${detected.bad.length} bad` : ""}`}
              </p>
            </div>
            <FirstRows detected={detected} />
          </section>
          <section className="section stack" aria-labelledby="name-title">
            <h2 id="name-title">4. Its name</h2>
            <TextInput
              aria-label="Name"
              description="A changed file or mapping under one name is its next version."
              value={name}
              maxLength={64}
              placeholder={detected.name}
              onChange={(event) => setName(event.currentTarget.value)}
              w={320}
            />
            <div className="row">
              <Button onClick={begin} disabled={contradiction !== null || detect.isPending}>
                Import {detected.rows.exact ? plural(detected.rows.count, "row") : `about ${count(detected.rows.count)} rows`}
              </Button>
              <span className="dim">{contradiction}</span>
            </div>
          </section>
        </>
      )}
    </>
  );
}

function Detected({ detected }: { detected: DetectedDataset }) {
  const warnings = [
    ...(detected.triedOnRealFiles
      ? []
      : [`The form ${detected.shapeLabel} is written from its documentation and was never tried on a real file: look at the rows below.`]),
    ...detected.warnings,
  ];
  return (
    <>
      <dl className="facts">
        <dt>Format</dt>
        <dd>
          {detected.format}
          {detected.compressed && ", gzip"}
          {detected.delimiter !== null && `, separated by ${detected.delimiter === "\t" ? "tabs" : detected.delimiter}`}
        </dd>
        <dt>Form of its rows</dt>
        <dd>
          {detected.shapeLabel}
          {!detected.triedOnRealFiles && <span className="dim"> (untested on a real file)</span>}
        </dd>
        <dt>Rows</dt>
        <dd>
          {!detected.rows.exact && "about "}
          {count(detected.rows.count)}
        </dd>
        <dt>Size</dt>
        <dd>{bytes(detected.bytes)}</dd>
      </dl>
      {warnings.length > 0 && (
        <ul className="cautions" aria-label="Warnings">
          {warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      )}
    </>
  );
}

function Imported({ dataset, seconds, another }: { dataset: ImportedDataset; seconds: number; another: () => void }) {
  return (
    <div data-testid="imported">
      <section className="section stack">
        <p role="status">
          <b>
            {dataset.name}, version {dataset.version}
          </b>
          : {plural(dataset.rows, "row")} in {duration(seconds)}
          {dataset.badRows > 0 && (
            <>
              , {plural(dataset.badRows, "bad row").replace("bad row", "")}
              <Term name="bad row">{dataset.badRows === 1 ? "bad row" : "bad rows"}</Term>
            </>
          )}
          .
        </p>
        {dataset.notices.length > 0 && (
          <ul className="cautions" aria-label="Notices">
            {dataset.notices.map((notice) => (
              <li key={notice}>{notice}</li>
            ))}
          </ul>
        )}
        <div className="row">
          <Button component={Link} href={`/datasets/${dataset.id}`}>
            Open it
          </Button>
          <Button variant="default" onClick={another}>
            Import another
          </Button>
        </div>
      </section>
      {dataset.badRows > 0 && (
        <section className="section" aria-labelledby="bad-title">
          <div className="section-head">
            <h2 id="bad-title">Bad rows</h2>
            <p>Left out; the rest is whole.</p>
          </div>
          <div className="bad-rows">
            <BadRows datasetId={dataset.id} />
          </div>
        </section>
      )}
    </div>
  );
}
