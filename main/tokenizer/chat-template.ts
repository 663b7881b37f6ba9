// A checkpoint's own chat template (Jinja, as transformers' apply_chat_template renders it), behind the tokenizer's interface.
import { Template } from "@huggingface/jinja";
import { HeadstartError } from "../contract/errors.ts";
import { TemplateInterpreter, TemplateLimit, TemplateRefusal } from "./template-interpreter.ts";
import type { ChatTemplate } from "./tokenizer.ts";

const maxCharacters = 128 * 1024;
const hint = "Choose a checkpoint whose chat template works, or give the prompt as plain text.";

/**
 * specialTokens: bos_token, eos_token, … as templates name them. strftime_now gives today's date, as it does in transformers, so a
 * template that prints it (Llama 3.2) makes prompts that change by the day.
 * Throws HeadstartError for what is no template; rendering throws it too, within some seconds at most.
 */
export function chatTemplate(source: string, specialTokens: Record<string, string>, now: () => Date = () => new Date()): ChatTemplate {
  const program = parse(source);
  return {
    render(messages, { addGenerationPrompt }) {
      const variables = {
        messages: messages.map(({ role, content }) => ({ role, content })),
        add_generation_prompt: addGenerationPrompt,
        tools: null,
        documents: null,
        strftime_now: (format: string) => strftime(now(), format),
        ...specialTokens,
      };
      try {
        return new TemplateInterpreter(program, variables).render();
      } catch (thrown) {
        throw renderingError(thrown as Error);
      }
    },
  };
}

function parse(source: string): Template["parsed"] {
  const broken = (message: string, cause?: unknown) =>
    new HeadstartError({ code: "broken-chat-template", where: "chat template", message, hint }, { cause });
  if (source.length > maxCharacters) throw broken(`The chat template has ${source.length} characters, more than ${maxCharacters}.`);
  // The library's lexer takes a time that grows with the square of such a run.
  if (/\s{2000}/.test(source)) throw broken("The chat template has a run of more than 2000 spaces.");
  try {
    return new Template(source).parsed;
  } catch (thrown) {
    throw broken(`The chat template cannot be read: ${(thrown as Error).message}.`, thrown);
  }
}

function renderingError(thrown: Error): HeadstartError {
  const record = (code: string, message: string) => new HeadstartError({ code, where: "chat template", message, hint }, { cause: thrown });
  if (thrown instanceof TemplateRefusal)
    return record("chat-template-refused", `The chat template refuses this conversation: ${thrown.message.slice(0, 500)}`);
  if (thrown instanceof TemplateLimit) return record("chat-template-limit", `The chat template was ended: ${thrown.message}.`);
  return record("chat-template-failed", `The chat template failed: ${thrown.message.slice(0, 500)}.`);
}

const months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** Python's strftime in the C locale, local time. */
function strftime(date: Date, format: string): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const parts: Record<string, string> = {
    Y: String(date.getFullYear()),
    y: two(date.getFullYear() % 100),
    m: two(date.getMonth() + 1),
    d: two(date.getDate()),
    B: months[date.getMonth()],
    b: months[date.getMonth()].slice(0, 3),
    A: days[date.getDay()],
    a: days[date.getDay()].slice(0, 3),
    H: two(date.getHours()),
    I: two(date.getHours() % 12 || 12),
    M: two(date.getMinutes()),
    S: two(date.getSeconds()),
    p: date.getHours() < 12 ? "AM" : "PM",
    "%": "%",
  };
  return format.replace(/%(.)/g, (directive, letter: string) => {
    if (parts[letter] === undefined) throw new Error(`strftime_now does not know ${directive}`);
    return parts[letter];
  });
}
