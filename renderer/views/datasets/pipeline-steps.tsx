// The pipeline's steps in order, a row each: settings in words, rows in, kept and dropped as the preview counts them; switched off,
// moved and removed in place.
import { Button, Menu, Switch } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconX } from "@tabler/icons-react";
import { count, percent } from "../../components/format.ts";
import { useTableKeys } from "../../components/keyboard.ts";
import { moved } from "../configure/recipe-values.ts";
import { type DraftStep, freeKey, freshStep, namesOf, type PipelineDraft, type StepKind, stepInWords, stepLabels, stepMeanings } from "./pipeline-draft.ts"; // biome-ignore format: one line
import type { PipelineTask } from "./pipeline-store.ts";

interface Counts {
  in: number;
  kept: number;
  dropped: number;
  /** Responses dropped where no row is. */
  responses: number;
  stale: boolean;
}

/** The newest that is known of a step. */
function countsOf(preview: PipelineTask | null, key: number): Counts | null {
  if (preview === null) return null;
  const now = preview.keys.indexOf(key);
  const told = preview.progress?.steps[now];
  if (preview.report === null && told !== undefined) return { ...told, responses: 0, stale: false };
  const known = preview.report === null ? preview.before : preview;
  const step = known?.report?.steps[known.keys.indexOf(key)];
  if (step === undefined) return null;
  return {
    in: step.in.rows,
    kept: step.kept.rows,
    dropped: step.dropped.reduce((sum, { rows }) => sum + rows, 0),
    responses: step.dropped.reduce((sum, { responses }) => sum + responses, 0),
    stale: preview.report === null,
  };
}

interface PipelineStepsProps {
  draft: PipelineDraft;
  problems: Map<string, string>;
  preview: PipelineTask | null;
  selected: number;
  select: (key: number) => void;
  edit: (change: (draft: PipelineDraft) => PipelineDraft) => void;
}

export function PipelineSteps({ draft, problems, preview, selected, select, edit }: PipelineStepsProps) {
  const { steps } = draft;
  const names = namesOf(steps);
  const at = steps.findIndex(({ key }) => key === selected);
  const keys = useTableKeys({
    move: (by) => select(steps[Math.max(0, Math.min(steps.length - 1, at + by))].key),
    open: () => {},
  });
  const set = (change: (steps: DraftStep[]) => DraftStep[]) => edit((before) => ({ ...before, steps: change(before.steps) }));
  const add = (kind: StepKind) => {
    const key = freeKey(steps);
    set((before) => [...before, { key, on: true, values: freshStep(kind) }]);
    select(key);
  };
  return (
    <div className="section">
      <div className="section-head">
        <h2>Steps</h2>
        <p>Rows go through them in order.</p>
        <span className="push">
          <Menu position="bottom-end">
            <Menu.Target>
              <Button variant="default" size="compact-sm">
                Add a step
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {(Object.keys(stepMeanings) as (keyof typeof stepMeanings)[]).map((kind) => (
                <Menu.Item key={kind} onClick={() => add(kind)}>
                  {stepLabels[kind]}
                  <div className="dim">{stepMeanings[kind]}</div>
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        </span>
      </div>
      <table className="table wide step-table" aria-label="Steps" onFocus={keys.activate} onMouseDown={keys.activate}>
        <thead>
          <tr>
            <th scope="col">
              <span className="sr-only">On</span>
            </th>
            <th scope="col">Step</th>
            <th scope="col" className="num">
              Rows in
            </th>
            <th scope="col" className="num">
              Kept
            </th>
            <th scope="col" className="num">
              Dropped
            </th>
            <th scope="col">
              <span className="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {steps.map((step, i) => (
            <StepRow
              key={step.key}
              step={step}
              name={names[i]}
              place={i}
              last={steps.length - 1}
              counts={step.on ? countsOf(preview, step.key) : null}
              hasProblem={[...problems.keys()].some((place) => place === String(step.key) || place.startsWith(`${step.key}.`))}
              isSelected={step.key === selected}
              select={() => select(step.key)}
              set={set}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface StepRowProps {
  step: DraftStep;
  name: string;
  place: number;
  last: number;
  counts: Counts | null;
  hasProblem: boolean;
  isSelected: boolean;
  select: () => void;
  set: (change: (steps: DraftStep[]) => DraftStep[]) => void;
}

function StepRow({ step, name, place, last, counts, hasProblem, isSelected, select, set }: StepRowProps) {
  const { key, on, values } = step;
  const first = values.kind === "merge";
  const number = (value: number | undefined) => (value === undefined ? "–" : count(value));
  const stale = counts?.stale === true ? "num dim" : "num";
  return (
    <tr data-open data-cursor={isSelected} data-off={!on} onClick={select}>
      <td>
        {!first && (
          <Switch
            size="xs"
            aria-label={`${name}: on`}
            checked={on}
            onClick={(event) => event.stopPropagation()}
            onChange={() => set((before) => before.map((s) => (s.key === key ? { ...s, on: !on } : s)))}
          />
        )}
      </td>
      <th scope="row">
        <button type="button" className="linklike" aria-pressed={isSelected} onClick={select}>
          {place + 1}. {name}
        </button>
        {hasProblem && <span className="problem"> lacks something</span>}
        <div className="step-words dim" title={stepInWords(values)}>
          {on ? stepInWords(values) : "off"}
        </div>
      </th>
      <td className={stale}>{number(counts?.in)}</td>
      <td className={stale}>{number(counts?.kept)}</td>
      <td className={stale}>
        {number(counts?.dropped)}
        <div className="dim">
          {counts === null || counts.in === 0
            ? ""
            : counts.dropped === 0 && counts.responses > 0
              ? `${count(counts.responses)} resp.`
              : percent(counts.dropped / counts.in)}
        </div>
      </td>
      <td>
        {!first && (
          // biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: only keeps clicks on its buttons from the row
          <span className="item-buttons" onClick={(event) => event.stopPropagation()}>
            <Button
              variant="subtle"
              size="compact-xs"
              px={4}
              aria-label={`Move ${name} up`}
              disabled={place <= 1}
              onClick={() => set((before) => moved(before, place, -1))}
            >
              <IconArrowUp size={14} />
            </Button>
            <Button
              variant="subtle"
              size="compact-xs"
              px={4}
              aria-label={`Move ${name} down`}
              disabled={place === last}
              onClick={() => set((before) => moved(before, place, 1))}
            >
              <IconArrowDown size={14} />
            </Button>
            <Button
              variant="subtle"
              size="compact-xs"
              px={4}
              aria-label={`Remove ${name}`}
              onClick={() => set((before) => before.filter((s) => s.key !== key))}
            >
              <IconX size={14} />
            </Button>
          </span>
        )}
      </td>
    </tr>
  );
}
