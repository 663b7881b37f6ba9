// Live sampling, one run a checkpoint: what is typed and what was sampled stay while other views are looked at, and sampling goes on.
import { create } from "zustand";
import type { GeneratedText, GenerateEvent, GenerateInput } from "../../main/contract/checkpoint.ts";
import type { Message } from "../../main/contract/message.ts";
import type { Client } from "./trpc.ts";

export interface Draft {
  mode: "prompt" | "chat";
  prompt: string;
  turns: Message[];
  temperature: number;
  topP: number;
  maxTokens: number;
  n: number;
  seed: number;
  stop: string[];
}

export interface SamplingRun {
  status: "running" | "done" | "stopped" | "failed";
  /** As the model reads it, special tokens included; null until it is known. */
  prompt: { text: string; tokens: number } | null;
  samples: { text: string; result: GeneratedText | null }[];
  error: unknown;
  startedAt: number;
  /** Until the last event. */
  seconds: number;
}

export function emptyDraft(chat: boolean): Draft {
  const sampling = { temperature: 0.6, topP: 0.95, maxTokens: 256, n: 1, seed: 1, stop: [] };
  return { mode: chat ? "chat" : "prompt", prompt: "", turns: [{ role: "user", content: "" }], ...sampling };
}

/** Null while there is nothing to continue. */
export function inputOf(checkpoint: string, draft: Draft): GenerateInput | null {
  const { mode, prompt, turns, ...sampling } = draft;
  if (mode === "prompt") return prompt === "" ? null : { checkpoint, prompt, ...sampling };
  const messages = turns.filter((turn) => turn.content !== "");
  return messages.some((turn) => turn.role === "user") ? { checkpoint, messages, ...sampling } : null;
}

export function takeGenerateEvent(run: SamplingRun, event: GenerateEvent, now: number): SamplingRun {
  const seconds = (now - run.startedAt) / 1000;
  if (event.type === "prompt") return { ...run, prompt: { text: event.text, tokens: event.tokens }, seconds };
  const samples = run.samples.slice();
  const before = samples[event.sample] ?? { text: "", result: null };
  samples[event.sample] =
    event.type === "text" ? { ...before, text: before.text + event.text } : { text: event.result.text, result: event.result };
  return { ...run, samples, seconds };
}

interface SamplingState {
  drafts: Record<string, Draft>;
  runs: Record<string, SamplingRun>;
  setDraft: (checkpoint: string, draft: Draft) => void;
  start: (client: Client, input: GenerateInput) => void;
  stop: (checkpoint: string) => void;
}

const subscriptions = new Map<string, { unsubscribe: () => void }>();

export const useSampling = create<SamplingState>((set, get) => {
  const change = (checkpoint: string, next: (run: SamplingRun) => SamplingRun) => {
    const run = get().runs[checkpoint];
    if (run !== undefined) set((state) => ({ runs: { ...state.runs, [checkpoint]: next(run) } }));
  };
  const end = (checkpoint: string, changes: Partial<SamplingRun>) => {
    subscriptions.delete(checkpoint);
    change(checkpoint, (run) => (run.status === "running" ? { ...run, ...changes } : run));
  };
  return {
    drafts: {},
    runs: {},
    setDraft: (checkpoint, draft) => set((state) => ({ drafts: { ...state.drafts, [checkpoint]: draft } })),
    start(client, input) {
      const { checkpoint, n } = input;
      get().stop(checkpoint);
      const run: SamplingRun = {
        status: "running",
        prompt: null,
        samples: Array.from({ length: n }, () => ({ text: "", result: null })),
        error: null,
        startedAt: performance.now(),
        seconds: 0,
      };
      set((state) => ({ runs: { ...state.runs, [checkpoint]: run } }));
      // Events come token by token; the page draws them frame by frame.
      const waiting: GenerateEvent[] = [];
      const take = () => {
        const events = waiting.splice(0);
        change(checkpoint, (run) => events.reduce((at, event) => takeGenerateEvent(at, event, performance.now()), run));
      };
      const own = client.checkpoints.sample.subscribe(input, {
        onData: (event) => {
          if (waiting.push(event) === 1) requestAnimationFrame(() => subscriptions.get(checkpoint) === own && take());
        },
        onComplete: () => {
          take();
          end(checkpoint, { status: "done" });
        },
        onError: (error) => {
          take();
          end(checkpoint, { status: "failed", error });
        },
      });
      subscriptions.set(checkpoint, own);
    },
    stop(checkpoint) {
      const own = subscriptions.get(checkpoint);
      // Before it is left: a subscription that is left counts as complete.
      end(checkpoint, { status: "stopped" });
      own?.unsubscribe();
    },
  };
});
