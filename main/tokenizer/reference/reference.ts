// The committed reference (make_tokenizers.py), the small tokenizers trained with it, and what tests compare by.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Message } from "../../contract/message.ts";
import type { Tokenizer } from "../tokenizer.ts";

export interface TemplateCase {
  conversation: number;
  addGenerationPrompt: boolean;
  text?: string;
  error?: string;
}

interface Json {
  // biome-ignore lint/suspicious/noExplicitAny: parsed JSON that tests change as they like
  [key: string]: any;
}

interface Reference {
  corpus: string;
  tokenizers: Record<string, { change: Json; ids: string; decoded: string; parts: string }>;
  smollm2: { digits: string; plain: string; chat: TemplateCase[] };
  conversations: Message[][];
  templates: Record<string, { template: string; cases: TemplateCase[] }>;
}

const read = (name: string) => JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8"));

export const reference: Reference = read("./reference.json");

/** A fresh copy of a small tokenizer's files; "tiny" is byte-level BPE with a chat template, the other Llama 2's form. */
export function tiny(name: "tiny" | "tiny-sentencepiece" = "tiny"): { tokenizer: Json; config: Json } {
  return { tokenizer: read(`./${name}/tokenizer.json`), config: read(`./${name}/tokenizer_config.json`) };
}

/** The files of a tokenizer named in the reference: a small one with its change. */
export function changed(name: string): { tokenizer: Json; config: Json } {
  const { change } = reference.tokenizers[name];
  const files = tiny(/sentencepiece|metaspace/.test(name) ? "tiny-sentencepiece" : "tiny");
  return { ...files, tokenizer: { ...files.tokenizer, ...change, model: { ...files.tokenizer.model, ...change.model } } };
}

export function hashOf(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex").slice(0, 8);
}

export function idsHash(ids: readonly number[]): string {
  return hashOf(new Uint8Array(Uint32Array.from(ids).buffer));
}

/** Which of the texts a tokenizer encodes otherwise than the hashes say: their indices. */
export function differing(tokenizer: Tokenizer, texts: string[], hashes: string, every = 1): number[] {
  const indices = texts.map((_, i) => i).filter((i) => i % every === 0);
  return indices.filter((i) => idsHash(tokenizer.encode(texts[i])) !== hashAt(hashes, i));
}

export function hashAt(hashes: string, index: number): string {
  return hashes.slice(8 * index, 8 * index + 8);
}
