// Text ↔ token ids behind one interface: the built-in vocabulary (built-in.ts), or the tokenizer that came with a checkpoint
// (hugging-face.ts, also for what gguf-tokenizer.ts rebuilds).
import type { Message } from "../contract/message.ts";

export interface ChatTemplate {
  /**
   * The conversation as the model was trained to read it; with addGenerationPrompt up to where the assistant is to write.
   * Throws HeadstartError where the template refuses the conversation, fails, or writes without end.
   */
  render(messages: readonly Message[], options: { addGenerationPrompt: boolean }): string;
}

export interface Tokenizer {
  /** One more than the highest id; the model's own vocabulary may be larger (padded). */
  readonly vocabSize: number;
  readonly padId: number;
  /** What training ends a response with. */
  readonly eosId: number;
  /** Any of these ends a generation; eosId is among them. */
  readonly stopIds: readonly number[];
  /** What is put before a plain text that begins a sequence (Llama's begin-of-text); empty for most. */
  readonly prefixIds: readonly number[];
  /** What stands between a plain prompt and its response: a newline in the built-in format, nothing for others. */
  readonly promptSuffix: string;
  /** Null: the tokenizer knows no conversations, prompts are plain text. */
  readonly chat: ChatTemplate | null;
  /**
   * Ids of plain text, nothing added: transformers' encode with add_special_tokens=False. Special tokens written out in the text
   * (`<think>`, `<|im_end|>`) are recognised wherever the text came from. Throws HeadstartError for what cannot be encoded.
   */
  encode(text: string): number[];
  /**
   * Text of ids; special tokens are left out unless asked for. Any part of a sequence decodes: bytes that are no character (yet)
   * show as U+FFFD.
   */
  decode(ids: ArrayLike<number>, options?: { special?: boolean }): string;
  /** How one token is shown to a person; bytes that are part of a character as `<0xE4>`. */
  tokenText(id: number): string;
}
