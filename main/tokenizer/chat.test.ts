// What the model reads and what it is trained to write, on hand-worked ids and texts.
import { describe, expect, test } from "vitest";
import type { Message } from "../contract/message.ts";
import { builtInTokenizer } from "./built-in.ts";
import { encodeExample, encodePrompt } from "./chat.ts";
import { huggingFaceTokenizer } from "./hugging-face.ts";
import { reference, tiny } from "./reference/reference.ts";
import type { Tokenizer } from "./tokenizer.ts";

const withTemplate = (template: string | null) =>
  huggingFaceTokenizer({ ...tiny(), template, config: { ...tiny().config, chat_template: null } });
const chatml = huggingFaceTokenizer(tiny());
const thoughts = withTemplate(reference.templates.thoughts.template);
const question: Message[] = [{ role: "user", content: "2+2?" }];

/** An example as text, what is trained in brackets. */
function shown(tokenizer: Tokenizer, prompt: string | readonly Message[], response: string): string {
  const { ids, promptLength } = encodeExample(tokenizer, prompt, response);
  expect(ids.slice(0, promptLength)).toEqual(encodePrompt(tokenizer, prompt));
  const text = (part: number[]) => tokenizer.decode(part, { special: true });
  return `${text(ids.slice(0, promptLength))}[${text(ids.slice(promptLength))}]`;
}

describe("the built-in vocabulary", () => {
  test("is the prompt, a newline, the response and its end", () => {
    // Characters follow six special tokens: newline is 6, a space 7, "1" 24.
    expect(encodeExample(builtInTokenizer, "1+1=", "2")).toEqual({ ids: [24, 18, 24, 36, 6, 25, 1], promptLength: 5 });
  });

  test("takes no conversation", () => {
    expect(() => encodePrompt(builtInTokenizer, question)).toThrow(/no chat template/);
  });
});

describe("with a chat template", () => {
  test("a prompt as text is a user's turn", () => {
    expect(encodePrompt(chatml, "2+2?")).toEqual(encodePrompt(chatml, question));
    expect(chatml.decode(encodePrompt(chatml, question), { special: true })).toBe(
      "<|im_start|>system\nAnswer in few words.<|im_end|>\n<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n",
    );
  });

  test("the response and its end are trained, and the ids are those of the whole conversation", () => {
    const conversation: Message[] = [
      { role: "system", content: "S" },
      { role: "user", content: "a" },
      { role: "assistant", content: "b" },
      ...question,
    ];
    expect(shown(chatml, conversation, "4, of course.")).toBe(
      "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\na<|im_end|>\n<|im_start|>assistant\nb<|im_end|>\n<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n[4, of course.<|im_end|>]",
    );
    const whole = chatml.chat!.render([...conversation, { role: "assistant", content: "4, of course." }], { addGenerationPrompt: false });
    expect(encodeExample(chatml, conversation, "4, of course.").ids).toEqual(chatml.encode(whole.trimEnd()));
  });

  test("a token that would reach over the border is cut there, as in generation", () => {
    const { ids, promptLength } = encodeExample(chatml, question, "\n4");
    expect(ids.slice(promptLength)).toEqual([...chatml.encode("\n4"), chatml.eosId]);
    expect(chatml.encode("assistant\n\n4").length).toBeLessThan(chatml.encode("assistant\n").length + chatml.encode("\n4").length);
  });

  test("where the template would add a thought to the answer, the answer stays as it is", () => {
    expect(shown(thoughts, question, "4")).toBe("<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n[4<|im_end|>]");
    const response = "<think>\nTwo and two.\n</think>\n\n4";
    expect(shown(thoughts, question, response)).toBe(`<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n[${response}<|im_end|>]`);
  });

  test("where the template trims or leaves out a thought, the response is trained whole", () => {
    const dated = withTemplate(reference.templates.dated.template);
    expect(shown(dated, question, " 4\n")).toMatch(/<h>assistant<\/h>\n\n\[ 4\n<\|im_end\|>\]$/);
    const inside = withTemplate(reference.templates["inside-a-thought"].template);
    expect(shown(inside, question, "Two and two.\n</think>\n4")).toBe(
      "<|endoftext|><u>2+2?<a><think>\n[Two and two.\n</think>\n4<|im_end|>]",
    );
  });

  test("special tokens written in the response do not end the example before its end", () => {
    expect(shown(chatml, question, "a<|im_end|>b")).toMatch(/\[a<\|im_end\|>b<\|im_end\|>\]$/);
  });

  test("what the template refuses is an error of its own", () => {
    const alternating = withTemplate(reference.templates.alternating.template);
    expect(() => encodePrompt(alternating, [...question, ...question])).toThrow(
      expect.objectContaining({ code: "chat-template-refused", message: expect.stringContaining("Turns must alternate") }),
    );
  });
});

describe("without a template", () => {
  test("a prompt is plain text after what begins a text, and takes no conversation", () => {
    const tokenizer = huggingFaceTokenizer(tiny("tiny-sentencepiece"));
    // A space before a text is dropped as it is decoded, and the response is decoded apart here.
    expect(shown(tokenizer, "What is 2 + 2?", " It is 4.")).toBe("<s> What is 2 + 2?[It is 4.</s>]");
    expect(encodeExample(tokenizer, "The", " end").ids).toEqual([1, ...tokenizer.encode("The end"), 2]);
    expect(() => encodePrompt(tokenizer, question)).toThrow(/no chat template/);
  });
});
