// What is sampled from, and how: a prompt or the turns of a conversation; temperature, top-p, number, length, seed, stops.
import { ActionIcon, Button, NumberInput, SegmentedControl, Select, TagsInput, Textarea } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { type KeyboardEvent, type ReactNode, useId } from "react";
import type { Message } from "../../../main/contract/message.ts";
import type { ModelConfig } from "../../../main/contract/recipe.ts";
import type { Draft } from "../../client/sampling.ts";
import { Term } from "../../components/term.tsx";

interface PromptEditorProps {
  draft: Draft;
  change: (changes: Partial<Draft>) => void;
  /** Whether the checkpoint has a chat template. */
  chat: boolean;
  model: ModelConfig;
  submit: () => void;
  children: ReactNode;
}

export function PromptEditor({ draft, change, chat, model, submit, children }: PromptEditorProps) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    submit();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Ctrl Enter samples from any of its fields
    <div className="prompt-editor" onKeyDown={onKeyDown}>
      {chat && (
        <SegmentedControl
          size="xs"
          aria-label="Prompt or conversation"
          value={draft.mode}
          onChange={(value) => change({ mode: value === "chat" ? "chat" : "prompt" })}
          data={[
            { value: "chat", label: "Chat" },
            { value: "prompt", label: "Prompt" },
          ]}
        />
      )}
      {draft.mode === "chat" && chat ? (
        <Turns turns={draft.turns} change={(turns) => change({ turns })} />
      ) : (
        <Textarea
          size="xs"
          label="Prompt"
          description="Text that the model goes on from"
          autosize
          minRows={5}
          maxRows={18}
          classNames={{ input: "mono" }}
          placeholder={model.vocabSize < 200 ? "48+(48/2)=?" : "The capital of France is"}
          value={draft.prompt}
          onChange={(event) => change({ prompt: event.currentTarget.value })}
        />
      )}
      <Settings draft={draft} change={change} most={model.maxPositionEmbeddings} />
      <div className="row">{children}</div>
    </div>
  );
}

const roles: Message["role"][] = ["system", "user", "assistant"];

function Turns({ turns, change }: { turns: Message[]; change: (turns: Message[]) => void }) {
  const set = (at: number, changes: Partial<Message>) => change(turns.map((turn, i) => (i === at ? { ...turn, ...changes } : turn)));
  const next = turns[turns.length - 1]?.role === "user" ? "assistant" : "user";
  return (
    <div className="turns">
      {turns.map((turn, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a turn is its place
        <div className="turn" key={`${i} ${turn.role}`}>
          <Select
            aria-label={`Role of turn ${i + 1}`}
            data={roles}
            value={turn.role}
            allowDeselect={false}
            onChange={(role) => set(i, { role: role as Message["role"] })}
          />
          <Textarea
            size="xs"
            aria-label={`Text of turn ${i + 1}`}
            autosize
            minRows={turn.role === "user" ? 3 : 1}
            maxRows={16}
            placeholder={
              turn.role === "system" ? "How the assistant is to behave" : turn.role === "user" ? "What is asked" : "What the assistant said"
            }
            value={turn.content}
            onChange={(event) => set(i, { content: event.currentTarget.value })}
          />
          <ActionIcon
            variant="subtle"
            size="sm"
            aria-label={`Remove turn ${i + 1}`}
            disabled={turns.length === 1}
            onClick={() => change(turns.filter((_, at) => at !== i))}
          >
            <IconTrash size={14} />
          </ActionIcon>
        </div>
      ))}
      <div className="row">
        <Button variant="default" size="compact-xs" onClick={() => change([...turns, { role: next, content: "" }])}>
          Add a turn
        </Button>
        {turns[0]?.role !== "system" && (
          <Button variant="default" size="compact-xs" onClick={() => change([{ role: "system", content: "" }, ...turns])}>
            Add a system prompt
          </Button>
        )}
      </div>
    </div>
  );
}

function Settings({ draft, change, most }: { draft: Draft; change: (changes: Partial<Draft>) => void; most: number }) {
  const id = useId();
  const number = (
    key: "temperature" | "topP" | "n" | "maxTokens" | "seed",
    label: ReactNode,
    limits: { min: number; max: number; decimals?: number; step?: number },
  ) => (
    <div>
      <label htmlFor={`${id}-${key}`}>{label}</label>
      <NumberInput
        id={`${id}-${key}`}
        value={draft[key]}
        onChange={(value) => typeof value === "number" && change({ [key]: value })}
        min={limits.min}
        max={limits.max}
        step={limits.step ?? 1}
        allowDecimal={limits.decimals !== undefined}
        decimalScale={limits.decimals}
        clampBehavior="blur"
        thousandSeparator=","
      />
    </div>
  );
  return (
    <div className="sampling-settings">
      {number("temperature", <Term name="sampling temperature">Temperature</Term>, { min: 0, max: 10, decimals: 3, step: 0.1 })}
      {number("topP", <Term name="top-p">Top-p</Term>, { min: 0.001, max: 1, decimals: 3, step: 0.05 })}
      {number("n", "Samples", { min: 1, max: 64 })}
      {number("maxTokens", "Most tokens", { min: 1, max: Math.min(32_768, most) })}
      {number("seed", "Seed", { min: 0, max: 2_147_483_647 })}
      <div className="wide">
        <label htmlFor={`${id}-stop`}>Stop at</label>
        <TagsInput
          id={`${id}-stop`}
          size="xs"
          maxTags={8}
          splitChars={[]}
          placeholder={draft.stop.length === 0 ? "Texts that end a response, each with Enter" : undefined}
          value={draft.stop}
          onChange={(stop) => change({ stop })}
        />
      </div>
    </div>
  );
}
