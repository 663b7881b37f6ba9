// What is asked of a checkpoint beside the stages: samples, scores. The model that was asked last stays open, so that the next
// question about it is answered at once; a stage that begins takes its place.
import { randomStream } from "../analysis/random.ts";
import type { GenerateEvent, GenerateInput } from "../contract/checkpoint.ts";
import { HeadstartError } from "../contract/errors.ts";
import type { CheckpointPlace, Question } from "../contract/job.ts";
import { score } from "../engine/eval/score.ts";
import { generate } from "../engine/model/generate.ts";
import { Aborted } from "../engine/ports.ts";
import { encodePrompt } from "../tokenizer/chat.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { exportCheckpoint } from "./export-checkpoint.ts";
import { type OpenedCheckpoint, openCheckpoint } from "./open-checkpoint.ts";
import { preflightFacts } from "./preflight.ts";

export interface AnswerControl {
  partial(event: GenerateEvent): void;
  /** Lets messages in, and the stage that runs beside. */
  yield(): Promise<void>;
  stopped(): boolean;
}

let opened: (OpenedCheckpoint & { folder: string }) | null = null;

async function modelOf({ folder }: CheckpointPlace): Promise<OpenedCheckpoint> {
  if (opened?.folder !== folder) {
    closeQuestionedModel();
    opened = { ...(await openCheckpoint({ folder })), folder };
  }
  return opened;
}

export function closeQuestionedModel(): void {
  opened?.model.dispose();
  opened = null;
}

export async function answerQuestion(question: Question, control: AnswerControl): Promise<unknown> {
  switch (question.kind) {
    case "generate":
      return sampleText(await modelOf(question.checkpoint), question.input, control);
    case "score":
      return score((await modelOf(question.checkpoint)).model, question.ids);
    case "export":
      return exportCheckpoint(question);
    case "preflight":
      return preflightFacts(question);
  }
}

async function sampleText({ model, tokenizer }: OpenedCheckpoint, input: GenerateInput, control: AnswerControl): Promise<null> {
  const prompt = input.messages ?? input.prompt;
  if (prompt === undefined)
    throw new HeadstartError({
      code: "bad-input",
      where: "generate",
      message: "There is neither a prompt nor a conversation.",
      hint: "Give prompt or messages.",
    });
  const ids = encodePrompt(tokenizer, prompt);
  control.partial({ type: "prompt", text: tokenizer.decode(ids, { special: true }), tokens: ids.length });
  const texts = Array.from({ length: input.n }, () => new GrowingText(tokenizer, input.stop));
  await generate(
    model,
    {
      prompts: [ids],
      samplesPerPrompt: input.n,
      maxNewTokens: input.maxTokens,
      temperature: input.temperature,
      topP: input.topP,
      stopIds: tokenizer.stopIds,
      stop: (row) => input.stop.length > 0 && cutAt(tokenizer.decode(row), input.stop) !== null,
      random: (_, sample) => randomStream(input.seed, "sample", sample),
      onToken: (_, sample, id) => {
        const text = texts[sample].add(id);
        if (text !== "") control.partial({ type: "text", sample, text });
      },
      onFinished: (_, sample, generation) => {
        const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
        const text = tokenizer.decode(generation.ids);
        control.partial({
          type: "finished",
          sample,
          result: {
            text: cutAt(text, input.stop) ?? text,
            tokens: generation.ids.length,
            finishReason: generation.finishReason,
            meanLogprob: mean(generation.logprobs),
            meanEntropy: mean(generation.entropies),
          },
        });
      },
    },
    {
      yield: async () => {
        await control.yield();
        if (control.stopped()) throw new Aborted();
      },
    },
  );
  return null;
}

/** The text before the first of the stop texts; null where it has none. */
function cutAt(text: string, stop: readonly string[]): string | null {
  const places = stop.map((end) => text.indexOf(end)).filter((at) => at >= 0);
  return places.length === 0 ? null : text.slice(0, Math.min(...places));
}

/** Text as it is sampled: what a token adds, held back while it may be part of a character or of a stop text. */
class GrowingText {
  readonly #tokenizer: Tokenizer;
  readonly #held: number;
  readonly #ids: number[] = [];
  #shown = 0;

  constructor(tokenizer: Tokenizer, stop: readonly string[]) {
    this.#tokenizer = tokenizer;
    this.#held = Math.max(0, ...stop.map(({ length }) => length - 1));
  }

  add(id: number): string {
    this.#ids.push(id);
    const text = this.#tokenizer.decode(this.#ids);
    // Bytes that are no character yet decode as U+FFFD.
    const end = Math.max(this.#shown, text.replace(/\uFFFD+$/, "").length - this.#held);
    const fresh = text.slice(this.#shown, end);
    this.#shown = end;
    return fresh;
  }
}
