// Replay: what another rule of the loss would have made of the rollouts that an RL stage has stored, without training.
import { Button, Select, Switch } from "@mantine/core";
import { useId } from "react";
import { type Replay, type ReplayChange, type ReplayRule, replayChange, replayRule, ruleOf } from "../../../main/contract/replay.ts";
import type { StageRecord, StudyRecord } from "../../../main/contract/run.ts";
import type { StartStyle } from "../../charts/figure.ts";
import { Plot } from "../../charts/plot.tsx";
import { classes, replayFigure, replaySentence } from "../../charts/replay-figure.ts";
import { setQuery, useHashQuery, useQueryEntry } from "../../client/location.ts";
import { useStudy } from "../../client/queries.ts";
import { changedFields, type RuleField, readRule, ruleFields, writeRule } from "../../client/replay-rule.ts";
import { useReplay } from "../../client/result-queries.ts";
import { selectionKey } from "../../client/selection.ts";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { compact, count, fixed, percent, signed } from "../../components/format.ts";
import { Loading } from "../../components/late.tsx";
import { ScrollTable } from "../../components/scroll-table.tsx";
import { Explained } from "../../components/term.tsx";

type RlStage = StageRecord & { plan: Extract<StageRecord["plan"], { kind: "rl" }> };

const begunRl = ({ stages }: StudyRecord): RlStage[] =>
  stages.filter((stage): stage is RlStage => stage.plan.kind === "rl" && stage.step > 0);

const nameOf = ({ plan }: RlStage): string => (plan.name === undefined ? plan.start : `${plan.start}, ${plan.name}`);

export function ReplayPanel({ studyId, styles }: { studyId: string; styles: Map<string, StartStyle> }) {
  const study = useStudy(studyId);
  const [entry, choose] = useQueryEntry("replay");
  const stages = study.data ? begunRl(study.data) : [];
  const stage = stages.find(({ plan }) => plan.key === entry) ?? stages[0];
  if (!study.data || !stage) return null;
  return (
    <section className="section" aria-labelledby="replay-title" data-testid="replay">
      <div className="section-head">
        <h2 id="replay-title">Replay under another rule</h2>
        <p>
          What it would have made of the rollouts that are stored, {stages.length === 1 && `those of ${nameOf(stage)}, `}seed{" "}
          {study.data.seed}. Nothing is trained.
        </p>
      </div>
      {stages.length > 1 && (
        <Select
          aria-label="RL stage to replay"
          data={stages.map((each) => ({ value: each.plan.key, label: nameOf(each) }))}
          value={stage.plan.key}
          onChange={(key) => choose(key)}
          allowDeselect={false}
          w={280}
          mb={8}
        />
      )}
      <Rule studyId={studyId} stage={stage} style={styles.get(stage.plan.start)} />
    </section>
  );
}

function Rule({ studyId, stage, style }: { studyId: string; stage: RlStage; style: StartStyle | undefined }) {
  const asRun = ruleOf(stage.plan.config);
  const rule = readRule(useHashQuery(), asRun);
  const differs = changedFields(rule, asRun).length > 0;
  const replay = useReplay(studyId, stage.id, rule, differs);
  const set = (next: ReplayRule) => setQuery(writeRule(next, asRun));
  return (
    <>
      {ruleFields.map((field) => (
        <RuleControl key={field} field={field} rule={rule} asRun={asRun} set={set} />
      ))}
      {differs ? (
        <Button variant="default" size="compact-xs" my={4} onClick={() => set(asRun)}>
          Back to the rule as run
        </Button>
      ) : (
        <p className="dim" style={{ marginTop: 4 }}>
          This is the rule as run. Change it to see what would have been different.
        </p>
      )}
      {differs && replay.error !== null && <ErrorPanel error={replay.error} where="results.replay" />}
      {differs &&
        replay.error === null &&
        (replay.data ? <Outcome replay={replay.data} stage={stage} style={style} /> : <Loading what="the rollouts" />)}
    </>
  );
}

const labels: Record<RuleField, string> = {
  aggregation: "Aggregation",
  std: "Advantages divided by",
  overlongFilter: "Over-long filter",
  overlongInGroupStats: "Filtered in group statistics",
  dynamicSampling: "Dynamic sampling",
};
const options: Record<string, string> = {
  "token-mean": "token mean",
  "sequence-mean": "sequence mean",
  sample: "std over n − 1",
  population: "std over n",
  none: "nothing",
};
const worded = (value: string | boolean): string => (value === true ? "on" : value === false ? "off" : options[value]);

interface ControlProps {
  field: RuleField;
  rule: ReplayRule;
  asRun: ReplayRule;
  set: (rule: ReplayRule) => void;
}

