// The real SmolLM2-135M-Instruct against transformers' load of the same GGUF file (reference/make_smollm2.py): chat template, ids,
// logits at every position, greedy tokens. HEADSTART_SMOLLM2 is the file's path; the test set-up brings it.
import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomStream } from "../../analysis/random.ts";
import type { Message } from "../../contract/message.ts";
import { openGguf } from "../../formats/gguf.ts";
import { encodePrompt } from "../../tokenizer/chat.ts";
import { ggufTokenizer } from "../../tokenizer/gguf-tokenizer.ts";
import { huggingFaceTokenizer } from "../../tokenizer/hugging-face.ts";
import type { Tokenizer } from "../../tokenizer/tokenizer.ts";
import { loadNative } from "../../worker/native.ts";
import { maxDifference } from "../reference/reference.ts";
import { generate } from "./generate.ts";
import { Parameters } from "./parameters.ts";
import { Transformer } from "./transformer.ts";

interface Conversation {
  messages: Message[];
  text: string;
  ids: number[];
  greedy: number[];
  /** Of every position of prompt and greedy tokens: the five highest logits and sixteen others. */
  positions: { ids: number[]; logits: number[] }[];
}
const conversations: Conversation[] = JSON.parse(readFileSync(new URL("../reference/smollm2.json", import.meta.url), "utf8"));
const path = process.env.HEADSTART_SMOLLM2;

describe.skipIf(!path)("SmolLM2-135M-Instruct against transformers", () => {
  let model: Transformer;
  let tokenizer: Tokenizer;
  beforeAll(() => {
    loadNative();
    const gguf = openGguf(path!);
    tokenizer = huggingFaceTokenizer(ggufTokenizer(gguf.tokenizer!));
    model = new Transformer(new Parameters(gguf.config, gguf));
    gguf.close();
  });
  afterAll(() => model.dispose());

  it("writes the chat template's text and ids", () => {
    for (const { messages, text, ids } of conversations) {
      expect(tokenizer.chat!.render(messages, { addGenerationPrompt: true })).toBe(text);
      expect(encodePrompt(tokenizer, messages)).toEqual(ids);
    }
  });

  it("gives logits within 2e-3 at every position", () => {
    for (const { ids, greedy, positions } of conversations) {
      const sequence = [...ids, ...greedy];
      const length = sequence.length;
      expect(positions).toHaveLength(length);
      const logits = tf.tidy(() => {
        const hidden = model.hidden({ ids: Int32Array.from(sequence), visibleFrom: new Int32Array(length), batch: 1, length });
        const rows = positions.flatMap((position, t) => position.ids.map((id) => [t, id]));
        return tf.gatherND(model.logits(hidden), tf.tensor2d(rows, undefined, "int32")).dataSync();
      });
      const expected = positions.flatMap((position) => position.logits);
      expect(maxDifference(logits, expected)).toBeLessThan(2e-3);
    }
  }, 120_000);

  it("takes the same 48 greedy tokens, all prompts in one batch", async () => {
    const generations = await generate(
      model,
      {
        prompts: conversations.map(({ ids }) => ids),
        samplesPerPrompt: 1,
        maxNewTokens: 48,
        temperature: 0,
        topP: 1,
        stopIds: tokenizer.stopIds,
        random: () => randomStream("greedy"),
      },
      { yield: async () => {} },
    );
    expect(generations.map(([{ ids }]) => ids)).toEqual(conversations.map(({ greedy }) => greedy));
  }, 120_000);
});
