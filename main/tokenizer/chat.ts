// A problem and a response as token ids with a loss mask: what the model reads is masked, what it must write is not. With a chat
// template a prompt is a conversation; without one it is plain text.
import { HeadstartError } from "../contract/errors.ts";
import type { Message } from "../contract/message.ts";
import type { ChatTemplate, Tokenizer } from "./tokenizer.ts";

export interface EncodedExample {
  ids: number[];
  /** Tokens of the prompt at the head of ids; the loss covers the rest. */
  promptLength: number;
}

/** What the model reads before it writes. Throws HeadstartError for messages without a template to write them. */
export function encodePrompt(tokenizer: Tokenizer, prompt: string | readonly Message[]): number[] {
  if (!tokenizer.chat) return [...tokenizer.prefixIds, ...tokenizer.encode(plainPrompt(prompt) + tokenizer.promptSuffix)];
  return tokenizer.encode(tokenizer.chat.render(conversation(prompt), { addGenerationPrompt: true }));
}

/**
 * Prompt, response and what ends it: the response and its end are trained, nothing else. The ids are those of the whole text (with a template: of
 * the whole rendered conversation up to the end of the turn) where that begins with the prompt's ids and goes on with the response
 * as it is. Templates may rewrite an answer (Llama 3 trims it, Qwen3 adds an empty <think>), and a token may reach over the border;
 * then, as in generation, the response's own tokens and eosId follow the prompt's.
 */
export function encodeExample(tokenizer: Tokenizer, prompt: string | readonly Message[], response: string): EncodedExample {
  const promptIds = encodePrompt(tokenizer, prompt);
  const whole = tokenizer.chat
    ? wholeConversation(tokenizer, tokenizer.chat, conversation(prompt), response)
    : [...tokenizer.prefixIds, ...tokenizer.encode(plainPrompt(prompt) + tokenizer.promptSuffix + response), tokenizer.eosId];
  const fits = whole !== null && whole.length > promptIds.length && promptIds.every((id, i) => whole[i] === id);
  return { ids: fits ? whole : [...promptIds, ...tokenizer.encode(response), tokenizer.eosId], promptLength: promptIds.length };
}

/** Ids of the rendered conversation up to the end of the response's turn; null where its text is not prompt + response + that end. */
function wholeConversation(tokenizer: Tokenizer, chat: ChatTemplate, messages: readonly Message[], response: string): number[] | null {
  const prompt = chat.render(messages, { addGenerationPrompt: true });
  const whole = chat.render([...messages, { role: "assistant", content: response }], { addGenerationPrompt: false });
  if (!whole.startsWith(prompt + response)) return null;
  const ids = tokenizer.encode(whole);
  const end = ids.lastIndexOf(tokenizer.eosId);
  return end < 0 || tokenizer.decode(ids.slice(end + 1), { special: true }).trim() !== "" ? null : ids.slice(0, end + 1);
}

function conversation(prompt: string | readonly Message[]): readonly Message[] {
  return typeof prompt === "string" ? [{ role: "user", content: prompt }] : prompt;
}

function plainPrompt(prompt: string | readonly Message[]): string {
  if (typeof prompt === "string") return prompt;
  throw new HeadstartError({
    code: "no-chat-template",
    where: "tokenizer",
    message: "The prompt is a conversation, and this checkpoint's tokenizer has no chat template.",
    hint: "Give the prompt as text, or choose a checkpoint that was trained on conversations.",
  });
}
