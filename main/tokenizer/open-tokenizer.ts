// The tokenizer of a checkpoint, from what its checkpoint.json says and a function that reads its files.
import type { TokenizerFiles } from "../contract/checkpoint.ts";
import { builtInTokenizer } from "./built-in.ts";
import { huggingFaceTokenizer, type TokenizerSource } from "./hugging-face.ts";
import type { Tokenizer } from "./tokenizer.ts";
import { broken } from "./tokenizer-errors.ts";

/** The text of a file in the checkpoint's folder. */
export type ReadText = (name: string) => string;

/** Throws HeadstartError as huggingFaceTokenizer does. */
export function openTokenizer(files: TokenizerFiles, read: ReadText): Tokenizer {
  return files.kind === "built-in" ? builtInTokenizer : huggingFaceTokenizer(tokenizerSource(files, read));
}

export function tokenizerSource(files: Extract<TokenizerFiles, { kind: "huggingface" }>, read: ReadText): TokenizerSource {
  const parsed = (name: string | null): unknown => {
    if (name === null) return null;
    try {
      return JSON.parse(read(name));
    } catch (thrown) {
      throw broken(`${name} cannot be read: ${(thrown as Error).message.slice(0, 200)}.`);
    }
  };
  return {
    tokenizer: parsed(files.tokenizer),
    config: parsed(files.config),
    specialTokensMap: parsed(files.specialTokens),
    template: files.template === null ? null : read(files.template),
    eosTokenIds: files.eosTokenIds,
  };
}
