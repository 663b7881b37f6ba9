// A checkpoint's own tokenizer: tokenizer.json, tokenizer_config.json, the chat template and what generation_config says of ends,
// behind the project's interface. The ids are transformers' (held on a megabyte of mixed text); the library encodes, decoding is
// here, since it must take any part of a sequence. Files are read elsewhere: this takes parsed JSON.
import { Tokenizer as LibraryTokenizer } from "@huggingface/tokenizers";
import { z } from "zod";
import { HeadstartError } from "../contract/errors.ts";
import { byteOfToken, decodeBytes, decodeStrictly, readableBytes, spelledBytes, utf8 } from "./byte-spelling.ts";
import { chatTemplate } from "./chat-template.ts";
import type { ChatTemplate, Tokenizer } from "./tokenizer.ts";
import { broken } from "./tokenizer-errors.ts";
import { type AddedToken, type CheckedTokenizer, checkTokenizerJson, readAddedTokensDecoder } from "./tokenizer-json.ts";

/** Parsed JSON, or null where the file is not there. */
export interface TokenizerSource {
  tokenizer: unknown;
  /** tokenizer_config.json */
  config?: unknown;
  /** special_tokens_map.json: roles that tokenizer_config.json leaves open. */
  specialTokensMap?: unknown;
  /** chat_template.jinja, which wins over the template in tokenizer_config.json. */
  template?: string | null;
  /** generation_config.json's eos_token_id. */
  eosTokenIds?: readonly number[];
}

/**
 * eosId is what the chat template ends an assistant's turn with, else the tokenizer's eos_token, else the first of eosTokenIds.
 * padId is pad_token's, or eosId where the vocabulary has none: padding is masked wherever it is put.
 * Bytes that a byte-level vocabulary has no token for (SmolLM2's lacks six control characters) are left out, as transformers does.
 * Clean-up of spaces (clean_up_tokenization_spaces) is never applied to decoded text: it would change code and mathematics.
 * Throws HeadstartError "broken-tokenizer", "unsupported-tokenizer" or "broken-chat-template".
 */
export function huggingFaceTokenizer(source: TokenizerSource): Tokenizer {
  const config = readConfig(source);
  const special = [...config.special.values(), ...config.additional];
  const checked = checkTokenizerJson(source.tokenizer, { added: config.added, special });
  const idOf = (content: string | undefined) => {
    const id = content === undefined ? -1 : checked.tokens.indexOf(content);
    return id < 0 ? null : id;
  };
  const encode = encoder(checked);
  for (const id of source.eosTokenIds ?? [])
    if (!Number.isInteger(id) || id < 0) throw broken(`generation_config.json names ${String(id).slice(0, 20)} as an end of text.`);

  const chat = config.template === null ? null : chatTemplate(config.template, Object.fromEntries(config.special));
  const ends = [turnEnd(chat, encode, checked), idOf(config.special.get("eos_token")), ...(source.eosTokenIds ?? [])];
  const stopIds = [...new Set(ends.filter((id): id is number => id !== null))];
  if (stopIds.length === 0) throw broken("Neither tokenizer_config.json nor generation_config.json names a token that ends a text.");

  const bos = config.special.get("bos_token");
  const prefix = config.addBos === null ? checked.prefix : config.addBos && bos !== undefined ? [bos] : [];
  const prefixIds = prefix.map((content) => {
    const id = idOf(content);
    if (id === null) throw broken(`The token ${JSON.stringify(content.slice(0, 40))}, put before every text, is not in the vocabulary.`);
    return id;
  });
  return {
    vocabSize: checked.tokens.length,
    padId: idOf(config.special.get("pad_token")) ?? stopIds[0],
    eosId: stopIds[0],
    stopIds,
    prefixIds,
    promptSuffix: "",
    chat,
    encode,
    ...spellingOf(checked),
  };
}

const token = z.union([z.string(), z.looseObject({ content: z.string() })]).nullish();
const roles = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"] as const;
const configSchema = z.looseObject({
  ...(Object.fromEntries(roles.map((role) => [role, token])) as Record<(typeof roles)[number], typeof token>),
  additional_special_tokens: z.array(token).nullish(),
  extra_special_tokens: z.union([z.array(token), z.record(z.string(), token)]).nullish(),
  add_bos_token: z.boolean().nullish(),
  chat_template: z.union([z.string(), z.array(z.object({ name: z.string(), template: z.string() }))]).nullish(),
});

interface Config {
  special: Map<string, string>;
  additional: string[];
  added: AddedToken[];
  addBos: boolean | null;
  template: string | null;
}

