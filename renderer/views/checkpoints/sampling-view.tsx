// Live sampling from one checkpoint: a prompt or a conversation at the left, the samples as they come at the right.
import { Button, Select } from "@mantine/core";
import { useCallback } from "react";
import { Link } from "wouter";
import type { CheckpointCard } from "../../../main/contract/checkpoint.ts";
import { useCheckpointCards } from "../../client/checkpoint-queries.ts";
import { link, navigate } from "../../client/location.ts";
import { useClient } from "../../client/queries.ts";
import { type Draft, emptyDraft, inputOf, useSampling } from "../../client/sampling.ts";
import { hasChat, parametersInWords } from "../../components/checkpoint-facts.ts";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { inspect } from "../../components/inspector/select.ts";
import { Loading } from "../../components/late.tsx";
import { PromptEditor } from "./prompt-editor.tsx";
import { SampleList } from "./sample-list.tsx";

export function SamplingView({ checkpointId }: { checkpointId: string }) {
  const cards = useCheckpointCards();
  if (cards.error !== null) return <ErrorPanel error={cards.error} where="checkpoints.list" onRetry={() => void cards.refetch()} />;
  if (cards.data === undefined) return <Loading what="checkpoints" />;
  const card = cards.data.find((c) => c.id === checkpointId);
  if (card === undefined)
    return (
      <p className="section">
        There is no checkpoint {checkpointId}. <Link href="/checkpoints">All checkpoints</Link>
      </p>
    );
  return <Sampling card={card} cards={cards.data} />;
}

function Sampling({ card, cards }: { card: CheckpointCard; cards: CheckpointCard[] }) {
  const client = useClient();
  const chat = hasChat(card);
  const draft = useSampling((state) => state.drafts[card.id]) ?? emptyDraft(chat);
  const run = useSampling((state) => state.runs[card.id]);
  const setDraft = useSampling((state) => state.setDraft);
  const start = useSampling((state) => state.start);
  const stop = useSampling((state) => state.stop);
  const change = (changes: Partial<Draft>) => setDraft(card.id, { ...draft, ...changes });
  const input = inputOf(card.id, draft);
  const running = run?.status === "running";
  const begin = () => input !== null && !running && start(client, input);
  const goOn = useCallback(
    (text: string) => {
      const before = useSampling.getState().drafts[card.id] ?? emptyDraft(chat);
      setDraft(card.id, { ...before, turns: [...before.turns, { role: "assistant", content: text }, { role: "user", content: "" }] });
    },
    [card.id, chat, setDraft],
  );
  return (
    <div className="view-fixed" data-testid="sampling">
      <header className="view-head">
        <h1>Sample from</h1>
        <Select
          aria-label="Checkpoint"
          value={card.id}
          onChange={(id) => id !== null && navigate(`/checkpoints/${id}/sample`)}
          allowDeselect={false}
          searchable
          w={260}
          data={cards.map((c) => ({ value: c.id, label: c.id }))}
        />
        <span className="dim tabular">
          {parametersInWords(card.parameters)} parameters, {chat ? "chat template" : "no chat template: the prompt is text to go on from"}
        </span>
        <span className="push row">
          <button type="button" className="linklike" onClick={() => inspect({ kind: "checkpoint", checkpointId: card.id })}>
            Its card
          </button>
          <Link href={link("/evaluations/new", { checkpoint: card.id })}>Evaluate it</Link>
        </span>
      </header>
      <div className="sampling">
        <PromptEditor draft={draft} change={change} chat={chat} model={card.file.model} submit={begin}>
          {/* Both stand all the time: what ends by itself does not put another button under the pointer. */}
          <Button disabled={input === null || running} onClick={begin}>
            {draft.n === 1 ? "Sample 1 response" : `Sample ${draft.n} responses`}
          </Button>
          <Button variant="default" disabled={!running} onClick={() => stop(card.id)}>
            Stop
          </Button>
          <span className="dim">Ctrl Enter</span>
        </PromptEditor>
        <SampleList run={run} goOn={draft.mode === "chat" ? goOn : undefined} />
      </div>
    </div>
  );
}
