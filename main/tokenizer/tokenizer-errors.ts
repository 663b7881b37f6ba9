// The two ways in which a tokenizer's files are refused.
import { HeadstartError } from "../contract/errors.ts";

/** what: a noun phrase, "a Unigram model". */
export function unsupported(what: string): HeadstartError {
  return new HeadstartError({
    code: "unsupported-tokenizer",
    where: "tokenizer",
    message: `The tokenizer has ${what}, which is not supported.`,
    hint: "Byte-level BPE (GPT-2, Llama 3, Qwen, SmolLM) and Llama 2's BPE are; nothing is approximated, so that ids are always those the model knows.",
  });
}

/** message: a sentence about what is wrong. */
export function broken(message: string): HeadstartError {
  return new HeadstartError({
    code: "broken-tokenizer",
    where: "tokenizer",
    message,
    hint: "The tokenizer's files are damaged or do not belong together: get them again from where the checkpoint came from.",
  });
}