function RuleControl({ field, rule, asRun, set }: ControlProps) {
  const id = useId();
  const value = rule[field];
  const changed = value !== asRun[field];
  const schema = replayRule.shape[field];
  const shared = { id, "aria-describedby": `${id}-meaning` };
  return (
    <div className="field" data-changed={changed}>
      <label htmlFor={id}>{labels[field]}</label>
      {typeof value === "boolean" ? (
        <Switch
          {...shared}
          checked={value}
          // Without the filter there are no filtered rollouts.
          disabled={field === "overlongInGroupStats" && !rule.overlongFilter && !changed}
          onChange={(event) => set({ ...rule, [field]: event.currentTarget.checked })}
        />
      ) : (
        <Select
          {...shared}
          data={("options" in schema ? schema.options : []).map((option) => ({ value: option, label: worded(option) }))}
          value={value}
          onChange={(next) => set({ ...rule, [field]: next })}
          allowDeselect={false}
        />
      )}
      <span id={`${id}-meaning`} className="meaning">
        {schema.meta()?.description}
        {changed && `. As run: ${worded(asRun[field])}`}
      </span>
    </div>
  );
}

/** Stored advantages carry no more error than this from rounding. */
const rounding = 1e-6;

function Outcome({ replay, stage, style }: { replay: Replay; stage: RlStage; style: StartStyle | undefined }) {
  const open = (key: string) => setQuery({ [selectionKey]: key });
  return (
    <div className="stack" style={{ marginTop: 12 }}>
      <p className="headline tabular" data-testid="replay-sentence">
        {replaySentence(replay)}
      </p>
      <p className="dim prose">
        To first order, and on the same rollouts: what each step's gradient would have weighed. Under another rule the policy, and so the
        rollouts it then draws, would have been others.
      </p>
      {replay.reproduced > rounding && (
        <p className="warn prose">
          The stored advantages differ by up to {compact(replay.reproduced)} from those that the rule as run gives on these rewards, so part
          of the change is not the rule's.
        </p>
      )}
      <div className="beside">
        <ChangeTable change={replay.overall} />
        <MassTable change={replay.overall} />
        <Plot figure={replayFigure(replay, stage.id, style)} height={220} onPoint={open} empty="As run no rollout had any pull." />
      </div>
    </div>
  );
}

function ChangeTable({ change }: { change: ReplayChange }) {
  const rows: [keyof ReplayChange, string, string][] = [
    ["rollouts", "Rollouts", count(change.rollouts)],
    ["left", "Left the loss", percent(change.left)],
    ["entered", "Entered the loss", percent(change.entered)],
    ["signChanged", "Changed sign", percent(change.signChanged)],
    ["meanChange", "Mean change", compact(change.meanChange)],
    ["relativeChange", "Relative change", change.relativeChange === null ? "none as run" : percent(change.relativeChange)],
    ["correlation", "Correlation", change.correlation === null ? "undefined" : fixed(change.correlation, 3)],
  ];
  return (
    <ScrollTable label="Change over all steps">
      <table className="table" aria-label="Change over all steps">
        <thead>
          <tr>
            <th scope="col">Over all steps</th>
            <th scope="col" className="num">
              Replayed
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([key, label, value]) => {
            const line = replayChange.shape[key].meta()?.description;
            return (
              <tr key={key}>
                <th scope="row">{line === undefined ? label : <Explained line={line}>{label}</Explained>}</th>
                <td className="num">{value}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </ScrollTable>
  );
}

const classWords: Record<(typeof classes)[number], string> = {
  right: "Right",
  wrong: "Wrong",
  truncated: "Truncated",
  long: "Longest quarter",
};

function MassTable({ change }: { change: ReplayChange }) {
  return (
    <ScrollTable label="Weight and pull by class of rollout">
      <table className="table" aria-label="Weight and pull by class of rollout">
        <thead>
          <tr>
            <th scope="col">Rollouts</th>
            {(["weight", "pull"] as const).flatMap((measure) => [
              <th key={`${measure} as run`} scope="col" className="num">
                <Explained line={replayChange.shape[measure].meta()?.description ?? ""}>
                  {measure === "weight" ? "Weight" : "Pull"}
                </Explained>{" "}
                as run
              </th>,
              <th key={`${measure} replayed`} scope="col" className="num">
                replayed
              </th>,
              <th key={`${measure} change`} scope="col" className="num">
                points
              </th>,
            ])}
          </tr>
        </thead>
        <tbody>
          {classes.map((each) => (
            <tr key={each} className={each === "long" ? "group-start" : undefined}>
              <th scope="row">{classWords[each]}</th>
              {(["weight", "pull"] as const).flatMap((measure) => {
                const [before, after] = [change[measure].asRun[each], change[measure].replayed[each]];
                return [
                  <td key={`${measure} as run`} className="num">
                    {percent(before)}
                  </td>,
                  <td key={`${measure} replayed`} className="num">
                    {percent(after)}
                  </td>,
                  <td key={`${measure} change`} className="num dim">
                    {signed(100 * (after - before), 1)}
                  </td>,
                ];
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollTable>
  );
}
