// Ctrl/Cmd K: every action and every object, by a few letters.
import { Modal, TextInput, useMantineColorScheme } from "@mantine/core";
import { useId, useMemo, useState } from "react";
import { useCheckpointCards } from "../client/checkpoint-queries.ts";
import { useBenchmarkEvaluations } from "../client/evaluation-queries.ts";
import { useImportedDatasets } from "../client/imported-dataset-queries.ts";
import { link, navigate } from "../client/location.ts";
import { useDatasets, usePresets, useStartStudy, useStudies, useStudyAction } from "../client/queries.ts";
import { selectionKey, writeSelection } from "../client/selection.ts";
import { useUi } from "../client/ui-store.ts";
import { parametersInWords } from "./checkpoint-facts.ts";
import { newestOfEachStudy, scoreOf } from "./evaluation-score.ts";
import { moment, percentWithN, plural } from "./format.ts";
import { matches } from "./palette-match.ts";
import { views } from "./rail.tsx";
import { kindOrder, kinds } from "./study-kinds.ts";

interface Item {
  kind: string;
  label: string;
  detail?: string;
  run: () => void;
}

export function Palette() {
  const open = useUi((state) => state.paletteOpen);
  const setOpen = useUi((state) => state.openPalette);
  if (!open) return null;
  return (
    <Modal.Root opened onClose={() => setOpen(false)} size={560} yOffset="12vh" padding={0}>
      <Modal.Overlay />
      <Modal.Content aria-label="Palette">
        <PaletteList close={() => setOpen(false)} />
      </Modal.Content>
    </Modal.Root>
  );
}

function useItems(): Item[] {
  const studies = useStudies();
  const presets = usePresets();
  const datasets = useDatasets();
  const imported = useImportedDatasets();
  const cards = useCheckpointCards();
  const evaluations = useBenchmarkEvaluations();
  const start = useStartStudy();
  const action = useStudyAction();
  const { setColorScheme } = useMantineColorScheme();
  const openKeys = useUi((state) => state.openKeys);
  const startStudy = start.mutate;
  const act = action.mutate;
  return useMemo(() => {
    const items: Item[] = views.map((view) => ({ kind: "Go to", label: view.label, run: () => navigate(view.path) }));
    for (const preset of presets.data ?? []) {
      items.push({
        kind: "Start",
        label: `Start ${preset.recipe.name} (seed 1)`,
        detail: `about ${preset.minutes} min`,
        run: () => startStudy({ preset: preset.key, seed: 1 }, { onSuccess: ({ id }) => navigate(`/runs/${id}`) }),
      });
      items.push({ kind: "Configure", label: `Configure ${preset.recipe.name}`, run: () => navigate(`/configure/${preset.key}`) });
    }
    for (const kind of kindOrder) {
      const { label, question } = kinds[kind];
      items.push({
        kind: "Configure",
        label: `New study: ${label}`,
        detail: question,
        run: () => navigate(link(`/configure/${kind}`, { from: "empty" })),
      });
    }
    for (const study of studies.data ?? []) {
      const detail = `seed ${study.seed}, ${study.status}, ${moment(study.createdAt)}`;
      items.push({ kind: "Study", label: study.name, detail, run: () => navigate(`/runs/${study.id}`) });
      if (study.status === "done" && study.kind !== "sft")
        items.push({ kind: "Compare", label: `Compare ${study.name}`, detail, run: () => navigate(`/compare/${study.id}`) });
      if (study.status === "running")
        items.push({ kind: "Pause", label: `Pause ${study.name}`, detail, run: () => act({ action: "pause", id: study.id }) });
      if (study.status === "paused")
        items.push({ kind: "Resume", label: `Resume ${study.name}`, detail, run: () => act({ action: "resume", id: study.id }) });
      items.push({
        kind: "Configure",
        label: `Repeat ${study.name} with changes`,
        detail,
        run: () => navigate(link(`/configure/${study.kind}`, { from: study.id })),
      });
      items.push({
        kind: "Inspect",
        label: `${study.kind === "weak-vs-strong" ? "Rollouts" : "Samples"} of ${study.name}`,
        detail,
        run: () => navigate(`/inspect/${study.id}`),
      });
    }
    items.push(
      { kind: "Import", label: "Import a checkpoint", run: () => navigate(link("/checkpoints", { [selectionKey]: "import-checkpoint" })) },
      { kind: "Import", label: "Import a dataset", run: () => navigate("/datasets/import") },
      { kind: "Data", label: "Build SFT data from pools", run: () => navigate("/datasets/pipeline") },
      { kind: "Data", label: "Build a data ladder", run: () => navigate("/datasets/ladder") },
      { kind: "Evaluate", label: "Evaluate a checkpoint", run: () => navigate("/evaluations/new") },
    );
    for (const { id, kind, parameters, studyId } of cards.data ?? []) {
      const detail = `${kind}, ${parametersInWords(parameters)}`;
      const card = writeSelection({ kind: "checkpoint", checkpointId: id });
      items.push(
        { kind: "Checkpoint", label: id, detail, run: () => navigate(link("/checkpoints", { [selectionKey]: card })) },
        { kind: "Sample", label: `Sample from ${id}`, detail, run: () => navigate(`/checkpoints/${id}/sample`) },
        {
          kind: "Configure",
          label: `RL from ${id}`,
          detail,
          // With the problems and rules of the study it comes from.
          run: () => navigate(link("/configure/rl", { from: studyId, checkpoint: id })),
        },
        { kind: "Evaluate", label: `Evaluate ${id}`, detail, run: () => navigate(link("/evaluations/new", { checkpoint: id })) },
      );
    }
    for (const evaluation of newestOfEachStudy(evaluations.data ?? []))
      items.push({
        kind: "Evaluation",
        label: evaluation.name,
        detail: `${percentWithN(scoreOf(evaluation))}, ${moment(evaluation.createdAt)}`,
        run: () => navigate(`/evaluations/${evaluation.id}`),
      });
    for (const dataset of imported.data ?? [])
      items.push({
        kind: "Dataset",
        label: `${dataset.name} v${dataset.version}`,
        detail: `${plural(dataset.rows, "row")}, imported`,
        run: () => navigate(`/datasets/${dataset.id}`),
      });
    for (const dataset of datasets.data ?? [])
      items.push({
        kind: "Dataset",
        label: dataset.name,
        detail: dataset.contentHash.slice(0, 12),
        run: () => navigate(`/datasets/${dataset.id}`),
      });
    for (const scheme of ["light", "dark", "auto"] as const)
      items.push({
        kind: "Theme",
        label: scheme === "auto" ? "Theme of the system" : `Theme: ${scheme}`,
        run: () => setColorScheme(scheme),
      });
    items.push({ kind: "Help", label: "Keys", run: () => openKeys(true) });
    return items;
  }, [studies.data, presets.data, datasets.data, imported.data, cards.data, evaluations.data, startStudy, act, setColorScheme, openKeys]);
}

