// What a GGUF file's metadata say of the tokenizer, checked to hang together.
import type { GgufTokenizerMetadata } from "../contract/gguf-tokenizer.ts";
import { brokenFile } from "./format-errors.ts";
import type { GgufMetadata, GgufValue } from "./gguf-header.ts";

/** Null for a file without a tokenizer. */
export function ggufTokenizer(metadata: GgufMetadata, where: string): GgufTokenizerMetadata | null {
  const get = <T extends GgufValue>(key: string, is: (value: GgufValue) => value is T): T | null => {
    const value = metadata.get(key);
    if (value === undefined) return null;
    if (!is(value)) throw brokenFile("broken-gguf", where, `The metadata key ${key} has not the type that it should have.`);
    return value;
  };
  const model = get("tokenizer.ggml.model", isText);
  const tokens = get("tokenizer.ggml.tokens", isTexts);
  if (model === null || tokens === null) return null;
  const perToken = <T extends Float32Array | Int32Array>(key: string, is: (value: GgufValue) => value is T): T | null => {
    const list = get(key, is);
    if (list !== null && list.length !== tokens.length)
      throw brokenFile("broken-gguf", where, `${key} has ${list.length} entries for ${tokens.length} tokens.`);
    return list;
  };
  const id = (name: string): number | null => {
    const value = get(`tokenizer.ggml.${name}_token_id`, isWhole);
    // Some converters write 2^32 - 1 for none.
    if (value === null || value === 0xffffffff || value === -1) return null;
    if (value < 0 || value >= tokens.length)
      throw brokenFile("broken-gguf", where, `tokenizer.ggml.${name}_token_id = ${value} of ${tokens.length} tokens.`);
    return value;
  };
  return {
    model,
    pre: get("tokenizer.ggml.pre", isText),
    tokens,
    scores: perToken("tokenizer.ggml.scores", isFloats),
    tokenTypes: perToken("tokenizer.ggml.token_type", isIntegers),
    merges: get("tokenizer.ggml.merges", isTexts),
    bosTokenId: id("bos"),
    eosTokenId: id("eos"),
    eotTokenId: id("eot"),
    padTokenId: id("padding"),
    unknownTokenId: id("unknown"),
    addBosToken: get("tokenizer.ggml.add_bos_token", isBoolean),
    addSpacePrefix: get("tokenizer.ggml.add_space_prefix", isBoolean),
    chatTemplate: get("tokenizer.chat_template", isText),
  };
}

const isText = (value: GgufValue): value is string => typeof value === "string";
const isTexts = (value: GgufValue): value is string[] => Array.isArray(value);
const isFloats = (value: GgufValue): value is Float32Array => value instanceof Float32Array;
const isIntegers = (value: GgufValue): value is Int32Array => value instanceof Int32Array;
const isBoolean = (value: GgufValue): value is boolean => typeof value === "boolean";
const isWhole = (value: GgufValue): value is number => Number.isInteger(value);
