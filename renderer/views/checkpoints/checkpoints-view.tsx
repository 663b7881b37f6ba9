// All checkpoints: shipped, imported, trained. The selected one's card is in the inspector; importing is there too.
import { Button, SegmentedControl } from "@mantine/core";
import type { CheckpointCard } from "../../../main/contract/checkpoint.ts";
import { useCheckpointCards } from "../../client/checkpoint-queries.ts";
import { setQuery, useQueryEntry } from "../../client/location.ts";
import { useStudies } from "../../client/queries.ts";
import { readSelection, selectionKey } from "../../client/selection.ts";
import { architectureNames, chatInWords, parametersInWords, parentOf, weightsInWords } from "../../components/checkpoint-facts.ts";
import { CheckpointImportLine } from "../../components/checkpoint-import-line.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { bytes, count, moment, plural } from "../../components/format.ts";
import { inspect } from "../../components/inspector/select.ts";
import { Loading } from "../../components/late.tsx";
import { matches } from "../../components/palette-match.ts";
import { SearchBox } from "../../components/search-box.tsx";
import { compareValues, useSort } from "../../components/sort.ts";
import { type Column, VirtualGrid } from "../../components/virtual-grid.tsx";

const kinds = ["shipped", "imported", "trained"] as const;
const sortable = ["id", "kind", "architecture", "parameters", "bytes", "created"] as const;
type SortKey = (typeof sortable)[number];

const sortValue: Record<SortKey, (card: CheckpointCard) => string | number> = {
  id: (card) => card.id,
  kind: (card) => card.kind,
  architecture: (card) => card.file.model.architecture,
  parameters: (card) => card.parameters,
  bytes: (card) => card.bytes,
  created: (card) => card.createdAt,
};

export function CheckpointsView() {
  const cards = useCheckpointCards();
  if (cards.error !== null) return <ErrorPanel error={cards.error} where="checkpoints.list" onRetry={() => void cards.refetch()} />;
  if (cards.data === undefined) return <Loading what="checkpoints" />;
  return (
    <div className="view-fixed" data-testid="checkpoints">
      <header className="view-head">
        <h1>Checkpoints</h1>
        <span className="dim">{cards.data.length > 0 && count(cards.data.length)}</span>
        <span className="push">
          <Button onClick={() => inspect({ kind: "import-checkpoint" })}>Import a checkpoint</Button>
        </span>
      </header>
      <CheckpointImportLine />
      <CheckpointTable cards={cards.data} />
    </div>
  );
}

function CheckpointTable({ cards }: { cards: CheckpointCard[] }) {
  const studies = useStudies();
  const [search] = useQueryEntry("q");
  const [kindEntry] = useQueryEntry("kind");
  const [selected] = useQueryEntry(selectionKey);
  const selection = readSelection(selected);
  const kind = kinds.find((known) => known === kindEntry);
  const sort = useSort<SortKey>(sortable, "created", true);
  const nameOfStudy = (id: string | null) => studies.data?.find((study) => study.id === id)?.name ?? id;
  const shown = cards
    .filter((card) => kind === undefined || card.kind === kind)
    .filter((card) =>
      matches(
        [card.id, card.kind, card.file.model.architecture, card.source ?? "", nameOfStudy(card.studyId) ?? ""].join(" "),
        search ?? "",
      ),
    )
    .sort((a, b) => compareValues(sortValue[sort.by](a), sortValue[sort.by](b), sort.descending));
  const columns: Column<CheckpointCard>[] = [
    {
      key: "id",
      label: "Checkpoint",
      width: "minmax(110px, 2fr)",
      sort: sort.head("id"),
      render: (card) => card.id,
    },
    { key: "kind", label: "Kind", width: "60px", sort: sort.head("kind"), render: (card) => card.kind },
    {
      key: "architecture",
      label: "Architecture",
      width: "84px",
      sort: sort.head("architecture"),
      render: (card) => architectureNames[card.file.model.architecture],
    },
    {
      key: "parameters",
      label: "Parameters",
      width: "76px",
      numeric: true,
      sort: sort.head("parameters"),
      render: (card) => <span title={count(card.parameters)}>{parametersInWords(card.parameters)}</span>,
    },
    {
      key: "weights",
      label: "Weights",
      width: "64px",
      render: (card) => <span title={card.file.dtypes.join(", ")}>{weightsInWords(card)}</span>,
    },
    { key: "bytes", label: "Size", width: "70px", numeric: true, sort: sort.head("bytes"), render: (card) => bytes(card.bytes) },
    { key: "chat", label: "Chat", width: "58px", render: (card) => <span className="dim">{chatInWords(card)}</span> },
    { key: "parent", label: "Parent", width: "minmax(60px, 1fr)", render: (card) => parentOf(card) ?? <span className="dim">none</span> },
    {
      key: "study",
      label: "Study or source",
      width: "minmax(72px, 1fr)",
      render: (card) => (
        <span className="dim" title={card.source ?? undefined}>
          {card.source ?? nameOfStudy(card.studyId) ?? "comes with Headstart"}
        </span>
      ),
    },
    {
      key: "created",
      label: "Created",
      width: "74px",
      sort: sort.head("created"),
      render: (card) => (
        <span className="dim" title={moment(card.createdAt)}>
          {moment(card.createdAt).slice(0, 10)}
        </span>
      ),
    },
  ];
  return (
    <>
      <div className="toolbar">
        <SearchBox label="Search checkpoints" />
        <SegmentedControl
          size="xs"
          aria-label="Kind"
          value={kind ?? "all"}
          onChange={(value) => setQuery({ kind: value === "all" ? null : value })}
          data={[
            { value: "all", label: "All" },
            ...kinds.map((known) => ({ value: known, label: known.charAt(0).toUpperCase() + known.slice(1) })),
          ]}
        />
      </div>
      <VirtualGrid
        label="Checkpoints"
        resetKey={`${kind} ${search} ${sort.by} ${sort.descending}`}
        total={shown.length}
        row={(index) => shown[index]}
        onOpen={(card) => inspect({ kind: "checkpoint", checkpointId: card.id }, { replace: selection?.kind === "checkpoint" })}
        isOpen={(card) => selection?.kind === "checkpoint" && selection.checkpointId === card.id}
        follow={selection?.kind === "checkpoint"}
        foot={
          shown.length > 0
            ? plural(shown.length, "checkpoint")
            : cards.length === 0
              ? "No checkpoint yet: import a Hugging Face folder or a GGUF file, or train one by a study."
              : "No checkpoint matches these filters."
        }
        columns={columns}
      />
    </>
  );
}
