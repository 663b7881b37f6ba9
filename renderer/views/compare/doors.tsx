// What stood at the doors of an arm's stages, and what was let through.
import type { StudyResult } from "../../../main/contract/study-result.ts";
import type { StartStyle } from "../../charts/figure.ts";
import { Plot } from "../../charts/plot.tsx";
import { doorFigure } from "../../charts/result-figures.ts";

export function Doors({ result, styles }: { result: StudyResult; styles: Map<string, StartStyle> }) {
  const figures = result.arms.flatMap((arm) =>
    arm.runs.flatMap((run) => run.stages.flatMap((stage) => doorFigure(arm, run, stage, styles.get(arm.name)) ?? [])),
  );
  if (figures.length === 0) return null;
  return (
    <section className="section plots" aria-labelledby="doors-title">
      <h2 id="doors-title" className="sr-only">
        Doors
      </h2>
      {figures.map((figure) => (
        <Plot key={figure.id} figure={figure} height={220} />
      ))}
    </section>
  );
}
