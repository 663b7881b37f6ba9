// What a checkpoint's tokenizer.json says, checked before any of it is used, and put in the form in which the library computes what
// the Rust tokenizers do: where its own form of a part differs (digits beyond ASCII, punctuation, Unicode's spaces), that part is
// written as a split by a pattern. Whatever has no exact form here is refused by name.
import { z } from "zod";
import { byteAlphabet, byteToken } from "./byte-spelling.ts";
import { checkedPattern } from "./split-pattern.ts";
import { broken, unsupported } from "./tokenizer-errors.ts";

const maxId = (1 << 20) - 1;
const maxMerges = 1 << 21;
const maxAddedTokens = 20_000;
const maxAddedCharacters = 400_000;
/** Of one: texts are searched for added tokens in a time that grows with the longest. */
const maxAddedLength = 256;
/** Of one kind of part, counted through sequences. */
const maxParts = 16;
const maxDepth = 3;

export interface AddedToken {
  id: number;
  content: string;
  /** Left out of decoded text. */
  special: boolean;
  lstrip: boolean;
  rstrip: boolean;
  normalized: boolean;
}

export interface CheckedTokenizer {
  /** Token by id; added ones are in it. Holes are possible. */
  tokens: (string | undefined)[];
  added: AddedToken[];
  model: { type: "BPE"; vocab: Record<string, number>; merges: [string, string][]; [option: string]: unknown };
  normalizer: unknown;
  preTokenizer: unknown;
  /** How tokens are spelt: in the byte alphabet, or in SentencePiece's with ▁ for a space. */
  spelling: "byte-level" | "sentencepiece";
  /** SentencePiece's decoders drop a space at the head of a text. */
  dropsFirstSpace: boolean;
  /** Special tokens that the post-processor puts before a text. */
  prefix: string[];
}

const part = z.looseObject({ type: z.string() }).nullish();
type Part = z.infer<typeof part>;
type KnownPart = NonNullable<Part>;

const flag = z.boolean().default(false);
const addedToken = z.object({
  id: z.number().int().min(0).max(maxId),
  content: z.string(),
  single_word: flag,
  lstrip: flag,
  rstrip: flag,
  normalized: z.boolean().optional(),
  special: flag,
});

const tokenizerJson = z.object({
  added_tokens: z.array(addedToken).max(maxAddedTokens).default([]),
  normalizer: part,
  pre_tokenizer: part,
  post_processor: part,
  decoder: part,
  model: z.object({
    type: z.string().optional(),
    vocab: z.unknown(),
    merges: z.unknown(),
    dropout: z.number().nullish(),
    unk_token: z.string().nullish(),
    continuing_subword_prefix: z.string().nullish(),
    end_of_word_suffix: z.string().nullish(),
    fuse_unk: flag,
    byte_fallback: flag,
    ignore_merges: flag,
  }),
});

/** What tokenizer_config.json adds: tokens with their flags, which win over tokenizer.json's, and which are special by role. */
export interface ConfigTokens {
  added: AddedToken[];
  special: string[];
}

