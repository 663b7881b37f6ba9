// What can be done with a finished evaluation: more samples of each problem, and its responses as a dataset to learn from.
import { Button, NumberInput, Popover, SegmentedControl, TextInput } from "@mantine/core";
import { useState } from "react";
import type { BenchmarkEvaluation } from "../../../main/contract/api.ts";
import { useExtendEvaluation, useResponsesToDataset } from "../../client/evaluation-queries.ts";
import { navigate } from "../../client/location.ts";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { count } from "../../components/format.ts";

export function AddSamples({ evaluation }: { evaluation: BenchmarkEvaluation }) {
  const { problems, samplesPerProblem, config } = evaluation;
  const [open, setOpen] = useState(false);
  const [samples, setSamples] = useState<number | string>(samplesPerProblem * 2);
  const extend = useExtendEvaluation();
  const wanted = Number(samples) || 0;
  const more = (wanted - samplesPerProblem) * problems;
  return (
    <Popover opened={open} onChange={setOpen} width={320} position="bottom-end" trapFocus>
      <Popover.Target>
        <Button variant="default" aria-haspopup="dialog" disabled={!evaluation.latest} onClick={() => setOpen(!open)}>
          {evaluation.latest ? "Add samples…" : "Samples are being added"}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Add samples">
        <div className="stack">
          <NumberInput
            label="Samples a problem, in all"
            description={`The ${samplesPerProblem} that are there are kept.`}
            value={samples}
            onChange={setSamples}
            min={samplesPerProblem + 1}
            max={1024}
            allowDecimal={false}
          />
          <p className="dim tabular">
            {more > 0
              ? `${count(more)} more samples, at most ${count(more * config.maxResponseTokens)} tokens`
              : `More than ${samplesPerProblem} are needed.`}
          </p>
          <Button
            loading={extend.isPending}
            disabled={more <= 0}
            onClick={() => extend.mutate({ evaluationId: evaluation.id, samplesPerProblem: wanted }, { onSuccess: () => setOpen(false) })}
          >
            Draw {count(Math.max(0, more))} samples
          </Button>
          {extend.error !== null && <ErrorPanel error={extend.error} where="evaluations.extend" />}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

export function MakeDataset({ evaluation }: { evaluation: BenchmarkEvaluation }) {
  const [open, setOpen] = useState(false);
  const [keep, setKeep] = useState<"all" | "verified">("verified");
  const [name, setName] = useState(`${evaluation.checkpoint}-responses`.slice(0, 64));
  const make = useResponsesToDataset();
  const all = evaluation.problems * evaluation.samplesPerProblem;
  const right = evaluation.verdicts?.right ?? Math.round(evaluation.passAt1 * all);
  const kept = keep === "all" ? all : right;
  return (
    <Popover opened={open} onChange={setOpen} width={340} position="bottom-end" trapFocus>
      <Popover.Target>
        <Button variant="default" aria-haspopup="dialog" onClick={() => setOpen(!open)}>
          Make a dataset of its responses…
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Make a dataset of its responses">
        <div className="stack">
          <SegmentedControl
            size="xs"
            aria-label="Responses to keep"
            value={keep}
            onChange={(value) => setKeep(value === "all" ? "all" : "verified")}
            data={[
              { value: "verified", label: `Right ones (${count(right)})` },
              { value: "all", label: `All (${count(all)})` },
            ]}
          />
          <TextInput label="Name" value={name} maxLength={64} onChange={(event) => setName(event.currentTarget.value)} />
          <p className="dim">A row for each problem that has a response, for SFT. It becomes an imported dataset.</p>
          <Button
            loading={make.isPending}
            disabled={kept === 0 || name.trim() === ""}
            onClick={() =>
              make.mutate(
                { evaluationId: evaluation.id, keep, name: name.trim() },
                { onSuccess: ({ datasetId }) => navigate(`/datasets/${datasetId}`) },
              )
            }
          >
            {kept === 0 ? "No response is right" : `Make it of ${count(kept)} responses`}
          </Button>
          {make.error !== null && <ErrorPanel error={make.error} where="evaluations.toDataset" />}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
