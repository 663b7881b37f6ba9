// Ids and texts are transformers' on a megabyte of mixed text; what the files of a checkpoint say is followed; what cannot be is
// refused by name.
import { describe, expect, test } from "vitest";
import { huggingFaceTokenizer } from "./hugging-face.ts";
import { corpus } from "./reference/corpus.ts";
import { changed, differing, hashAt, hashOf, reference, tiny } from "./reference/reference.ts";

const texts = corpus();
const long = process.env.HEADSTART_LONG_TESTS === "1";

test("the corpus is the one that the reference is of", () => {
  expect(hashOf(texts.join("\0"))).toBe(reference.corpus);
});

describe.each(Object.keys(reference.tokenizers))("%s, against transformers", (name) => {
  const tokenizer = huggingFaceTokenizer(changed(name));
  const { ids, decoded, parts } = reference.tokenizers[name];
  const every = long || name === "qwen2" ? 1 : 8;

  test("ids", () => expect(differing(tokenizer, texts, ids, every)).toEqual([]), 60_000);

  test("decoded text, whole and in parts", () => {
    for (let i = 0; i < texts.length; i += 8) {
      const encoded = tokenizer.encode(texts[i]);
      expect(hashOf(tokenizer.decode(encoded, { special: true })), `text ${i}`).toBe(hashAt(decoded, i));
      expect(hashOf(tokenizer.decode(encoded.filter((_, at) => at % 3 === 0))), `text ${i}`).toBe(hashAt(parts, i));
    }
  });
});

describe("special tokens", () => {
  const tokenizer = huggingFaceTokenizer(tiny());
  const [endOfText, start, end, think] = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<think>"].map(
    (text) => tokenizer.encode(text)[0],
  );

  test("are those that the files name, and the chat template's end of turn", () => {
    expect([endOfText, start, end, think]).toEqual([1000, 1001, 1002, 1003]);
    expect(tokenizer).toMatchObject({ vocabSize: 1006, padId: endOfText, eosId: end, stopIds: [end], prefixIds: [], promptSuffix: "" });
    expect(huggingFaceTokenizer({ ...tiny(), eosTokenIds: [end, endOfText] }).stopIds).toEqual([end, endOfText]);
  });

  test("a base model's end of text stops it too, but a turn ends as its template ends it", () => {
    const files = tiny();
    files.config.eos_token = { content: "<|endoftext|>", lstrip: false };
    expect(huggingFaceTokenizer(files)).toMatchObject({ eosId: end, stopIds: [end, endOfText] });
    files.config.chat_template = null;
    expect(huggingFaceTokenizer(files)).toMatchObject({ chat: null, eosId: endOfText, stopIds: [endOfText] });
  });

  test("are recognised in any text, and left out of decoded text unless asked for; added tokens that are not special stay", () => {
    const ids = tokenizer.encode("<|im_start|>a<think>b<|im_end|>");
    expect(ids.filter((id) => id >= 1000)).toEqual([start, think, end]);
    expect(tokenizer.decode(ids)).toBe("a<think>b");
    expect(tokenizer.decode(ids, { special: true })).toBe("<|im_start|>a<think>b<|im_end|>");
  });

  test("padding falls back on the end where the vocabulary has none", () => {
    const files = tiny();
    files.config.pad_token = "[PAD]";
    expect(huggingFaceTokenizer(files).padId).toBe(end);
  });

  test("tokenizer_config's added tokens come on top: new ones after the last id, flags over tokenizer.json's", () => {
    const files = tiny();
    const flags = { lstrip: false, rstrip: false, normalized: false, single_word: false };
    files.config.added_tokens_decoder = {
      1006: { content: "<new>", special: true, ...flags },
      1003: { content: "<think>", special: true, ...flags, lstrip: true },
    };
    const changedTokenizer = huggingFaceTokenizer(files);
    expect(changedTokenizer.vocabSize).toBe(1007);
    expect(changedTokenizer.encode("a  <think><new>")).toEqual([...tokenizer.encode("a"), think, 1006]);
    expect(changedTokenizer.decode([think, 1006])).toBe("");
    files.config.added_tokens_decoder = { 1008: { content: "<new>", special: true, ...flags } };
    expect(() => huggingFaceTokenizer(files)).toThrow(/past the end/);
  });

  test("what a text begins with is the post-processor's, or as add_bos_token says", () => {
    const files = tiny("tiny-sentencepiece");
    expect(huggingFaceTokenizer(files).prefixIds).toEqual([1]);
    files.config.add_bos_token = false;
    expect(huggingFaceTokenizer(files).prefixIds).toEqual([]);
  });
});

describe("tokens one by one", () => {
  test("parts of a character are shown as bytes, and any part of a sequence decodes", () => {
    for (const name of ["tiny", "tiny-sentencepiece"] as const) {
      const tokenizer = huggingFaceTokenizer(tiny(name));
      const ids = tokenizer.encode("\u{1f9d1}");
      expect(ids.length).toBeGreaterThan(1);
      expect(ids.map(tokenizer.tokenText).join("").replace("<0xF0><0x9F><0xA7><0x91>", "whole").trim()).toBe("whole");
      expect(tokenizer.decode(ids)).toBe("\u{1f9d1}");
      for (let length = 0; length < ids.length; length++) expect(tokenizer.decode(ids.slice(0, length)).trim()).toMatch(/^\ufffd*$/);
      expect(tokenizer.decode([])).toBe("");
    }
  });

  test("ids outside the vocabulary show as such", () => {
    const tokenizer = huggingFaceTokenizer(tiny());
    expect(tokenizer.tokenText(5000)).toBe("<5000>");
    expect(tokenizer.decode([5000])).toBe("");
    expect(tokenizer.decode([5000, -1], { special: true })).toBe("<5000><-1>");
  });

  test("text longer than a call's arguments can be, of one word", () => {
    const tokenizer = huggingFaceTokenizer(tiny());
    const ids = tokenizer.encode("ab".repeat(100_000));
    expect(tokenizer.decode(ids)).toBe("ab".repeat(100_000));
  });
});

