// The tokenizer of a checkpoint, from what its checkpoint.json says and a function that reads its files.
import type { TokenizerFiles } from "../contract/checkpoint.ts";
import { builtInTokenizer } from "./built-in.ts";
import { huggingFaceTokenizer } from "./hugging-face.ts";
import type { Tokenizer } from "./tokenizer.ts";
import { broken } from "./tokenizer-errors.ts";

/** `read` gives the text of a file in the checkpoint's folder. Throws HeadstartError as huggingFaceTokenizer does. */
export function openTokenizer(files: TokenizerFiles, read: (name: string) => string): Tokenizer {
  if (files.kind === "built-in") return builtInTokenizer;
  const parsed = (name: string | null): unknown => {
    if (name === null) return null;
    try {
      return JSON.parse(read(name));
    } catch (thrown) {
      throw broken(`${name} cannot be read: ${(thrown as Error).message.slice(0, 200)}.`);
    }
  };
  return huggingFaceTokenizer({
    tokenizer: parsed(files.tokenizer),
    config: parsed(files.config),
    specialTokensMap: parsed(files.specialTokens),
    template: files.template === null ? null : read(files.template),
    eosTokenIds: files.eosTokenIds,
  });
}
