// What evaluation, SFT, LoRA and RL of a checkpoint take of this machine's memory, computed before anything is run.
import { NumberInput } from "@mantine/core";
import { useMemo, useState } from "react";
import type { CheckpointCard, MemoryPlan } from "../../../main/contract/checkpoint.ts";
import { fits, memoryFigure, useLabels } from "../../charts/memory-figure.ts";
import { Plot } from "../../charts/plot.tsx";
import { useMemoryPlan } from "../../client/checkpoint-queries.ts";
import { ErrorPanel } from "../error-panel.tsx";
import { bytes } from "../format.ts";
import { Loading } from "../late.tsx";

const uses = Object.keys(useLabels) as MemoryPlan["use"][];

export function CheckpointMemory({ card }: { card: CheckpointCard }) {
  const [rows, setRows] = useState<number | string>(8);
  const [length, setLength] = useState<number | string>(Math.min(1024, card.file.model.maxPositionEmbeddings));
  const [use, setUse] = useState<MemoryPlan["use"]>("sft");
  const batch = { rows: Number(rows) || 1, length: Number(length) || 1 };
  return (
    <div className="section stack" data-testid="memory">
      <div className="row wrap">
        <NumberInput
          label="Sequences at once"
          description="Rows of a batch"
          value={rows}
          onChange={setRows}
          min={1}
          max={4096}
          allowDecimal={false}
          w={130}
        />
        <NumberInput
          label="Length"
          description="Tokens of the longest"
          value={length}
          onChange={setLength}
          min={1}
          max={card.file.model.maxPositionEmbeddings}
          allowDecimal={false}
          thousandSeparator=","
          w={150}
        />
      </div>
      <table className="table wide" aria-label="Memory by use">
        <thead>
          <tr>
            <th scope="col">Use</th>
            <th scope="col" className="num">
              Memory
            </th>
            <th scope="col">Largest term</th>
            <th scope="col">Fits</th>
          </tr>
        </thead>
        <tbody>
          {uses.map((each) => (
            <UseRow key={each} use={each} id={card.id} batch={batch} chosen={each === use} choose={() => setUse(each)} />
          ))}
        </tbody>
      </table>
      <Terms use={use} id={card.id} batch={batch} />
    </div>
  );
}

interface UseProps {
  use: MemoryPlan["use"];
  id: string;
  batch: { rows: number; length: number };
}

function UseRow({ use, id, batch, chosen, choose }: UseProps & { chosen: boolean; choose: () => void }) {
  const plan = useMemoryPlan({ id, use, ...batch });
  return (
    <tr data-cursor={chosen}>
      <th scope="row">
        <button type="button" className="linklike" aria-pressed={chosen} onClick={choose}>
          {useLabels[use]}
        </button>
      </th>
      <td className="num">{plan.data === undefined ? "" : bytes(plan.data.total)}</td>
      <td className="dim">{plan.data?.largest}</td>
      <td>{plan.data === undefined ? "" : fits(plan.data) ? "yes" : <b>no</b>}</td>
    </tr>
  );
}

function Terms({ use, id, batch }: UseProps) {
  const plan = useMemoryPlan({ id, use, ...batch });
  const figure = useMemo(() => (plan.data === undefined ? null : memoryFigure(plan.data)), [plan.data]);
  if (plan.error !== null) return <ErrorPanel error={plan.error} where="checkpoints.memoryPlan" onRetry={() => void plan.refetch()} />;
  if (figure === null) return <Loading what="the memory plan" />;
  // Another scale for each use: the plot begins anew with each.
  return <Plot key={use} figure={figure} height={64 + 26 * (figure.y.categories?.length ?? 0)} />;
}
