// One checkpoint: what it is and where it comes from; its memory plan; its export.
import { Button, Tabs } from "@mantine/core";
import { Fragment, type ReactNode } from "react";
import { Link } from "wouter";
import type { CheckpointCard } from "../../../main/contract/checkpoint.ts";
import { useCheckpointCards, useRemoveCheckpoint } from "../../client/checkpoint-queries.ts";
import { useBenchmarkEvaluations } from "../../client/evaluation-queries.ts";
import { link, setQuery, useQueryEntry } from "../../client/location.ts";
import { useStudies } from "../../client/queries.ts";
import { selectionKey } from "../../client/selection.ts";
import { architectureNames, hasChat, parentOf, ropeScalingInWords } from "../checkpoint-facts.ts";
import { Confirm } from "../confirm.tsx";
import { ErrorPanel } from "../error-panel.tsx";
import { bytes, compact, count, moment, short } from "../format.ts";
import { Loading } from "../late.tsx";
import { studyPath } from "../study-path.ts";
import { Explained, Term } from "../term.tsx";
import { CheckpointExport } from "./checkpoint-export.tsx";
import { CheckpointMemory } from "./checkpoint-memory.tsx";
import { inspect } from "./select.ts";

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
        <Card card={card} cards={cards.data} />
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

function Facts({ title, rows }: { title: string; rows: [ReactNode, ReactNode][] }) {
  return (
    <div className="section">
      <h3>{title}</h3>
      <dl className="facts">
        {rows.map(([term, value], i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a fact is its place
          <Fragment key={i}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
      </dl>
    </div>
  );
}

function Card({ card, cards }: { card: CheckpointCard; cards: CheckpointCard[] }) {
  const { model, tokenizer, weights } = card.file;
  const groups = model.numAttentionHeads / model.numKeyValueHeads;
  return (
    <div className="card-facts" data-testid="checkpoint-card">
      <Actions card={card} cards={cards} />
      <Facts
        title="Architecture"
        rows={[
          ["Family", architectureNames[model.architecture]],
          ["Parameters", count(card.parameters)],
          ["Layers", model.numHiddenLayers],
          ["Hidden size", count(model.hiddenSize)],
          ["SwiGLU size", count(model.intermediateSize)],
          [
            "Heads",
            `${model.numAttentionHeads}, ${model.numKeyValueHeads} of keys and values${groups > 1 ? ` (${groups} share one)` : ""}, ${model.headDim} wide`,
          ],
          ["Vocabulary", `${count(model.vocabSize)} ids`],
          [<Term key="theta" name="RoPE theta" />, count(model.ropeTheta)],
          [<Term key="scaling" name="RoPE scaling" />, ropeScalingInWords(model)],
          ["Positions", count(model.maxPositionEmbeddings)],
          [
            <Term key="tied" name="tied embeddings">
              Embeddings
            </Term>,
            model.tieWordEmbeddings ? "tied to the output" : "apart from the output",
          ],
          ["RMSNorm ε", compact(model.rmsNormEps)],
        ]}
      />
      <Facts
        title="Files"
        rows={[
          ["Weights", weightFilesInWords(card)],
          ["Kept as", card.file.dtypes.join(", ")],
          ["Size", bytes(card.bytes)],
          ["Tokenizer", tokenizer.kind === "built-in" ? "built-in vocabulary" : tokenizer.tokenizer],
          ["Chat", hasChat(card) ? "by its template" : "no template: prompts are text to go on from"],
          ...(tokenizer.kind === "huggingface"
            ? [["Ends a response", `id ${tokenizer.eosTokenIds.join(", ")}`] as [ReactNode, ReactNode]]
            : []),
          ...(weights.kind === "adapter"
            ? [
                [
                  <Term key="lora" name="LoRA" />,
                  `rank ${weights.lora.rank}, alpha ${weights.lora.alpha}, on ${weights.lora.targets.join(", ")}`,
                ] as [ReactNode, ReactNode],
              ]
            : []),
          ...Object.entries(card.file.sha256).map(([name, hash], i): [ReactNode, ReactNode] => [
            i === 0 ? "sha256" : "",
            <span key={name} title={hash}>
              <span className="mono">{short(hash, 12)}</span> <span className="dim">{name}</span>
            </span>,
          ]),
        ]}
      />
      <Lineage card={card} cards={cards} />
    </div>
  );
}

function weightFilesInWords({ file: { weights } }: CheckpointCard): string {
  if (weights.kind === "gguf") return `GGUF, ${weights.file}`;
  if (weights.kind === "adapter") return "LoRA adapter in PEFT's format";
  return weights.files.length === 1 ? `safetensors, ${weights.files[0]}` : `safetensors, ${weights.files.length} shards`;
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

function Lineage({ card, cards }: { card: CheckpointCard; cards: CheckpointCard[] }) {
  const studies = useStudies();
  const study = studies.data?.find((s) => s.id === card.studyId);
  const chain: string[] = [];
  for (let at: CheckpointCard | undefined = card; at !== undefined; ) {
    const parent = parentOf(at);
    if (parent === null || chain.includes(parent)) break;
    chain.push(parent);
    at = cards.find((c) => c.id === parent);
  }
  return (
    <Facts
      title="Where it comes from"
      rows={[
        ["Kind", card.kind],
        [
          <Explained key="parent" line="Checkpoint it was trained from, and that one's parents in turn">
            Parents
          </Explained>,
          chain.length === 0
            ? "none"
            : chain.map((id, i) => (
                <Fragment key={id}>
                  {i > 0 && " ← "}
                  {cards.some((c) => c.id === id) ? (
                    <button type="button" className="linklike" onClick={() => inspect({ kind: "checkpoint", checkpointId: id })}>
                      {id}
                    </button>
                  ) : (
                    id
                  )}
                </Fragment>
              )),
        ],
        ...(study === undefined
          ? []
          : [["Study", <Link key="study" href={studyPath(study)}>{`${study.name}, seed ${study.seed}`}</Link>] as [ReactNode, ReactNode]]),
        ...(card.file.trainer === null
          ? []
          : [["Trained", `${count(card.file.step)} steps, ${count(card.file.trainer.counters.tokens)} tokens`] as [ReactNode, ReactNode]]),
        ["Origin", card.file.origin],
        ...(card.source === null
          ? []
          : [
              [
                "Source",
                <span key="source" className="mono">
                  {card.source}
                </span>,
              ] as [ReactNode, ReactNode],
            ]),
        ...(card.file.dataHash === null
          ? []
          : [
              [
                <Term key="hash" name="content hash">
                  Data
                </Term>,
                <span key="value" className="mono">
                  {short(card.file.dataHash, 16)}
                </span>,
              ] as [ReactNode, ReactNode],
            ]),
        ["Created", moment(card.createdAt)],
        ["Headstart", card.file.codeVersion],
      ]}
    />
  );
}
