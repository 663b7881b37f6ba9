// The first update's rows as the model sees them: what is trained, what is only read, where examples in one row end, what is padding.
import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import type { BatchRow, Preflight } from "../../../main/contract/preflight.ts";
import { count, percent, plural } from "../../components/format.ts";

export function FirstBatch({ plan: { data, firstStep } }: { plan: Preflight }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const facts = data.sft.find(({ key }) => key === chosen) ?? data.sft[0];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="side-scroll" aria-label="First batch" tabIndex={0} data-testid="first-batch">
      {facts !== undefined && (
        <section className="section" aria-labelledby="first-rows-title">
          <div className="section-head">
            <h2 id="first-rows-title">First rows of SFT</h2>
            <p>
              {percent(facts.trainedShare, 0)} of the first update's tokens are trained, {percent(1 - facts.filled, 0)} are padding
            </p>
          </div>
          {data.sft.length > 1 && (
            <SegmentedControl
              size="xs"
              aria-label="Start"
              value={facts.key}
              onChange={setChosen}
              data={data.sft.map(({ key, start }) => ({ value: key, label: start }))}
              style={{ maxWidth: "100%", overflow: "auto" }}
            />
          )}
          <p className="dim note">
            {plural(facts.examples, "example")}
            {facts.dropped > 0 && ` (${count(facts.dropped)} too long, left out)`}, {plural(facts.steps, "update")},{" "}
            {count(facts.trainedTokens)} trained tokens. <span className="segment-trained">Trained</span>{" "}
            <span className="segment-read">read only</span> <span className="example-end">⏐</span> next example of the row
          </p>
          {facts.firstRows.map((row, i) => (
            <Row key={`${facts.key} ${i.toString()}`} row={row} at={i} />
          ))}
        </section>
      )}
      {firstStep !== null && (
        <section className="section" aria-labelledby="first-prompts-title">
          <div className="section-head">
            <h2 id="first-prompts-title">Prompts of the first RL step</h2>
            <p>
              {firstStep.door
                ? `${count(firstStep.prompts)}, of those that its door lets through`
                : data.firstPrompts.length < firstStep.prompts
                  ? `The first ${count(data.firstPrompts.length)} of ${count(firstStep.prompts)}`
                  : count(firstStep.prompts)}
            </p>
          </div>
          <ol className="prompts">
            {data.firstPrompts.map((prompt, i) => (
              <li key={`${i.toString()} ${prompt}`}>
                <code className="mono">{prompt}</code>
              </li>
            ))}
          </ol>
        </section>
      )}
      {facts === undefined && firstStep === null && <p className="section dim">This study trains on no row and asks no prompt.</p>}
    </section>
  );
}

function Row({ row, at }: { row: BatchRow; at: number }) {
  return (
    <figure className="batch-row">
      <figcaption className="dim">
        Row {at + 1}: {plural(row.tokens, "token")}, {plural(row.examples.length, "example")}
        {row.padding > 0 && `, ${plural(row.padding, "token")} of padding`}
      </figcaption>
      <div className="text-block">
        {row.examples.map((example, i) => (
          <span key={`${i.toString()}`}>
            {i > 0 && <span className="example-end">⏐</span>}
            {example.segments.map((segment, j) => (
              <span key={`${j.toString()}`} className={segment.trained ? "segment-trained" : "segment-read"}>
                {segment.text}
              </span>
            ))}
          </span>
        ))}
        {row.padding > 0 && <span className="padding"> + {row.padding} padding</span>}
      </div>
    </figure>
  );
}
