// headstart import, checkpoints, score, generate, export: what one does with a checkpoint.
import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { z } from "zod";
import { type CheckpointCard, type GenerateEvent, type GenerateInput, generateInput, scoreInput } from "../../contract/index.ts";
import { type Application, withApplication } from "../application.ts";
import { parseCount, parseNumber, parseSeed } from "../arguments.ts";
import { answerLines } from "../json-lines.ts";

export function addCheckpoints(program: Command): void {
  program
    .command("import <source>")
    .description("bring in a checkpoint: a Hugging Face folder, a .gguf file, or a LoRA adapter")
    .option("--name <name>", "what it is called here; by default the folder's or file's name")
    .option("--base <checkpoint>", "what a LoRA adapter in PEFT's format stands on")
    .option("--json", "print its card as JSON")
    .action((source: string, { name, base, json }: { name?: string; base?: string; json?: true }) =>
      withApplication(async ({ client }) => {
        const { handle } = await client.files.handle.mutate({ path: resolve(source) });
        const card = await client.checkpoints.import.mutate({ handle, name, base });
        process.stdout.write(json ? `${JSON.stringify(card)}\n` : `Imported as ${card.id}: ${inWords(card)}\n`);
      }),
    );
  program
    .command("checkpoints")
    .description("all checkpoints: shipped, imported, trained")
    .option("--json", "print one card a line as JSON")
    .action(({ json }: { json?: true }) =>
      withApplication(async ({ client }) => {
        const cards = await client.checkpoints.list.query();
        const width = Math.max(...cards.map(({ id }) => id.length));
        for (const card of cards)
          process.stdout.write(json ? `${JSON.stringify(card)}\n` : `${card.id.padEnd(width)}  ${card.kind.padEnd(8)}  ${inWords(card)}\n`);
      }),
    );
  program
    .command("score <checkpoint>")
    .description('log-probs of given ids: {"ids": [...]} a line on stdin, {"logprobs", "top"} a line on stdout')
    .option("--json", "accepted; the answers are always JSON")
    .action((checkpoint: string) =>
      withApplication(async ({ client }) => {
        const refused = await answerLines(scoreInput.omit({ checkpoint: true }), ({ ids }) =>
          client.checkpoints.score.mutate({ checkpoint, ids }),
        );
        if (refused > 0) process.exitCode = 1;
      }),
    );
  program
    .command("generate <checkpoint>")
    .description('samples: {"prompt"} or {"messages"} a line on stdin, or one --prompt')
    .option("--prompt <text>", "one prompt; written as a user's message where the checkpoint has a chat template")
    .option("--temperature <t>", "0 is greedy", parseNumber, 0.6)
    .option("--top-p <p>", "nucleus", parseNumber, 0.95)
    .option("--max-tokens <n>", "budget of a response", parseCount, 256)
    .option("--n <n>", "samples", parseCount, 1)
    .option("--seed <seed>", "seed of the draws", parseSeed, 1)
    .option("--json", "answer --prompt as JSON too")
    .action((checkpoint: string, options: GenerateOptions) =>
      withApplication((application) => runGenerate(application, checkpoint, options)),
    );
  program
    .command("export <checkpoint>")
    .description("write a checkpoint for other programs; a LoRA adapter is merged into its base unless --adapter is given")
    .addOption(
      new Option("--format <format>", "safetensors (transformers) or gguf (llama.cpp)")
        .choices(["safetensors", "gguf"])
        .default("safetensors"),
    )
    .addOption(new Option("--dtype <dtype>", "by default F32 for safetensors, F16 for gguf").choices(["F32", "BF16", "F16", "Q8_0"]))
    .option("--adapter", "a LoRA adapter alone, in PEFT's format")
    .option("--out <folder>", "by default exports/ in the data folder")
    .option("--json", "print what was written as JSON")
    .action(
      (
        checkpoint: string,
        options: { format: "safetensors" | "gguf"; dtype?: "F32" | "BF16" | "F16" | "Q8_0"; adapter?: true; out?: string; json?: true },
      ) =>
        withApplication(async ({ client }) => {
          const { format, dtype, adapter, out, json } = options;
          const handle = out === undefined ? undefined : (await client.files.handle.mutate({ path: resolve(out) })).handle;
          const written = await client.checkpoints.export.mutate({ checkpoint, format, dtype, merge: adapter !== true, handle });
          process.stdout.write(json ? `${JSON.stringify(written)}\n` : `Wrote ${written.path} (${megabytes(written.bytes)}).\n`);
        }),
    );
}

interface GenerateOptions {
  prompt?: string;
  temperature: number;
  topP: number;
  maxTokens: number;
  n: number;
  seed: number;
  json?: true;
}

/** Names as scripts know them from other tools. */
const generateLine = z.object({
  prompt: generateInput.shape.prompt,
  messages: generateInput.shape.messages,
  temperature: generateInput.shape.temperature,
  top_p: generateInput.shape.topP,
  max_tokens: generateInput.shape.maxTokens,
  n: generateInput.shape.n,
  seed: generateInput.shape.seed,
  stop: generateInput.shape.stop,
});

async function runGenerate(application: Application, checkpoint: string, options: GenerateOptions): Promise<void> {
  const { prompt, json, ...sampling } = options;
  if (prompt === undefined) {
    const refused = await answerLines(generateLine, ({ top_p: topP, max_tokens: maxTokens, ...rest }) =>
      sampleAll(application, { ...rest, checkpoint, topP, maxTokens }),
    );
    if (refused > 0) process.exitCode = 1;
    return;
  }
  const answer = await sampleAll(application, { ...sampling, checkpoint, prompt, stop: [] });
  process.stdout.write(json ? `${JSON.stringify(answer)}\n` : `${answer.samples.map(({ text }) => text).join("\n\n---\n\n")}\n`);
}

async function sampleAll({ client }: Application, input: GenerateInput) {
  const results: Extract<GenerateEvent, { type: "finished" }>[] = [];
  let promptTokens = 0;
  await new Promise<void>((resolve, reject) => {
    client.checkpoints.sample.subscribe(input, {
      onData: (event) => {
        if (event.type === "prompt") promptTokens = event.tokens;
        else if (event.type === "finished") results.push(event);
      },
      onComplete: resolve,
      onError: reject,
    });
  });
  return {
    prompt_tokens: promptTokens,
    samples: results
      .sort((a, b) => a.sample - b.sample)
      .map(({ result: { text, tokens, finishReason, meanLogprob, meanEntropy } }) => ({
        text,
        tokens,
        finish_reason: finishReason,
        mean_logprob: meanLogprob,
        mean_entropy: meanEntropy,
      })),
  };
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

function inWords({ file, parameters, bytes }: CheckpointCard): string {
  const { model, dtypes, tokenizer, weights } = file;
  const size = parameters >= 1e9 ? `${(parameters / 1e9).toFixed(2)}B` : `${(parameters / 1e6).toFixed(1)}M`;
  const words = [
    `${model.architecture}, ${size} parameters`,
    weights.kind === "adapter" ? `LoRA rank ${weights.lora.rank} on ${weights.base}` : dtypes.slice(0, 2).join("+"),
    megabytes(bytes),
    tokenizer.kind === "built-in" ? "built-in vocabulary" : tokenizer.chat ? "chat template" : "no chat template",
  ];
  return words.join(", ");
}
