// What stood at the doors of an arm's stages, and what was let through.
import type { StudyResult } from "../../../main/contract/study-result.ts";
import type { StartStyle } from "../../charts/figure.ts";
import { Plot } from "../../charts/plot.tsx";
import { doorFigure } from "../../charts/result-figures.ts";
import { setQuery } from "../../client/location.ts";
import { selectionKey } from "../../client/selection.ts";

export function Doors({ result, styles }: { result: StudyResult; styles: Map<string, StartStyle> }) {
  const figures = result.arms.flatMap((arm) =>
    arm.runs.flatMap((run) => run.stages.flatMap((stage) => doorFigure(arm, run, stage, styles.get(arm.name)) ?? [])),
  );
  if (figures.length === 0) return null;
  return (
    <section className="section plots" aria-labelledby="doors-title">
      <div className="section-head">
        <h2 id="doors-title">Doors</h2>
        <p>Problems by how often the model that enters solves them; filled: let through.</p>
      </div>
      <div className="plot-grid">
        {figures.map((figure) => (
          <div className="span-4" key={figure.id}>
            <Plot figure={figure} height={220} onPoint={(key) => setQuery({ [selectionKey]: key })} />
          </div>
        ))}
      </div>
    </section>
  );
}
