// What a checkpoint is: architecture, files, and where it comes from.
import { Fragment, type ReactNode } from "react";
import { Link } from "wouter";
import type { CheckpointCard } from "../../../main/contract/checkpoint.ts";
import { useStudies } from "../../client/queries.ts";
import { architectureNames, hasChat, parentOf, ropeScalingInWords } from "../checkpoint-facts.ts";
import { Fact } from "../fact.tsx";
import { bytes, compact, count, moment, short } from "../format.ts";
import { studyPath } from "../study-path.ts";
import { Explained, Term } from "../term.tsx";
import { inspect } from "./select.ts";

function Facts({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="section">
      <h3>{title}</h3>
      <dl className="facts">{children}</dl>
    </div>
  );
}

export function Architecture({ card }: { card: CheckpointCard }) {
  const { model } = card.file;
  const groups = model.numAttentionHeads / model.numKeyValueHeads;
  return (
    <Facts title="Architecture">
      <Fact term="Family">{architectureNames[model.architecture]}</Fact>
      <Fact term="Parameters">{count(card.parameters)}</Fact>
      <Fact term="Layers">{model.numHiddenLayers}</Fact>
      <Fact term="Hidden size">{count(model.hiddenSize)}</Fact>
      <Fact term="SwiGLU size">{count(model.intermediateSize)}</Fact>
      <Fact term="Heads">
        {model.numAttentionHeads}, {model.numKeyValueHeads} of keys and values{groups > 1 && ` (${groups} share one)`}, {model.headDim} wide
      </Fact>
      <Fact term="Vocabulary">{count(model.vocabSize)} ids</Fact>
      <Fact term={<Term name="RoPE theta" />}>{count(model.ropeTheta)}</Fact>
      <Fact term={<Term name="RoPE scaling" />}>{ropeScalingInWords(model)}</Fact>
      <Fact term="Positions">{count(model.maxPositionEmbeddings)}</Fact>
      <Fact term={<Term name="tied embeddings">Embeddings</Term>}>
        {model.tieWordEmbeddings ? "tied to the output" : "apart from the output"}
      </Fact>
      <Fact term="RMSNorm ε">{compact(model.rmsNormEps)}</Fact>
    </Facts>
  );
}

export function Files({ card }: { card: CheckpointCard }) {
  const { tokenizer, weights, dtypes, sha256 } = card.file;
  return (
    <Facts title="Files">
      <Fact term="Weights">{weightFilesInWords(card)}</Fact>
      <Fact term="Kept as">{dtypes.join(", ")}</Fact>
      <Fact term="Size">{bytes(card.bytes)}</Fact>
      {weights.kind === "adapter" && (
        <Fact term={<Term name="LoRA" />}>
          rank {weights.lora.rank}, alpha {weights.lora.alpha}, on {weights.lora.targets.join(", ")}
        </Fact>
      )}
      <Fact term="Tokenizer">{tokenizer.kind === "built-in" ? "built-in vocabulary" : tokenizer.tokenizer}</Fact>
      <Fact term="Chat">{hasChat(card) ? "by its template" : "no template: prompts are text to go on from"}</Fact>
      {tokenizer.kind === "huggingface" && <Fact term="Ends a response">id {tokenizer.eosTokenIds.join(", ")}</Fact>}
      {Object.entries(sha256).map(([name, hash], i) => (
        <Fact key={name} term={i === 0 ? "sha256" : ""}>
          <span title={hash}>
            <span className="mono">{short(hash, 12)}</span> <span className="dim">{name}</span>
          </span>
        </Fact>
      ))}
    </Facts>
  );
}

function weightFilesInWords({ file: { weights } }: CheckpointCard): string {
  if (weights.kind === "gguf") return `GGUF, ${weights.file}`;
  if (weights.kind === "adapter") return "LoRA adapter in PEFT's format";
  return weights.files.length === 1 ? `safetensors, ${weights.files[0]}` : `safetensors, ${weights.files.length} shards`;
}

/** Its parent, that one's parent, and so on. */
function ancestors(card: CheckpointCard, cards: CheckpointCard[]): string[] {
  const chain: string[] = [];
  for (let at: CheckpointCard | undefined = card; at !== undefined; ) {
    const parent = parentOf(at);
    if (parent === null || chain.includes(parent)) break;
    chain.push(parent);
    at = cards.find((c) => c.id === parent);
  }
  return chain;
}

export function Lineage({ card, cards }: { card: CheckpointCard; cards: CheckpointCard[] }) {
  const studies = useStudies();
  const study = studies.data?.find((s) => s.id === card.studyId);
  const { trainer, step, origin, dataHash, codeVersion } = card.file;
  const chain = ancestors(card, cards);
  return (
    <Facts title="Where it comes from">
      <Fact term="Kind">{card.kind}</Fact>
      <Fact term={<Explained line="Checkpoint it was trained from, and that one's parents in turn">Parents</Explained>}>
        {chain.length === 0 && "none"}
        {chain.map((id, i) => (
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
        ))}
      </Fact>
      {study !== undefined && (
        <Fact term="Study">
          <Link href={studyPath(study)}>{`${study.name}, seed ${study.seed}`}</Link>
        </Fact>
      )}
      {trainer !== null && (
        <Fact term="Trained">
          {count(step)} steps, {count(trainer.counters.tokens)} tokens
        </Fact>
      )}
      <Fact term="Origin">{origin}</Fact>
      {card.source !== null && (
        <Fact term="Source" mono>
          {card.source}
        </Fact>
      )}
      {dataHash !== null && (
        <Fact term={<Term name="content hash">Data</Term>} mono>
          {short(dataHash, 16)}
        </Fact>
      )}
      <Fact term="Created">{moment(card.createdAt)}</Fact>
      <Fact term="Headstart">{codeVersion}</Fact>
    </Facts>
  );
}
