// A data ladder as a builder: the rows it draws from, how far they reach and the cells at the left; at the right what each cell would be
// and how alike their response lengths are, measured anew as choices change. The link says all choices; a study takes the cells.
import { Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMemo } from "react";
import { Link, useSearch } from "wouter";
import type { LadderPreview, LadderPreviewInput, LadderReport } from "../../../main/contract/ladder.ts";
import { cellName, type LadderCell } from "../../../main/contract/study.ts";
import { startStyles } from "../../charts/figure.ts";
import { availableFigure, ladderKsFigure, ladderMeanFigure } from "../../charts/ladder-figures.ts";
import { Plot } from "../../charts/plot.tsx";
import { type LadderDataset, useLadder, useLadderDatasets } from "../../client/ladder-queries.ts";
import { navigate, setQuery, useQueryEntry } from "../../client/location.ts";
import { Empty } from "../../components/empty.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { count, plural } from "../../components/format.ts";
import { Loading } from "../../components/late.tsx";
import { cellsText, ladderLink } from "../configure/ladder-link.ts";
import { removed } from "../configure/recipe-values.ts";
import { type Change, LadderCells } from "./ladder-cells.tsx";
import { bySize, faultsOf, type LadderChoices, largestPreset, readChoices } from "./ladder-choices.ts";
import { LadderRows } from "./ladder-rows.tsx";
import { LadderSets } from "./ladder-sets.tsx";
import { type LadderRow, LadderTable } from "./ladder-table.tsx";

export function LadderView() {
  const { data: datasets, error, refetch } = useLadderDatasets();
  const [entry] = useQueryEntry("dataset");
  if (error !== null) return <ErrorPanel error={error} where="datasets.imported.list" onRetry={() => void refetch()} />;
  if (datasets === undefined) return <Loading what="datasets" />;
  if (datasets.length === 0) return <NoDataset />;
  const chosen = entry === null ? datasets[0] : datasets.find(({ dataset }) => dataset.id === entry);
  return (
    <div className="view-fixed" data-testid="ladder">
      <header className="view-head">
        <h1>Data ladder</h1>
        <span className="push">
          <Link href="/datasets">All datasets</Link>
        </span>
      </header>
      {chosen === undefined ? (
        <p className="section">
          There is no dataset {entry} with several responses a prompt. <Link href="/datasets/ladder">Choose one that has them</Link>
        </p>
      ) : (
        <Builder key={chosen.dataset.id} chosen={chosen} datasets={datasets} />
      )}
    </div>
  );
}

function NoDataset() {
  return (
    <Empty
      title="No dataset with several responses a prompt"
      action={
        <span className="row">
          <Button component={Link} href="/datasets/import">
            Import a dataset
          </Button>
          <Button variant="default" component={Link} href="/datasets/pipeline">
            Make one by a pipeline
          </Button>
        </span>
      }
    >
      A ladder is SFT sets of growing size along two axes, unique prompts and responses a prompt, each inside the larger ones and alike in
      response length. It takes an imported dataset whose rows have lists of responses; which cells it allows, and how alike they are, is
      shown here before anything is trained.
    </Empty>
  );
}

interface BuilderProps {
  chosen: LadderDataset;
  datasets: LadderDataset[];
}

function Builder({ chosen, datasets }: BuilderProps) {
  const { id } = chosen.dataset;
  const choices = readChoices(useSearch());
  // What there is does not depend on the unit: characters are quick.
  const there = useLadder({ datasetId: id, cells: [], preset: null, seed: 1, tokenizer: null });
  const change: Change = (entries, options) => setQuery({ dataset: id, ...entries }, options);
  const rows = <LadderRows chosen={id} datasets={datasets} choices={choices} change={change} />;
  if (there.error !== null)
    return (
      <>
        {rows}
        <ErrorPanel error={there.error} where="datasets.ladder.preview" onRetry={() => void there.refetch()} />
      </>
    );
  if (there.data === undefined) return <Loading what="how many responses problems have" />;
  return (
    <Ladder datasetId={id} there={there.data} choices={choices} change={change}>
      {rows}
    </Ladder>
  );
}

/** Typing and sliding rest this long before the rows are gone through again, in ms. */
const rest = 300;

/** The ladder that the choices make; null where no cell can be had. */
function inputOf(datasetId: string, choices: LadderChoices, faults: (string | null)[], preset: LadderPreviewInput["preset"]) {
  const { seed, tokenizer } = choices;
  const cells =
    preset === null ? choices.cells.filter((_, i) => faults[i] === null).map((cell) => ({ name: cellName(cell), ...cell })) : [];
  const input: LadderPreviewInput = { datasetId, cells, preset, seed, tokenizer };
  return preset === null && cells.length === 0 ? null : JSON.stringify(input);
}

interface LadderProps {
  datasetId: string;
  there: LadderPreview;
  choices: LadderChoices;
  change: Change;
  children: React.ReactNode;
}

