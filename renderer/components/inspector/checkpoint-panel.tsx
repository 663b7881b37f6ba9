// One checkpoint: what it is and where it comes from; its memory plan; its export.
import { Button, Tabs } from "@mantine/core";
import { Link } from "wouter";
import type { CheckpointCard } from "../../../main/contract/checkpoint.ts";
import { useCheckpointCards, useRemoveCheckpoint } from "../../client/checkpoint-queries.ts";
import { useBenchmarkEvaluations } from "../../client/evaluation-queries.ts";
import { link, setQuery, useQueryEntry } from "../../client/location.ts";
import { selectionKey } from "../../client/selection.ts";
import { Confirm } from "../confirm.tsx";
import { ErrorPanel } from "../error-panel.tsx";
import { bytes } from "../format.ts";
import { Loading } from "../late.tsx";
import { Architecture, Files, Lineage } from "./checkpoint-card.tsx";
import { CheckpointExport } from "./checkpoint-export.tsx";
import { CheckpointMemory } from "./checkpoint-memory.tsx";

const tabs = ["card", "memory", "export"] as const;

export function CheckpointPanel({ checkpointId }: { checkpointId: string }) {
  const cards = useCheckpointCards();
  const [entry, setTab] = useQueryEntry("tab");
  if (cards.error !== null) return <ErrorPanel error={cards.error} where="checkpoints.list" onRetry={() => void cards.refetch()} />;
  if (cards.data === undefined) return <Loading what="the checkpoint" />;
  const card = cards.data.find((c) => c.id === checkpointId);
  if (card === undefined) return <p className="section dim">There is no checkpoint {checkpointId}: it may have been removed.</p>;
  return (
    <Tabs
      value={tabs.find((tab) => tab === entry) ?? "card"}
      onChange={(next) => setTab(next === "card" ? null : next, { replace: true })}
      className="inspector-body"
      keepMounted={false}
    >
      <Tabs.List px={8}>
        <Tabs.Tab value="card">Card</Tabs.Tab>
        <Tabs.Tab value="memory">Memory</Tabs.Tab>
        <Tabs.Tab value="export">Export</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="card">
        <div className="card-facts" data-testid="checkpoint-card">
          <Actions card={card} cards={cards.data} />
          <Architecture card={card} />
          <Files card={card} />
          <Lineage card={card} cards={cards.data} />
        </div>
      </Tabs.Panel>
      <Tabs.Panel value="memory">
        <CheckpointMemory key={card.id} card={card} />
      </Tabs.Panel>
      <Tabs.Panel value="export">
        <CheckpointExport key={card.id} card={card} />
      </Tabs.Panel>
    </Tabs>
  );
}

function Actions({ card, cards }: { card: CheckpointCard; cards: CheckpointCard[] }) {
  const remove = useRemoveCheckpoint();
  const evaluations = useBenchmarkEvaluations();
  const own = evaluations.data?.filter((e) => e.checkpoint === card.id).length ?? 0;
  const adapters = cards.filter(({ file }) => file.weights.kind === "adapter" && file.weights.base === card.id);
  const lost = [
    `Its folder, ${bytes(card.bytes)}, is deleted; the files it was imported from stay.`,
    adapters.length > 0 && `${adapters.map((a) => a.id).join(", ")} stand on it and can then no longer be opened.`,
    own > 0 && `Its ${own === 1 ? "evaluation stays" : `${own} evaluations stay`}, but no samples can be added.`,
  ];
  return (
    <div className="section stack">
      <div className="row wrap">
        <Button component={Link} href={`/checkpoints/${card.id}/sample`}>
          Sample from it
        </Button>
        <Button variant="default" component={Link} href={link("/evaluations/new", { checkpoint: card.id })}>
          Evaluate
        </Button>
        <Button variant="default" component={Link} href={link("/configure/sft", { from: "empty", checkpoint: card.id })}>
          Fine-tune
        </Button>
        <Button variant="default" component={Link} href={link("/configure/rl", { from: card.studyId ?? "empty", checkpoint: card.id })}>
          RL from it
        </Button>
        {card.kind === "imported" && (
          <Confirm
            label="Remove checkpoint"
            question={`Remove ${card.id} from the data folder?`}
            lost={lost.filter((line) => line !== false).join(" ")}
            busy={remove.isPending}
            act={() => remove.mutate(card.id, { onSuccess: () => setQuery({ [selectionKey]: null }, { replace: true }) })}
          />
        )}
      </div>
      {remove.error !== null && <ErrorPanel error={remove.error} where="checkpoints.remove" />}
    </div>
  );
}