/** Throws HeadstartError "broken-tokenizer" or "unsupported-tokenizer" naming what is wrong. */
export function checkTokenizerJson(json: unknown, config: ConfigTokens): CheckedTokenizer {
  const parsed = tokenizerJson.safeParse(json);
  if (!parsed.success) throw broken(`tokenizer.json is not one: ${firstIssue(parsed.error)}.`);
  const { model, normalizer, pre_tokenizer, post_processor, decoder } = parsed.data;
  const modelType = model.type ?? "BPE";
  if (modelType !== "BPE") throw unsupported(`a ${modelType.slice(0, 40)} model`);
  if (model.dropout) throw unsupported("BPE dropout");
  if (model.continuing_subword_prefix || model.end_of_word_suffix) throw unsupported("prefixes or suffixes inside words");

  const vocab = checkVocabulary(model.vocab);
  const added = mergeAdded(parsed.data.added_tokens.map(asAdded), config, vocab);
  const tokens: (string | undefined)[] = [];
  for (const [token, id] of vocab) tokens[id] = token;
  for (const { id, content } of added) tokens[id] = content;

  const { spelling, dropsFirstSpace } = readDecoder(decoder);
  const byteLevel = pieces(pre_tokenizer, "pretokenizers").some(({ type }) => type === "ByteLevel");
  if (byteLevel !== (spelling === "byte-level")) throw unsupported("a decoder that does not undo its pre-tokenizer");
  const unknown = model.unk_token ?? null;
  if (unknown !== null && !vocab.has(unknown)) throw broken("The model's unknown token is not in its vocabulary.");
  const bytes = byteLevel ? byteAlphabet : Array.from({ length: 256 }, (_, byte) => byteToken(byte));
  const everyByte = (byteLevel || model.byte_fallback) && bytes.every((token) => vocab.has(token));
  if (!everyByte && (unknown === null ? !byteLevel : model.fuse_unk))
    throw unsupported("characters it knows no tokens for, dropped or joined");

  return {
    tokens,
    added,
    // The library joins unknown tokens across words; where every byte has a token there are none.
    model: {
      ...model,
      type: "BPE",
      vocab: model.vocab as Record<string, number>,
      merges: checkMerges(model.merges, vocab),
      fuse_unk: false,
    },
    normalizer: sequence("normalizers", pieces(normalizer, "normalizers").map(exactNormalizer)),
    preTokenizer: sequence("pretokenizers", pieces(pre_tokenizer, "pretokenizers").flatMap(exactPreTokenizer)),
    spelling,
    dropsFirstSpace,
    prefix: readPrefix(post_processor),
  };
}

function asAdded({ single_word, normalized, ...token }: z.infer<typeof addedToken>): AddedToken {
  if (single_word) throw unsupported("an added token that matches whole words only");
  return { ...token, normalized: normalized ?? !token.special };
}

/** Added tokens of tokenizer_config.json, keyed by id in the file; its form is checked here. */
export function readAddedTokensDecoder(value: unknown): AddedToken[] {
  const parsed = z.record(z.string().regex(/^\d{1,7}$/), addedToken.omit({ id: true })).safeParse(value ?? {});
  if (!parsed.success) throw broken(`added_tokens_decoder in tokenizer_config.json is not one: ${firstIssue(parsed.error)}.`);
  return Object.entries(parsed.data).map(([id, token]) => asAdded({ id: Number(id), ...token }));
}

function firstIssue(error: z.ZodError): string {
  const { path, message } = error.issues[0];
  return `${path.join(".").slice(0, 80) || "its top level"}: ${message.slice(0, 200)}`;
}

function checkVocabulary(value: unknown): Map<string, number> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw broken("tokenizer.json has no vocabulary.");
  const vocab = new Map<string, number>();
  const ids = new Set<number>();
  for (const [token, id] of Object.entries(value)) {
    if (!(Number.isInteger(id) && id >= 0 && id <= maxId))
      throw broken(`The token ${JSON.stringify(token.slice(0, 40))} has no id from 0 to ${maxId}.`);
    if (ids.has(id)) throw broken(`Two tokens have the id ${id}.`);
    ids.add(id);
    vocab.set(token, id);
  }
  if (vocab.size === 0) throw broken("The vocabulary is empty.");
  return vocab;
}

/** Pairs by rank, given as "left right" or [left, right]; both and what they make must be tokens. */
function checkMerges(value: unknown, vocab: Map<string, number>): [string, string][] {
  if (!Array.isArray(value)) throw broken("tokenizer.json has no merges.");
  if (value.length > maxMerges) throw broken(`tokenizer.json has more than ${maxMerges} merges.`);
  return value.map((merge: unknown, rank) => {
    const pair: unknown[] = typeof merge === "string" ? merge.split(" ") : Array.isArray(merge) ? merge : [];
    const [left, right] = pair;
    if (pair.length !== 2 || typeof left !== "string" || typeof right !== "string") throw broken(`Merge ${rank} is not a pair of tokens.`);
    for (const token of [left, right, left + right])
      if (!vocab.has(token))
        throw broken(`Merge ${rank} needs the token ${JSON.stringify(token.slice(0, 40))}, which the vocabulary lacks.`);
    return [left, right];
  });
}

/**
 * tokenizer.json's added tokens with tokenizer_config's over them, as transformers does. New ones must come right after the last
 * id. A special token by role is special and kept whole wherever it is in the vocabulary; one that no id is known for is left out.
 */
