// What is exported to GGUF is what the Python package writes of the same tokenizer, and comes back as the tokenizer it was.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openGguf } from "../formats/gguf.ts";
import { ggufTokenizerMetadata } from "./gguf-metadata.ts";
import { ggufTokenizer } from "./gguf-tokenizer.ts";
import { huggingFaceTokenizer, type TokenizerSource } from "./hugging-face.ts";
import { corpus } from "./reference/corpus.ts";

const file = (path: string) => new URL(`../${path}`, import.meta.url);
/** The tokenizer of a tiny checkpoint, with changes to its tokenizer.json. */
function saved(name: string, change: object = {}): TokenizerSource {
  const read = (path: string) => readFileSync(file(`engine/reference/checkpoints/${name}/${path}`), "utf8");
  return {
    tokenizer: { ...JSON.parse(read("tokenizer.json")), ...change },
    config: JSON.parse(read("tokenizer_config.json")),
    template: read("chat_template.jinja"),
    eosTokenIds: [2, 0],
  };
}

test.each(["tiny-llama", "tiny-qwen2"])("%s", (name) => {
  const gguf = openGguf(file(`formats/reference/${name}.gguf`).pathname);
  gguf.close();
  const metadata = ggufTokenizerMetadata(saved(name));
  expect(metadata).toEqual({ ...gguf.tokenizer, eotTokenId: 0, addSpacePrefix: false });
  const [before, after] = [saved(name), ggufTokenizer(metadata)].map(huggingFaceTokenizer);
  expect(after.stopIds).toEqual(before.stopIds);
  for (const text of corpus().slice(0, 40)) expect(after.encode(text)).toEqual(before.encode(text));
});

test.each<[string, object, RegExp]>([
  ["another pre-tokenizer", { pre_tokenizer: { type: "ByteLevel", add_prefix_space: true } }, /GGUF has no name for/],
  ["no normalizer where the name means one", { normalizer: null }, /GGUF has no name for/],
  [
    "a token that takes spaces",
    { added_tokens: [{ id: 2, content: "<|im_end|>", special: true, lstrip: true }] },
    /takes the spaces beside it/,
  ],
])("%s is refused by name", (_, change, message) => {
  expect(() => ggufTokenizerMetadata(saved("tiny-qwen2", change))).toThrow(message);
});
