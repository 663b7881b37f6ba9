// How long responses and prompts are before and after a pipeline, and what its report says should be known.
import { useMemo } from "react";
import type { PipelineReport } from "../../../main/contract/pipeline.ts";
import { lengthFigure } from "../../charts/pipeline-figures.ts";
import { Plot } from "../../charts/plot.tsx";

export function Lengths({ report }: { report: PipelineReport }) {
  const { responseLengths, promptLengths } = report;
  const of = useMemo(
    () => ({
      responses: lengthFigure(
        { id: "pipeline-response-lengths", title: "How long are responses, before and after?", what: "responses" },
        responseLengths.before,
        responseLengths.after,
      ),
      prompts: lengthFigure(
        { id: "pipeline-prompt-lengths", title: "How long are prompts, before and after?", what: "prompts" },
        promptLengths.before,
        promptLengths.after,
      ),
    }),
    [responseLengths, promptLengths],
  );
  return (
    <>
      {responseLengths.before.count > 0 && (
        <div className="section">
          <Plot figure={of.responses} height={200} />
        </div>
      )}
      <div className="section">
        <Plot figure={of.prompts} height={200} />
      </div>
      {report.notices.length > 0 && (
        <div className="section">
          <h2>To know</h2>
          <ul className="cautions" aria-label="Notices">
            {report.notices.map((notice) => (
              <li key={notice}>{notice}</li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}