function PaletteList({ close }: { close: () => void }) {
  const all = useItems();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const id = useId();
  const found = all.filter((item) => matches(`${item.kind} ${item.label} ${item.detail ?? ""}`, query)).slice(0, 60);
  const current = Math.min(at, found.length - 1);
  const run = (item: Item | undefined) => {
    if (item === undefined) return;
    close();
    item.run();
  };
  return (
    <div>
      <TextInput
        data-autofocus
        size="sm"
        variant="unstyled"
        px={14}
        py={4}
        placeholder="Type an action, a study, a checkpoint, a dataset…"
        aria-label="Palette"
        role="combobox"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={current >= 0 ? `${id}-${current}` : undefined}
        value={query}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") setAt(Math.min(found.length - 1, current + 1));
          else if (event.key === "ArrowUp") setAt(Math.max(0, current - 1));
          else if (event.key === "Enter") run(found[current]);
          else return;
          event.preventDefault();
        }}
        style={{ borderBottom: "1px solid var(--line)" }}
      />
      <div id={`${id}-list`} className="palette-list" role="listbox" aria-label="Found">
        {found.map((item, i) => (
          <div
            key={`${item.kind} ${item.label} ${item.detail ?? ""} ${i.toString()}`}
            id={`${id}-${i}`}
            className="palette-item"
            role="option"
            tabIndex={-1}
            aria-selected={i === current}
            ref={i === current ? (element) => element?.scrollIntoView({ block: "nearest" }) : undefined}
            onMouseMove={() => setAt(i)}
            onClick={() => run(item)}
            onKeyDown={() => {}}
          >
            <span className="kind">{item.kind}</span>
            <span>{item.label}</span>
            <span className="dim" style={{ marginLeft: "auto", fontSize: 12 }}>
              {item.detail}
            </span>
          </div>
        ))}
        {found.length === 0 && <p className="palette-item dim">Nothing is called that.</p>}
      </div>
    </div>
  );
}