/** tokenizer_config.json with special_tokens_map.json under it and the chosen template. Throws "broken-tokenizer". */
export function readConfig({ config, specialTokensMap, template }: TokenizerSource): Config {
  const read = (value: unknown, file: string) => {
    const parsed = configSchema.safeParse(value ?? {});
    if (parsed.success) return parsed.data;
    const { path, message } = parsed.error.issues[0];
    throw broken(`${file} is not one: ${path.join(".").slice(0, 80) || "its top level"}: ${message.slice(0, 200)}.`);
  };
  const own = read(config, "tokenizer_config.json");
  const map = read(specialTokensMap, "special_tokens_map.json");
  const content = (value: z.infer<typeof token>) => (typeof value === "string" ? value : (value?.content ?? ""));
  const special = new Map<string, string>();
  for (const role of roles) {
    const found = content(own[role]) || content(map[role]);
    if (found) special.set(role, found);
  }
  const extra = [own.additional_special_tokens, own.extra_special_tokens, map.additional_special_tokens].flatMap((list) =>
    Object.values(list ?? {}).map(content),
  );
  return {
    special,
    additional: extra,
    added: readAddedTokensDecoder(own.added_tokens_decoder),
    addBos: own.add_bos_token ?? null,
    template: template ?? chosenTemplate(own.chat_template ?? null),
  };
}

/** One of several templates: the one named default, as transformers takes where there are no tools. */
function chosenTemplate(given: string | { name: string; template: string }[] | null): string | null {
  if (!Array.isArray(given)) return given;
  const found = given.length === 1 ? given[0] : given.find(({ name }) => name === "default");
  if (given.length > 0 && !found) throw broken("tokenizer_config.json has several chat templates, and none is named default.");
  return found?.template ?? null;
}

function encoder(checked: CheckedTokenizer): (text: string) => number[] {
  let library: LibraryTokenizer;
  try {
    library = new LibraryTokenizer(
      {
        added_tokens: checked.added,
        normalizer: checked.normalizer,
        pre_tokenizer: checked.preTokenizer,
        model: checked.model,
        decoder: null,
        post_processor: null,
      },
      {},
    );
  } catch (thrown) {
    throw broken(`The tokenizer cannot be built: ${(thrown as Error).message.slice(0, 200)}.`);
  }
  (library.model as unknown as { cache: WordCache }).cache = new WordCache();
  return (text) => {
    try {
      return library.encode(text, { add_special_tokens: false }).ids;
    } catch (thrown) {
      const message = `A text of ${text.length} characters cannot be encoded: ${(thrown as Error).message.slice(0, 200)}.`;
      throw new HeadstartError(
        { code: "encoding-failed", where: "tokenizer", message, hint: "Give shorter texts; if this one is short, report it as a defect." },
        { cause: thrown },
      );
    }
  };
}

/**
 * Words and their tokens, in place of the library's cache, which moves each word to the end of its map as it is read: a quarter of
 * the time of encoding. Emptied when full.
 */
class WordCache {
  private readonly words = new Map<string, string[]>();
  get(word: string): string[] | undefined {
    return this.words.get(word);
  }
  put(word: string, tokens: string[]): void {
    if (this.words.size >= 50_000) this.words.clear();
    this.words.set(word, tokens);
  }
}

/** The special token right after an assistant's words in a rendered conversation; null where there is none. */
function turnEnd(chat: ChatTemplate | null, encode: (text: string) => number[], { added }: CheckedTokenizer): number | null {
  const words = "Certainly";
  let text: string;
  try {
    text =
      chat?.render(
        [
          { role: "user", content: "Hello" },
          { role: "assistant", content: words },
        ],
        { addGenerationPrompt: false },
      ) ?? "";
  } catch {
    return null; // a template that takes no plain turn of user and assistant: the tokenizer's own end stands
  }
  const after = text.slice(text.lastIndexOf(words) + words.length).trimStart();
  const [first] = text.includes(words) && after !== "" ? encode(after) : [];
  return added.some(({ id, special }) => special && id === first) ? first : null;
}

function spellingOf({ tokens, added, spelling, dropsFirstSpace }: CheckedTokenizer): Pick<Tokenizer, "decode" | "tokenText"> {
  const addedById = new Map(added.map((each) => [each.id, each]));
  const bytesOf = (id: number): Uint8Array => {
    const content = tokens[id] ?? `<${id}>`;
    if (addedById.has(id) || tokens[id] === undefined) return utf8(content);
    if (spelling === "byte-level") return spelledBytes(content);
    const byte = byteOfToken(content);
    return byte === null ? utf8(content.replaceAll("▁", " ")) : Uint8Array.of(byte);
  };
  const cache: Uint8Array[] = [];
  const bytes = (id: number) => {
    cache[id] ??= bytesOf(id);
    return cache[id];
  };
  const isByte = (id: number) => spelling === "sentencepiece" && !addedById.has(id) && byteOfToken(tokens[id] ?? "") !== null;

  return {
    decode(ids, { special = false } = {}) {
      const kept = Array.from(ids).filter((id) => special || (tokens[id] !== undefined && !addedById.get(id)?.special));
      if (spelling === "byte-level") return decodeBytes(concatenated(kept.map(bytes)));
      let text = "";
      for (let i = 0; i < kept.length; ) {
        let end = i;
        while (end < kept.length && isByte(kept[end])) end++;
        // Bytes that together are no text give one sign each, as in the Rust decoder.
        if (end > i) text += decodeStrictly(concatenated(kept.slice(i, end).map(bytes))) ?? "\ufffd".repeat(end - i);
        else text += decodeBytes(bytes(kept[end++]));
        i = end;
      }
      return dropsFirstSpace && text.startsWith(" ") ? text.slice(1) : text;
    },
    tokenText: (id) => readableBytes(bytes(id)),
  };
}

function concatenated(parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