function Ladder({ datasetId, there, choices, change, children }: LadderProps) {
  const { available } = there;
  const wanted = choices.by ?? (choices.cells.length > 0 ? "cells" : "preset");
  const preset = wanted === "preset" ? (choices.preset ?? largestPreset(available)) : null;
  const faults = faultsOf(choices.cells, available);
  const input = inputOf(datasetId, choices, faults, preset);
  const [settled] = useDebouncedValue(input, rest);
  const ladder = useLadder(settled === null ? null : (JSON.parse(settled) as LadderPreviewInput));
  const measuring = input !== settled || ladder.isFetching;
  const report = input === null ? null : (ladder.data?.report ?? null);
  const unit = choices.tokenizer === null ? "characters" : "tokens";
  const rows: LadderRow[] =
    preset === null
      ? choices.cells.map((cell, at) => {
          const name = cellName(cell);
          return { at, name, cell, fault: faults[at], report: report?.cells.find((each) => each.name === name) ?? null };
        })
      : (report?.cells ?? []).map((each, at) => ({ at, name: each.name, cell: cellOf(each), fault: null, report: each }));
  const sized = bySize(rows.filter(({ fault }) => fault === null).map(({ name, cell }) => ({ name, ...cell })));
  const styles = startStyles(sized.map(({ name }) => name));
  const edit = (at: number, cell: LadderCell | null) => {
    const cells = cell === null ? removed(choices.cells, at) : choices.cells.map((before, i) => (i === at ? cell : before));
    change({ by: "cells", cells: cellsText(cells) }, { replace: cell !== null });
  };
  const drawn = preset?.responses ?? (sized.length === 0 ? null : Math.max(...sized.map(({ responsesPerPrompt }) => responsesPerPrompt)));
  const figure = useMemo(() => availableFigure(available, drawn), [available, drawn]);
  return (
    <>
      <Use
        datasetId={datasetId}
        problems={there.problems}
        cells={sized.map(cellOf)}
        choices={choices}
        lacks={
          rows.length === 0 ? "The ladder has no cell." : sized.length < rows.length ? "A cell cannot be had: see the marked one." : null
        }
      />
      <div className="ladder-body">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
        <section className="ladder-choices" tabIndex={0} aria-label="Choices">
          {children}
          <LadderCells available={available} choices={choices} preset={preset} presetCells={sized.map(cellOf)} change={change} />
          <div className="section">
            <Plot figure={figure} height={180} />
          </div>
        </section>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
        <section className="ladder-outcome" tabIndex={0} aria-label="The ladder">
          <div className="section">
            <div className="section-head">
              <h2>The ladder</h2>
              <p role="status">{measuring && input !== null ? "Measures lengths…" : ""}</p>
            </div>
            {ladder.error !== null && !measuring && (
              <ErrorPanel error={ladder.error} where="datasets.ladder.preview" onRetry={() => void ladder.refetch()} />
            )}
            {report !== null && <Statement report={report} />}
            {rows.length > 0 ? (
              <LadderTable
                rows={rows}
                unit={unit}
                largest={report?.largest ?? null}
                styles={styles}
                edit={preset === null ? edit : undefined}
              />
            ) : (
              preset === null && (
                <p className="dim">
                  What each cell would be, and how alike the cells are, stands here once there is one: set the sliders and add it.
                </p>
              )
            )}
          </div>
          {report !== null && (
            <LadderSets
              key={datasetId}
              // Only the ladder that is shown: not one that is still being measured.
              input={sized.length < rows.length || settled === null || measuring ? null : (JSON.parse(settled) as LadderPreviewInput)}
              cells={sized.length}
              dataset={datasetId.replace(/-v\d+$/, "")}
            />
          )}
          {report !== null && <Lengths key={report.cells.map(({ name }) => name).join()} report={report} unit={unit} styles={styles} />}
        </section>
      </div>
    </>
  );
}

const cellOf = ({ prompts, responsesPerPrompt }: LadderCell): LadderCell => ({ prompts, responsesPerPrompt });

/** What holds for all cells. */
function Statement({ report }: { report: LadderReport }) {
  const { eligible, pool, mostResponses, largest } = report;
  return (
    <p className="prose ladder-statement">
      Every cell draws from the {plural(eligible, "problem")}, of {count(pool)}, with at least {plural(mostResponses, "different response")}
      . The sets are nested: a cell’s examples are among those of every cell with at least as many prompts and responses. Distances are of
      response lengths to those of the largest cell, {largest}.
    </p>
  );
}

function Lengths({ report, unit, styles }: { report: LadderReport; unit: LadderPreview["unit"]; styles: ReturnType<typeof startStyles> }) {
  const height = 50 + 24 * Math.max(2, report.cells.length);
  return (
    <div className="section plots">
      <div className="plot-grid">
        <div className="span-6">
          <Plot figure={ladderKsFigure(report, unit, styles)} height={height} />
        </div>
        <div className="span-6">
          <Plot figure={ladderMeanFigure(report, unit, styles)} height={height} />
        </div>
      </div>
    </div>
  );
}

/** Rows that a study takes of one dataset at most. */
const mostRows = 20_000;

interface UseProps {
  datasetId: string;
  problems: number;
  /** Smallest first. */
  cells: LadderCell[];
  choices: LadderChoices;
  lacks: string | null;
}

/** Hands the ladder on to Configure. */
function Use({ datasetId, problems, cells, choices: { tokenizer, seed }, lacks }: UseProps) {
  return (
    <div className="toolbar">
      <Button disabled={lacks !== null} onClick={() => navigate(ladderLink({ dataset: datasetId, cells, base: tokenizer, seed }))}>
        {cells.length === 0 ? "Use in a study" : `Use ${plural(cells.length, "cell")} in a study`}
      </Button>
      <span className="dim">
        {lacks ??
          (problems > mostRows
            ? `A study takes at most ${count(mostRows)} rows of a dataset, and this one has ${count(problems)}: its ladder will not be this one.`
            : tokenizer === null
              ? "Opens Configure with these cells. A study measures lengths in tokens of its base: in characters, its sets differ a little from these."
              : `Opens Configure with these cells, base ${tokenizer} and seed ${seed}.`)}
      </span>
    </div>
  );
}