function mergeAdded(fromJson: AddedToken[], config: ConfigTokens, vocab: Map<string, number>): AddedToken[] {
  const byContent = new Map<string, AddedToken>();
  const contents = new Map<number, string>();
  for (const [token, id] of vocab) contents.set(id, token);
  let next = maximum(vocab.values()) + 1;
  const add = (token: AddedToken) => {
    if (token.content === "") return; // never matches
    const known = byContent.get(token.content)?.id ?? vocab.get(token.content);
    const taken = contents.get(token.id);
    if ((known ?? token.id) !== token.id || (taken ?? token.content) !== token.content)
      throw broken(
        `The added token ${JSON.stringify(token.content.slice(0, 40))} has the id ${token.id}, which does not fit the vocabulary.`,
      );
    byContent.set(token.content, token);
    contents.set(token.id, token.content);
    next = Math.max(next, token.id + 1);
  };
  for (const token of fromJson) add(token);
  for (const token of [...config.added].sort((a, b) => a.id - b.id)) {
    if (token.id > next)
      throw broken(`The added token ${JSON.stringify(token.content.slice(0, 40))} has the id ${token.id}, past the end of the vocabulary.`);
    add(token);
  }
  for (const content of config.special) {
    const found = byContent.get(content);
    const id = found?.id ?? vocab.get(content);
    if (content !== "" && id !== undefined)
      byContent.set(content, { ...(found ?? { id, content, lstrip: false, rstrip: false, normalized: false }), special: true });
  }
  const added = [...byContent.values()];
  const characters = added.reduce((sum, { content }) => sum + content.length, 0);
  if (added.length > maxAddedTokens || characters > maxAddedCharacters || added.some(({ content }) => content.length > maxAddedLength))
    throw unsupported("more or longer added tokens than are taken");
  return added;
}

function maximum(values: Iterable<number>): number {
  let most = -1;
  for (const value of values) most = Math.max(most, value);
  return most;
}

/** The parts of a part: itself, or those of a sequence, sequences within it included. */
function pieces(value: Part, key: string, depth = 0): KnownPart[] {
  if (!value) return [];
  if (value.type !== "Sequence") return [value];
  if (depth > maxDepth) throw unsupported("sequences within sequences within sequences");
  const inner = z.array(part).max(maxParts).safeParse(value[key]);
  if (!inner.success) throw broken(`tokenizer.json has a sequence without ${key}, or with more than ${maxParts}.`);
  const found = inner.data.flatMap((each) => pieces(each, key, depth + 1));
  if (found.length > maxParts) throw unsupported(`more than ${maxParts} ${key}`);
  return found;
}

function sequence(key: string, parts: unknown[]): unknown {
  return parts.length === 0 ? null : { type: "Sequence", [key]: parts };
}

function exactNormalizer(value: KnownPart): unknown {
  const { type } = value;
  if (["NFC", "NFD", "NFKC", "NFKD"].includes(type)) return { type };
  if (type === "Prepend") {
    const prepend = text(value.prepend, "a Prepend normalizer");
    if (prepend.length > 16) throw unsupported("a Prepend normalizer of more than 16 characters");
    return { type, prepend };
  }
  if (type === "Replace") {
    const pattern = text((value.pattern as { String?: unknown } | undefined)?.String, "a Replace normalizer by pattern");
    const content = text(value.content, "a Replace normalizer");
    // A longer replacement could grow a text without end; $ means something else to the library.
    if (pattern === "" || content.length > pattern.length || content.includes("$")) throw unsupported("this Replace normalizer");
    return { type, pattern: { String: pattern }, content };
  }
  throw unsupported(`the normalizer ${type.slice(0, 40)}`);
}

/** GPT-2's, which ByteLevel splits by unless told not to. */
export const gpt2Pattern = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;

