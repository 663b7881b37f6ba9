// The tokenizer of a GGUF file, rebuilt as the tokenizer.json that its model was published with. GGUF keeps the vocabulary, the
// merges and the name of a pre-tokenizer ("pre"); what that name stands for is llama.cpp's knowledge (src/llama-vocab.cpp), the
// normalizer that of the published tokenizers. transformers 5 ignores "smollm" and reads such a file with GPT-2's pre-tokenizer,
// which differs where several spaces stand before a digit.
import type { GgufTokenizerMetadata } from "../contract/gguf-tokenizer.ts";
import { broken, unsupported } from "./tokenizer-errors.ts";
import { gpt2Pattern } from "./tokenizer-json.ts";

export interface RebuiltTokenizer {
  /** As tokenizer.json, tokenizer_config.json and generation_config's eos_token_id: what huggingFaceTokenizer takes. */
  tokenizer: Record<string, unknown>;
  config: Record<string, unknown>;
  eosTokenIds: number[];
}

const contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const rest = String.raw` ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
const llama3Pattern = String.raw`${contractions}|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|${rest}`;
const qwen2Pattern = String.raw`${contractions}|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|${rest}`;

interface PreTokenizer {
  patterns: string[];
  normalizer?: { type: string };
  /** A word that is a token stays one, whatever the merges make of it. */
  ignoreMerges?: boolean;
  addBos?: boolean;
}

const llama3: PreTokenizer = { patterns: [llama3Pattern], ignoreMerges: true, addBos: true };
const qwen2: PreTokenizer = { patterns: [qwen2Pattern], normalizer: { type: "NFC" } };
export const preTokenizers: Record<string, PreTokenizer> = {
  "gpt-2": { patterns: [gpt2Pattern] },
  smollm: { patterns: [String.raw`\p{N}`, gpt2Pattern] },
  "llama-bpe": llama3,
  llama3,
  "llama-v3": llama3,
  qwen2,
  "deepseek-r1-qwen": qwen2,
  default: { patterns: [String.raw`[\p{P}\$\+<=>\^~\|]+`, gpt2Pattern, String.raw`\p{N}+`, "[0-9][0-9][0-9]"] },
};

/** llama.cpp's token types. */
export const tokenType = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 };

/** Throws HeadstartError "unsupported-tokenizer" for another model or pre-tokenizer, by name, and "broken-tokenizer". */
export function ggufTokenizer(metadata: GgufTokenizerMetadata): RebuiltTokenizer {
  const { tokens, tokenTypes } = metadata;
  if (tokenTypes && tokenTypes.length !== tokens.length) throw broken("The GGUF file has another number of token types than of tokens.");
  const vocab = new Map(tokens.map((token, id) => [token, id]));
  if (vocab.size !== tokens.length) throw broken("The GGUF file's vocabulary has a token twice.");
  const added = tokens.flatMap((content, id) => {
    const kind = tokenTypes?.[id];
    const whole = kind === tokenType.control || kind === tokenType.unknown || kind === tokenType.userDefined;
    return whole
      ? [{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: kind !== tokenType.userDefined }]
      : [];
  });
  const parts = metadata.model === "gpt2" ? byteLevel(metadata) : metadata.model === "llama" ? sentencePiece(metadata, vocab) : null;
  if (!parts) throw unsupported(`the GGUF tokenizer model ${JSON.stringify(metadata.model.slice(0, 40))}`);

  const named = (id: number | null) => {
    if (id === null) return null;
    if (tokens[id] === undefined) throw broken(`The GGUF file names the token ${id}, and its vocabulary has ${tokens.length}.`);
    return tokens[id];
  };
  const { model, normalizer, preTokenizer, decoder, addBos } = parts;
  return {
    tokenizer: {
      version: "1.0",
      added_tokens: added,
      normalizer,
      pre_tokenizer: preTokenizer,
      post_processor: null,
      decoder,
      model: { type: "BPE", vocab: Object.fromEntries(vocab), ...model },
    },
    config: {
      bos_token: named(metadata.bosTokenId),
      eos_token: named(metadata.eosTokenId),
      pad_token: named(metadata.padTokenId),
      unk_token: named(metadata.unknownTokenId),
      add_bos_token: metadata.addBosToken ?? addBos,
      chat_template: metadata.chatTemplate,
    },
    eosTokenIds: [metadata.eosTokenId, metadata.eotTokenId].filter((id): id is number => id !== null && named(id) !== null),
  };
}

interface Parts {
  model: Record<string, unknown>;
  normalizer: unknown;
  preTokenizer: unknown;
  decoder: unknown;
  addBos: boolean;
}

function byteLevel({ pre, merges }: GgufTokenizerMetadata): Parts {
  if (pre === null) throw unsupported("no name for its pre-tokenizer: the GGUF file was written before such names were");
  const known = Object.hasOwn(preTokenizers, pre) ? preTokenizers[pre] : null;
  if (!known) throw unsupported(`the GGUF pre-tokenizer ${JSON.stringify(pre.slice(0, 40))}`);
  if (!merges) throw broken("The GGUF file has no merges.");
  const splits = known.patterns.map((pattern) => ({ type: "Split", pattern: { Regex: pattern }, behavior: "Isolated", invert: false }));
  return {
    model: { merges, ignore_merges: known.ignoreMerges ?? false },
    normalizer: known.normalizer ?? null,
    preTokenizer: {
      type: "Sequence",
      pretokenizers: [...splits, { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false }],
    },
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    addBos: known.addBos ?? false,
  };
}

/** Llama 2's: spaces as ▁, one put before each text, BPE over whole texts, bytes where there is no token. */
function sentencePiece(metadata: GgufTokenizerMetadata, vocab: Map<string, number>): Parts {
  const merges = metadata.merges ?? mergesByScore(metadata, vocab);
  const prefixed = metadata.addSpacePrefix ?? true;
  const strip = prefixed ? [{ type: "Strip", content: " ", start: 1, stop: 0 }] : [];
  return {
    model: { merges, byte_fallback: true, unk_token: metadata.unknownTokenId === null ? null : metadata.tokens[metadata.unknownTokenId] },
    normalizer: {
      type: "Sequence",
      normalizers: [...(prefixed ? [{ type: "Prepend", prepend: "▁" }] : []), { type: "Replace", pattern: { String: " " }, content: "▁" }],
    },
    preTokenizer: null,
    decoder: {
      type: "Sequence",
      decoders: [{ type: "Replace", pattern: { String: "▁" }, content: " " }, { type: "ByteFallback" }, { type: "Fuse" }, ...strip],
    },
    addBos: true,
  };
}

/** SentencePiece merges whichever two neighbours make the token of the highest score: those pairs, in that order. */
function mergesByScore({ tokens, scores, tokenTypes }: GgufTokenizerMetadata, vocab: Map<string, number>): [string, string][] {
  if (scores?.length !== tokens.length) throw broken("The GGUF file has neither merges nor a score for each token.");
  const merges: { left: string; right: string; score: number }[] = [];
  for (const [id, token] of tokens.entries()) {
    const kind = tokenTypes?.[id];
    if (kind === tokenType.control || kind === tokenType.unknown || kind === tokenType.byte) continue;
    if (token.length > maxPiece) throw unsupported(`a token of ${token.length} characters`);
    for (let at = 1; at < token.length; at++) {
      const [left, right] = [token.slice(0, at), token.slice(at)];
      if (vocab.has(left) && vocab.has(right)) merges.push({ left, right, score: scores[id] });
    }
  }
  return merges.sort((a, b) => b.score - a.score || b.left.length - a.left.length).map(({ left, right }) => [left, right]);
}

/** SentencePiece makes none of more than 16 characters unless told to. */
const maxPiece = 256;
