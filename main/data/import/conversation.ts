// Conversations in the two forms that datasets have: messages (role and content) and ShareGPT (from and value).
import type { Message } from "../../contract/message.ts";
import { clip, parseJson, RowError } from "./row-reader.ts";

const roles: Record<string, Message["role"]> = {
  system: "system",
  user: "user",
  human: "user",
  assistant: "assistant",
  gpt: "assistant",
  chatgpt: "assistant",
  model: "assistant",
};

export interface Conversation {
  /** Up to the last assistant turn. */
  messages: Message[];
  response: string | null;
}

export const isConversation = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((turn) => typeof turn === "object" && turn !== null && ("role" in turn || "from" in turn));

/** Content is text, or a list of parts of text. */
function contentOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (Array.isArray(content)) return content.map((part) => (typeof part === "string" ? part : textPart(part))).join("");
  throw new RowError("a turn of the conversation has no text");
}

function textPart(part: unknown): string {
  const { type, text } = (part ?? {}) as { type?: unknown; text?: unknown };
  if (typeof text !== "string")
    throw new RowError(`a turn of the conversation has a part of type ${clip(String(type), 40)}; only text is supported`);
  return text;
}

/** A list of turns, or JSON text of one. Throws a RowError for what cannot be told as user, assistant and system. */
export function readConversation(value: unknown): Conversation {
  const turns = typeof value === "string" ? parseJson(value) : value;
  if (!Array.isArray(turns) || turns.length === 0) throw new RowError("the conversation is not a list of turns");
  const messages = turns.map((turn): Message => {
    if (typeof turn !== "object" || turn === null) throw new RowError("a turn of the conversation is not an object");
    const { role, from, content, value } = turn as Record<string, unknown>;
    const said = String(role ?? from);
    if (!Object.hasOwn(roles, said))
      throw new RowError(`a turn of the conversation is by "${clip(said, 40)}"; only system, user and assistant are supported`);
    return { role: roles[said], content: contentOf(content ?? value) };
  });
  const last = messages[messages.length - 1];
  const answered = last.role === "assistant";
  const before = answered ? messages.slice(0, -1) : messages;
  if (!before.some(({ role }) => role === "user")) throw new RowError("the conversation has no user turn");
  return { messages: before, response: answered ? last.content : null };
}
