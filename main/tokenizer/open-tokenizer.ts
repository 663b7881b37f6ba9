// The tokenizer of a checkpoint, from what its checkpoint.json says and a function that reads its files.
import type { TokenizerFiles } from "../contract/checkpoint.ts";
import { HeadstartError } from "../contract/errors.ts";
import { builtInTokenizer } from "./built-in.ts";
import type { Tokenizer } from "./tokenizer.ts";

export function openTokenizer(files: TokenizerFiles, read: (name: string) => string): Tokenizer {
  if (files.kind === "built-in") return builtInTokenizer;
  void read;
  throw new HeadstartError({ code: "not-yet", where: "tokenizer", message: "Hugging Face tokenizers come later.", hint: "Wait." });
}
