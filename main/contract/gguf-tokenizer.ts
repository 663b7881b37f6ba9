// What a GGUF file says of its tokenizer (its metadata tokenizer.ggml.* and tokenizer.chat_template), as main/formats reads it
// and main/tokenizer rebuilds a tokenizer from it. Null where the file does not say.

/** Parallel to `tokens`: scores, tokenTypes. Ids are below tokens.length. */
export interface GgufTokenizerMetadata {
  /** "gpt2" (byte-level BPE), "llama" (SentencePiece), … */
  model: string;
  /** Which pre-tokenizer splits the text before BPE: "qwen2", "llama-bpe", "smollm", "default", … */
  pre: string | null;
  tokens: string[];
  scores: Float32Array | null;
  /** llama.cpp's types: 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte. */
  tokenTypes: Int32Array | null;
  /** "left right" pairs by rank. */
  merges: string[] | null;
  bosTokenId: number | null;
  eosTokenId: number | null;
  eotTokenId: number | null;
  padTokenId: number | null;
  unknownTokenId: number | null;
  addBosToken: boolean | null;
  addSpacePrefix: boolean | null;
  chatTemplate: string | null;
}