function exactPreTokenizer(value: KnownPart): unknown[] {
  switch (value.type) {
    case "ByteLevel":
      return [
        ...(value.add_prefix_space === false ? [] : [spacePrefix]),
        ...(value.use_regex === false ? [] : [isolated(gpt2Pattern)]),
        { type: "ByteLevel", add_prefix_space: false, use_regex: false },
      ];
    case "Digits": // the library's takes ASCII digits alone
      return [isolated(value.individual_digits ? String.raw`\p{N}` : String.raw`\p{N}+`)];
    case "Punctuation": {
      const behavior = value.behavior ?? "Isolated";
      if (behavior !== "Isolated") throw unsupported(`punctuation split as ${String(behavior).slice(0, 40)}`);
      return [isolated(String.raw`[\p{P}$+<=>^${"`"}|~]`)];
    }
    case "Split":
      return [exactSplit(value)];
    case "Metaspace": {
      const replacement = text(value.replacement ?? "▁", "a Metaspace");
      const scheme = value.prepend_scheme ?? (value.add_prefix_space === false ? "never" : "always");
      if (replacement !== "▁") throw unsupported("a Metaspace with another sign than ▁");
      if (!["always", "never", "first"].includes(scheme as string)) throw broken("tokenizer.json has a Metaspace without a scheme.");
      const metaspace = { type: "Metaspace", replacement, prepend_scheme: scheme };
      // Split before each ▁, which the library's Metaspace never does.
      return value.split === false ? [metaspace] : [metaspace, isolated("▁[^▁]*")];
    }
    default:
      throw unsupported(`the pre-tokenizer ${value.type.slice(0, 40)}`);
  }
}

function isolated(pattern: string): unknown {
  return { type: "Split", pattern: { Regex: pattern }, behavior: "Isolated", invert: false };
}

/** A space before a text that begins with none; a pre-tokenizer of the library's own. (In V8 a look-behind alone also matches inside a surrogate pair.) */
const spacePrefix = { type: "Replace", pattern: { Regex: String.raw`\A[^ ]` }, content: " $&" };

function exactSplit(value: KnownPart): unknown {
  const given = value.pattern as { Regex?: unknown; String?: unknown } | undefined;
  const behavior = text(value.behavior, "a split without a behavior");
  const invert = value.invert === true;
  // Kept matches and kept rest are the same whichever is called the match.
  const kept = behavior === "Isolated" ? { behavior, invert: false } : behavior === "Removed" ? { behavior, invert } : null;
  if (!kept) throw unsupported(`a split as ${behavior.slice(0, 40)}`);
  if (typeof given?.String === "string") {
    if (given.String === "" || given.String.length > 1000) throw unsupported("this split by text");
    return { type: "Split", pattern: { String: given.String }, ...kept };
  }
  return { type: "Split", pattern: { Regex: checkedPattern(text(given?.Regex, "a split without a pattern")) }, ...kept };
}

function text(value: unknown, what: string): string {
  if (typeof value !== "string") throw unsupported(what);
  return value;
}

function readDecoder(decoder: Part): { spelling: CheckedTokenizer["spelling"]; dropsFirstSpace: boolean } {
  const parts = pieces(decoder, "decoders");
  const names = parts.map(({ type }) => type).join(" ");
  if (names === "ByteLevel") return { spelling: "byte-level", dropsFirstSpace: false };
  const [replace, , , strip] = parts;
  const spaces = (replace?.pattern as { String?: unknown } | undefined)?.String === "▁" && replace.content === " ";
  const first = strip && strip.content === " " && strip.start === 1 && strip.stop === 0;
  if (spaces && names === "Replace ByteFallback Fuse") return { spelling: "sentencepiece", dropsFirstSpace: false };
  if (spaces && first && names === "Replace ByteFallback Fuse Strip") return { spelling: "sentencepiece", dropsFirstSpace: true };
  throw unsupported(`the decoder ${names.slice(0, 80) || "null"}`);
}

function readPrefix(postProcessor: Part): string[] {
  const prefix: string[] = [];
  for (const each of pieces(postProcessor, "processors")) {
    if (each.type === "ByteLevel") continue;
    if (each.type !== "TemplateProcessing") throw unsupported(`the post-processor ${each.type.slice(0, 40)}`);
    const single = z
      .array(z.looseObject({ SpecialToken: z.object({ id: z.string() }).optional(), Sequence: z.object({}).optional() }))
      .safeParse(each.single);
    if (!single.success) throw broken("tokenizer.json has a TemplateProcessing without a template.");
    for (const { SpecialToken, Sequence } of single.data) {
      if (Sequence) break;
      if (SpecialToken) prefix.push(SpecialToken.id);
    }
  }
  return prefix;
}
