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
import { exportCheckpoint } from "./export-checkpoint.ts";
import { type OpenedCheckpoint, openCheckpoint } from "./open-checkpoint.ts";

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
  const [generations] = await generate(
    model,
    {
      prompts: [ids],
      samplesPerPrompt: input.n,
      maxNewTokens: input.maxTokens,
      temperature: input.temperature,
      topP: input.topP,
      padId: tokenizer.padId,
      eosId: tokenizer.eosId,
      random: (_, sample) => randomStream(input.seed, "sample", sample),
    },
    {
      yield: async () => {
        await control.yield();
        if (control.stopped()) throw new Aborted();
      },
    },
  );
  generations.forEach((generation, sample) => {
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    control.partial({
      type: "finished",
      sample,
      result: {
        text: tokenizer.decode(generation.ids),
        tokens: generation.ids.length,
        finishReason: generation.finishReason,
        meanLogprob: mean(generation.logprobs),
        meanEntropy: mean(generation.entropies),
      },
    });
  });
  return null;
}
