// What the watch over the entropy at T says: a sentence an arm above the plots, a few words at its stage. An alarm while the stage runs,
// a dim remark afterwards. Both have their place from the beginning, so that nothing moves when one rings.
import { IconAlertTriangle } from "@tabler/icons-react";
import type { StageRecord, StudyRecord } from "../../../main/contract/run.ts";
import { bandSentence, bandWords, finderOf, isOut, watchBand, watchedSteps } from "../../charts/entropy-band.ts";
import type { StartCurve } from "../../charts/study-figures.ts";
import { useBandWatch } from "../../client/band-watch.ts";
import { Swatch } from "../../components/start-swatch.tsx";
import { Term } from "../../components/term.tsx";

const isLive = ({ status }: StageRecord): boolean => status === "running" || status === "paused";
const isToCome = ({ status }: StageRecord): boolean => status === "queued";

/** The stage that each arm is at: the last one begun, or its first. */
function currentOf(curves: StartCurve[]): StartCurve[] {
  const arms = [...new Set(curves.map(({ start }) => start))];
  return arms.flatMap((arm) => {
    const own = curves.filter(({ start }) => start === arm);
    const begun = own.filter(({ stage }) => !isToCome(stage));
    return begun.length > 0 ? begun.slice(-1) : own.slice(0, 1);
  });
}

export function BandRemarks({ study, curves }: { study: StudyRecord; curves: StartCurve[] }) {
  const lines = currentOf(curves).flatMap((curve) => {
    const { start, stage, staged, style, columns, band } = curve;
    const name = staged ? `${start}, ${staged.name}` : start;
    const live = isLive(stage);
    if (band) {
      const watch = watchBand(columns, band);
      return [{ start, style, alarm: live && isOut(watch), text: bandSentence(name, watch, live) }];
    }
    const finder = finderOf(study, stage);
    const awaited = finder !== undefined && (isLive(finder) || isToCome(finder)) && isToCome(stage);
    return awaited ? [{ start, style, alarm: false, text: `${name}: its band comes with its temperature` }] : [];
  });
  if (lines.length === 0) return null;
  return (
    <div className="band-remarks tabular" data-testid="band-remarks">
      <ul>
        {lines.map(({ start, style, alarm, text }) => (
          <li key={start} className={alarm ? "alarm" : "dim"} title={text}>
            {alarm ? <IconAlertTriangle size={13} aria-label="Alarm" /> : <Swatch style={style} />}
            {text}
          </li>
        ))}
      </ul>
      <p className="dim">
        Means of {watchedSteps} steps against each model's <Term name="own band" />.
      </p>
    </div>
  );
}

/** At the stage's cell: a line that is there, empty, from the beginning of every stage that a finder goes before. */
export function BandMark({ study, stage }: { study: StudyRecord; stage: StageRecord }) {
  const watch = useBandWatch(study, stage);
  if (finderOf(study, stage) === undefined) return null;
  const live = isLive(stage);
  const alarm = watch !== null && live && isOut(watch);
  const name = "start" in stage.plan ? stage.plan.start : stage.plan.label;
  return (
    <span
      className={alarm ? "detail alarm" : "detail"}
      style={{ display: "block" }}
      title={watch === null ? undefined : bandSentence(name, watch, live)}
      data-testid="band-mark"
    >
      {alarm && <IconAlertTriangle size={11} aria-label="Alarm" />}
      {watch !== null && bandWords(watch, live)}
    </span>
  );
}
