// A tokenizer rebuilt from a GGUF file's metadata gives the ids of the one that the model was published with.
import { describe, expect, test, vi } from "vitest";
import type { GgufTokenizerMetadata } from "../contract/gguf-tokenizer.ts";
import { openGguf } from "../formats/gguf.ts";
import { ggufTokenizer } from "./gguf-tokenizer.ts";
import { huggingFaceTokenizer } from "./hugging-face.ts";
import { corpus } from "./reference/corpus.ts";
import { differing, reference, tiny } from "./reference/reference.ts";

const texts = corpus();
vi.setConfig({ testTimeout: 60_000 });
const every = process.env.HEADSTART_LONG_TESTS === "1" ? 1 : 8;

/** What llama.cpp's converter would write of a small tokenizer. */
function metadataOf(name: "tiny" | "tiny-sentencepiece", given: Partial<GgufTokenizerMetadata>): GgufTokenizerMetadata {
  const { tokenizer } = tiny(name);
  const tokens: string[] = [];
  for (const [token, id] of Object.entries(tokenizer.model.vocab)) tokens[id as number] = token;
  for (const { id, content } of tokenizer.added_tokens) tokens[id] = content;
  const types = Int32Array.from(tokens, (token) => (/^<0x..>$/.test(token) ? 6 : 1));
  for (const { id, special } of tokenizer.added_tokens) types[id] = special ? 3 : 4;
  return {
    model: "gpt2",
    pre: "qwen2",
    tokens,
    scores: null,
    tokenTypes: types,
    merges: tokenizer.model.merges.map((pair: string[]) => pair.join(" ")),
    bosTokenId: null,
    eosTokenId: 1002,
    eotTokenId: null,
    padTokenId: 1000,
    unknownTokenId: null,
    addBosToken: null,
    addSpacePrefix: null,
    chatTemplate: null,
    ...given,
  };
}

const sentencePiece = { model: "llama", pre: null, bosTokenId: 1, eosTokenId: 2, padTokenId: null, unknownTokenId: 0 };

describe("byte-level, split as its pre-tokenizer's name says", () => {
  test.each(["qwen2", "llama-bpe", "gpt-2", "smollm", "default"])("%s", (pre) => {
    const tokenizer = huggingFaceTokenizer(ggufTokenizer(metadataOf("tiny", { pre })));
    expect(differing(tokenizer, texts, reference.tokenizers[pre].ids, every)).toEqual([]);
  });
});

test("SentencePiece, with merges made from scores", () => {
  const { merges, tokens } = metadataOf("tiny-sentencepiece", {});
  const rank = new Map(merges!.map((merge, i) => [merge.replace(" ", ""), i]));
  const scores = Float32Array.from(tokens, (token) => -(rank.get(token) ?? 0));
  const rebuilt = ggufTokenizer(metadataOf("tiny-sentencepiece", { ...sentencePiece, merges: null, scores }));
  const tokenizer = huggingFaceTokenizer(rebuilt);
  expect(differing(tokenizer, texts, reference.tokenizers.sentencepiece.ids, every)).toEqual([]);
  expect(tokenizer).toMatchObject({ prefixIds: [1], eosId: 2, stopIds: [2], padId: 2 });
});

test("special tokens, what begins a text, and every end", () => {
  const open = (given: Partial<GgufTokenizerMetadata>) => huggingFaceTokenizer(ggufTokenizer(metadataOf("tiny", given)));
  expect(open({})).toMatchObject({ vocabSize: 1006, prefixIds: [], eosId: 1002, stopIds: [1002], padId: 1000, chat: null });
  expect(open({ pre: "llama-bpe", bosTokenId: 1001, eotTokenId: 1000 })).toMatchObject({ prefixIds: [1001], stopIds: [1002, 1000] });
  expect(open({ pre: "llama-bpe", bosTokenId: 1001, addBosToken: false }).prefixIds).toEqual([]);
  expect(open({}).decode(open({}).encode("<|im_end|><think>"))).toBe("<think>");
});

test("what is not known is refused by name", () => {
  const opening = (given: Partial<GgufTokenizerMetadata>) => () => ggufTokenizer(metadataOf("tiny", given));
  expect(opening({ model: "bert" })).toThrow(/GGUF tokenizer model "bert"/);
  expect(opening({ pre: "tekken" })).toThrow(/GGUF pre-tokenizer "tekken"/);
  expect(opening({ pre: null })).toThrow(/no name for its pre-tokenizer/);
  expect(opening({ merges: null })).toThrow(/no merges/);
  expect(opening({ model: "llama", merges: null })).toThrow(/neither merges nor a score/);
  expect(opening({ eosTokenId: 5000 })).toThrow(/names the token 5000/);
  expect(opening({ tokens: ["a", "a"], tokenTypes: null })).toThrow(/a token twice/);
});

const smollm2 = process.env.HEADSTART_SMOLLM2;

describe.skipIf(!smollm2)("SmolLM2-135M-Instruct (needs HEADSTART_SMOLLM2, the path of its GGUF file)", () => {
  const file = smollm2 ? openGguf(smollm2) : null;
  const metadata = file?.tokenizer ?? metadataOf("tiny", {});
  file?.close();
  const tokenizer = huggingFaceTokenizer(ggufTokenizer(metadata));

  test("ids are those of its own tokenizer.json: digits apart, then GPT-2's words", () => {
    expect(differing(tokenizer, texts, reference.smollm2.digits)).toEqual([]);
  });

  test("with GPT-2's pre-tokenizer, ids are transformers' of the GGUF file", () => {
    const plain = huggingFaceTokenizer(ggufTokenizer({ ...metadata, pre: "gpt-2" }));
    expect(differing(plain, texts, reference.smollm2.plain)).toEqual([]);
  });

  test("conversations are written as its template says", () => {
    for (const { conversation, addGenerationPrompt, text } of reference.smollm2.chat)
      expect(tokenizer.chat!.render(reference.conversations[conversation], { addGenerationPrompt })).toBe(text);
    expect(tokenizer).toMatchObject({ vocabSize: 49_152, eosId: 2, stopIds: [2], prefixIds: [], padId: 2 });
  });
});
