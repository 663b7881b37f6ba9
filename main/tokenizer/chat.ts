// A problem and a response as token ids with a loss mask: what the model reads is masked, what it must write is not.
import type { Tokenizer } from "./tokenizer.ts";

export interface EncodedExample {
  ids: number[];
  /** Tokens of the prompt at the head of ids; the loss covers the rest. */
  promptLength: number;
}

/** The built-in format: the prompt, a newline, then the response up to EOS. Shorter than a chat template: every token counts at this size. */
export function encodePrompt(tokenizer: Tokenizer, prompt: string): number[] {
  return tokenizer.encode(`${prompt}\n`);
}

export function encodeExample(tokenizer: Tokenizer, prompt: string, response: string): EncodedExample {
  const promptIds = encodePrompt(tokenizer, prompt);
  return { ids: [...promptIds, ...tokenizer.encode(response), tokenizer.eosId], promptLength: promptIds.length };
}
