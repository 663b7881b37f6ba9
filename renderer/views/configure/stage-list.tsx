// The stages of RL: a row each, the settings of the selected one below, and the paper's ladder scaled to this model.
import { Button, Menu, NumberInput, Popover } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { useState } from "react";
import { evaluationBudget, paperStages } from "../../../main/contract/paper-stages.ts";
import type { Preflight } from "../../../main/contract/preflight.ts";
import type { RlConfig, RlStage } from "../../../main/contract/recipe.ts";
import { compact, count, percent } from "../../components/format.ts";
import { useTableKeys } from "../../components/keyboard.ts";
import { Term } from "../../components/term.tsx";
import type { FormProps } from "./recipe-field.tsx";
import type { FieldList } from "./recipe-fields.ts";
import { hasProblem, ItemButtons, RecipeGroup } from "./recipe-group.tsx";
import { duplicated, keyOf, type Path, valueAt } from "./recipe-values.ts";

interface StageListProps extends FormProps {
  list: FieldList;
  /** Of the paper's ladder at this model's size, where lengths are known. */
  firstBudget: Preflight["firstBudget"];
  codeProblems: number | null;
  /** What the model's positions leave for a response, where it is known. */
  room: number | null;
}

export function StageList({ list, firstBudget, codeProblems, room, ...form }: StageListProps) {
  const stages = (valueAt(form.recipe, list.path) ?? []) as Partial<RlStage>[];
  const shared = (valueAt(form.recipe, ["rl"]) ?? {}) as Partial<RlConfig>;
  const [selected, setSelected] = useState(0);
  const at = Math.min(selected, stages.length - 1);
  const set = (next: unknown[], then = at) => {
    form.change(list.path, next.length === 0 ? undefined : next);
    setSelected(Math.max(0, then));
  };
  const putPaper = (next: RlStage[]) => {
    set(next, 0);
    const budget = evaluationBudget(next, room);
    for (const evaluation of ["devEval", "finalEval"]) {
      const path = [evaluation, "maxResponseTokens"];
      if (Number(valueAt(form.recipe, path) ?? 0) < budget) form.change(path, budget);
    }
  };
  const keys = useTableKeys({ move: (by) => setSelected(Math.max(0, Math.min(stages.length - 1, at + by))), open: () => {} });
  const problem = form.problems.get(keyOf(list.path));
  return (
    <fieldset className="fieldset" id={`section-${keyOf(list.path)}`} data-section="true">
      <legend>
        <span>Stages</span>
        <Button
          variant="default"
          size="compact-xs"
          onClick={() =>
            stages.length === 0
              ? set([{ ...(list.fresh as object), name: "Stage 1" }], 0)
              : set(duplicated(stages, stages.length - 1), stages.length)
          }
        >
          Add a stage
        </Button>
        <PaperLadder firstBudget={firstBudget} codeProblems={codeProblems} replaces={stages.length} put={putPaper} />
      </legend>
      <p className="dim">
        {stages.length === 0 ? "No stages: one, as RL says." : "In order; what a stage leaves empty is as RL says (shown dimmed)."}
      </p>
      {problem !== undefined && (
        <p className="problem" role="alert" data-field={keyOf(list.path)}>
          {problem}
        </p>
      )}
      {stages.length > 0 && (
        <div className="table-wrap">
          <table className="table wide stage-table" aria-label="Stages" onFocus={keys.activate} onMouseDown={keys.activate}>
            <thead>
              <tr>
                <th scope="col">Stage</th>
                <th scope="col">Domain</th>
                <th scope="col" className="num">
                  Budget
                </th>
                <th scope="col" className="num">
                  Prompts × G
                </th>
                <th scope="col" className="num">
                  LR
                </th>
                <th scope="col" className="num">
                  T
                </th>
                <th scope="col">
                  <Term name="over-long filtering">Over-long</Term>
                </th>
                <th scope="col" className="num">
                  Steps
                </th>
                <th scope="col">Door</th>
                <th scope="col">
                  <span className="sr-only">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {stages.map((stage, i) => (
                <tr key={`${i.toString()}`} data-open data-cursor={i === at} onClick={() => setSelected(i)}>
                  <th scope="row">
                    <button type="button" className="linklike" aria-pressed={i === at} onClick={() => setSelected(i)}>
                      {i + 1}. {stage.name || "no name"}
                    </button>
                    {stage.note?.includes("Contested") && <span className="warn"> contested</span>}
                    {hasProblem(form.problems, [...list.path, i]) && <span className="problem"> ●</span>}
                  </th>
                  <Said own={stage.domain} shared={shared.domain ?? "all"} />
                  <Said numeric own={stage.maxResponseTokens} shared={shared.maxResponseTokens} />
                  <td className="num">
                    <Dim own={stage.promptsPerStep} shared={shared.promptsPerStep} /> ×{" "}
                    <Dim own={stage.groupSize} shared={shared.groupSize} />
                  </td>
                  <Said numeric own={stage.learningRate} shared={shared.optimizer?.learningRate} />
                  <td className="num">{stage.temperature === "inherit" ? <span className="dim">inherit</span> : stage.temperature}</td>
                  <Said own={onOff(stage.overlongFilter)} shared={onOff(shared.overlongFilter)} />
                  <td className="num">
                    <Dim own={stage.steps} shared={shared.steps} />
                    {(stage.stop ?? shared.stop) && <span className="dim"> or stop</span>}
                  </td>
                  <td>{doorInWords(stage.door) ?? <span className="dim">open</span>}</td>
                  <td>
                    <ItemButtons name={stage.name || `stage ${i + 1}`} items={stages} at={i} least={0} set={set} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {list.items[at] !== undefined && (
        <div className="stage-details">
          <RecipeGroup group={list.items[at]} {...form} inherited={(path) => inherited(shared, path)} />
        </div>
      )}
    </fieldset>
  );
}

/** What a stage's empty field takes from the shared settings: `32, as RL says`. */
function inherited(shared: Partial<RlConfig>, path: Path): string | undefined {
  const key = String(path[path.length - 1]);
  // Fields of the stage itself; its door and stop rule have their own.
  if (path.length !== 3) return undefined;
  const value: unknown = key === "learningRate" ? shared.optimizer?.learningRate : valueAt(shared, [key]);
  if (key === "domain" && value === undefined) return "all, as RL says";
  if (typeof value === "boolean" || (key === "dropSolved" && value === undefined)) return `${value ? "on" : "off"}, as RL says`;
  return typeof value === "number" || typeof value === "string" ? `${value}, as RL says` : undefined;
}

const onOff = (value: boolean | undefined) => (value === undefined ? undefined : value ? "on" : "off");

function Dim({ own, shared }: { own: unknown; shared: unknown }) {
  const text = (value: unknown) => (typeof value === "number" ? (value >= 1000 ? count(value) : compact(value)) : String(value ?? "–"));
  return own === undefined ? <span className="dim">{text(shared)}</span> : <span>{text(own)}</span>;
}

function Said({ own, shared, numeric }: { own: unknown; shared: unknown; numeric?: boolean }) {
  return (
    <td className={numeric ? "num" : undefined}>
      <Dim own={own} shared={shared} />
    </td>
  );
}

function doorInWords(door: RlStage["door"]): string | null {
  if (door === undefined) return null;
  const bounds = [
    door.min === undefined ? null : `≥ ${percent(door.min, 0)}`,
    door.max === undefined ? null : `≤ ${percent(door.max, 0)}`,
    door.dropAllSolved ? "no all-solved" : null,
    door.dropNoneSolved ? "no none-solved" : null,
  ].filter((word) => word !== null);
  return bounds.length === 0 ? "measured" : bounds.join(", ");
}

interface LadderProps {
  firstBudget: Preflight["firstBudget"];
  codeProblems: number | null;
  replaces: number;
  put: (stages: RlStage[]) => void;
}

/** Asks for the first stage's budget; where the start's lengths are known, it proposes the one that cuts about 30 %. */
function PaperLadder({ firstBudget, codeProblems, replaces, put }: LadderProps) {
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState<number | string>("");
  const first = Number(typed === "" ? (firstBudget?.budget ?? "") : typed);
  const insert = (withCode: boolean) => {
    setOpen(false);
    put(paperStages(first, withCode));
  };
  return (
    <Popover opened={open} onChange={setOpen} width={380} position="bottom-start" trapFocus>
      <Popover.Target>
        <Button variant="default" size="compact-xs" aria-haspopup="dialog" onClick={() => setOpen(!open)}>
          The paper's ladder…
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="The paper's ladder">
        <div className="stack">
          <p>
            Math 8K → 16K → 24K, Code 24K → 32K, Math 32K, scaled: budgets of 1, 2, 3, 3, 4 and 4 times the first. Over-long filtering is on
            in the first two stages and off from 24K; at 24K that is contested. Math 24K takes problems solved at most 6 times of 16, Math
            32K those not always solved, and Code 32K drops what a whole pass solved. Evaluations that allow less than the last stage are
            raised to its budget.
          </p>
          <NumberInput
            label="Budget of the first stage"
            description={
              firstBudget === null
                ? "Ours: no start was measured yet. The paper's first budget cuts about 30 % of responses."
                : `About 30 % of ${firstBudget.start}'s ${firstBudget.basis === "measured" ? "evaluated" : "SFT"} responses are longer than ${count(firstBudget.budget)} tokens, as at the paper's 8K.`
            }
            suffix=" tokens"
            thousandSeparator=","
            allowDecimal={false}
            min={1}
            value={typed === "" ? (firstBudget?.budget ?? "") : typed}
            onChange={setTyped}
          />
          {codeProblems === 0 && <p className="dim">The RL pool has no code problems: the code stages would have nothing to ask.</p>}
          <div className="row">
            <Button disabled={!(first >= 1)} onClick={() => insert(codeProblems !== 0)}>
              {replaces > 0
                ? `Replace ${replaces === 1 ? "the stage" : `${replaces} stages`}`
                : codeProblems === 0
                  ? "Add 4 math stages"
                  : "Add 6 stages"}
            </Button>
            <Menu position="bottom-end">
              <Menu.Target>
                <Button variant="default" px={6} aria-label="Which stages" disabled={!(first >= 1)}>
                  <IconChevronDown size={14} />
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={() => insert(true)}>Math and code, 6 stages</Menu.Item>
                <Menu.Item onClick={() => insert(false)}>Math alone, 4 stages</Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </div>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