describe("chat templates in the files", () => {
  const template = (name: string) => ({ name, template: `${name} {{ messages[0].content }}` });
  const rendered = (config: object, own?: string) =>
    huggingFaceTokenizer({ ...tiny(), config: { eos_token: "<|im_end|>", ...config }, template: own }).chat?.render(
      [{ role: "user", content: "Hi" }],
      { addGenerationPrompt: true },
    );

  test("one, the default of several, the only one of a list, or a file of its own", () => {
    expect(rendered({ chat_template: "{{ eos_token }}" })).toBe("<|im_end|>");
    expect(rendered({ chat_template: [template("tool_use"), template("default")] })).toBe("default Hi");
    expect(rendered({ chat_template: [template("only")] })).toBe("only Hi");
    expect(rendered({ chat_template: "in the config" }, "in a file")).toBe("in a file");
    expect(rendered({})).toBeUndefined();
    expect(() => rendered({ chat_template: [template("rag"), template("tool_use")] })).toThrow(/none is named default/);
  });
});

describe("refused by name", () => {
  const refusal = (change: (files: ReturnType<typeof tiny>) => void, name: "tiny" | "tiny-sentencepiece" = "tiny") => {
    const files = tiny(name);
    change(files);
    return () => huggingFaceTokenizer(files);
  };
  const split = (value: object) => ({ type: "Split", pattern: { Regex: "a" }, behavior: "Isolated", invert: false, ...value });

  test.each<[string, RegExp, (files: ReturnType<typeof tiny>) => void]>([
    ["a model", /a Unigram model/, ({ tokenizer }) => (tokenizer.model.type = "Unigram")],
    ["dropout", /BPE dropout/, ({ tokenizer }) => (tokenizer.model.dropout = 0.1)],
    ["a normalizer", /the normalizer BertNormalizer/, ({ tokenizer }) => (tokenizer.normalizer = { type: "BertNormalizer" })],
    ["a growing normalizer", /this Replace normalizer/, ({ tokenizer }) => (tokenizer.normalizer = { type: "Replace", pattern: { String: "a" }, content: "aa" })], // biome-ignore format: one case a line
    ["a pre-tokenizer", /the pre-tokenizer Whitespace/, ({ tokenizer }) => tokenizer.pre_tokenizer.pretokenizers.unshift({ type: "Whitespace" })], // biome-ignore format: one case a line
    ["a split's behavior", /a split as MergedWithNext/, ({ tokenizer }) => tokenizer.pre_tokenizer.pretokenizers.unshift(split({ behavior: "MergedWithNext" }))], // biome-ignore format: one case a line
    ["a pattern without end", /a repeated group/, ({ tokenizer }) => tokenizer.pre_tokenizer.pretokenizers.unshift(split({ pattern: { Regex: "(a+)+b" } }))], // biome-ignore format: one case a line
    ["a decoder", /the decoder WordPiece/, ({ tokenizer }) => (tokenizer.decoder = { type: "WordPiece" })],
    ["a decoder of another kind", /does not undo/, ({ tokenizer }) => (tokenizer.pre_tokenizer = null)],
    ["a post-processor", /the post-processor BertProcessing/, ({ tokenizer }) => (tokenizer.post_processor = { type: "BertProcessing" })],
    ["whole words", /whole words only/, ({ tokenizer }) => (tokenizer.added_tokens[0].single_word = true)],
    ["a merge", /Merge 3 needs the token/, ({ tokenizer }) => (tokenizer.model.merges[3] = ["no", "such"])],
    ["an id", /Two tokens have the id 5/, ({ tokenizer }) => (tokenizer.model.vocab.extra = 5)],
    ["an added token's id", /does not fit the vocabulary/, ({ tokenizer }) => (tokenizer.added_tokens[0].id = 7)],
    ["no end", /names a token that ends a text/, (files) => (files.config = {})],
    ["no vocabulary", /has no vocabulary/, ({ tokenizer }) => (tokenizer.model.vocab = [])],
    ["no object", /its top level/, (files) => (files.tokenizer = [])],
  ])("%s", (_, message, change) => expect(refusal(change)).toThrow(message));

  test("characters that have neither a token nor bytes", () => {
    const without = refusal(({ tokenizer }) => (tokenizer.model.byte_fallback = false), "tiny-sentencepiece");
    expect(without).toThrow(/no tokens for/);
  });

  test("sequences in sequences without end", () => {
    let part: object = { type: "NFC" };
    for (let depth = 0; depth < 50_000; depth++) part = { type: "Sequence", normalizers: [part] };
    expect(refusal(({ tokenizer }) => (tokenizer.normalizer = part))).toThrow(/sequences/);
  });
});
