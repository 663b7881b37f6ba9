// Rendered conversations are transformers', and no template runs without end.
import { describe, expect, test } from "vitest";
import type { Message } from "../contract/message.ts";
import { chatTemplate } from "./chat-template.ts";
import { reference } from "./reference/reference.ts";

const names = { bos_token: "<|endoftext|>", eos_token: "<|im_end|>", pad_token: "<|endoftext|>" };
const thatDay = () => new Date(2024, 6, 4, 9, 30);

describe.each(Object.entries(reference.templates))("%s", (_, { template, cases }) => {
  const { render } = chatTemplate(template, names, thatDay);

  test("is written as transformers writes it", () => {
    for (const { conversation, addGenerationPrompt, text, error } of cases) {
      const rendering = () => render(reference.conversations[conversation], { addGenerationPrompt });
      if (error === undefined) expect(rendering()).toBe(text);
      else expect(rendering).toThrow(`refuses this conversation: ${error}`);
    }
  });
});

const hello: Message[] = [{ role: "user", content: "Hello" }];
const rendering =
  (source: string, messages = hello) =>
  () =>
    chatTemplate(source, names, thatDay).render(messages, { addGenerationPrompt: true });

test("dates are in English, whatever the machine's language", () => {
  expect(rendering("{{ strftime_now('%a %A %d %b %B %Y %y %m %H:%I:%M:%S %p %%') }}")()).toBe(
    "Thu Thursday 04 Jul July 2024 24 07 09:09:30:00 AM %",
  );
  expect(rendering("{{ strftime_now('%Z') }}")).toThrow(/does not know %Z/);
});

test("what is no template says so", () => {
  for (const source of ["{% if %}", "{{ 'a", "{% for x in %}", "{{ a b }}", "{% unknown %}"])
    expect(rendering(source), source).toThrow(expect.objectContaining({ code: "broken-chat-template" }));
  for (const source of ["{{ messages.nothing.more }}", "{{ 'a'|nofilter }}", "{{ 1 + none }}"])
    expect(rendering(source), source).toThrow(expect.objectContaining({ code: "chat-template-failed" }));
});

describe("templates without end are ended", () => {
  const doubling = "{% set ns = namespace(x='ab') %}{% for i in range(100) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ ns.x }}";
  test.each([
    [
      "loops in loops",
      "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}",
    ],
    ["loops that write", "{% for a in range(9999) %}{% for b in range(9999) %}0123456789{% endfor %}{% endfor %}"],
    ["a large range", "{{ range(10**12)|length }}"],
    ["a text that doubles", doubling],
    ["a list that doubles", doubling.replace("'ab'", "[1]").replace("~", "+")],
    ["a list within itself, printed", doubling.replace("'ab'", "[1]").replace("ns.x ~ ns.x", "[ns.x, ns.x]")],
    [
      "a list within itself, in a text",
      doubling.replace("'ab'", "[1]").replace("ns.x ~ ns.x", "[ns.x, ns.x]").replace("{{ ns.x }}", "{{ ns.x|tojson }}"),
    ],
    ["a macro that calls itself", "{% macro f(n) %}{{ f(n) }}{{ f(n) }}{% endmacro %}{{ f(1) }}"],
    ["macros that branch", "{% macro f(n) %}{% if n > 0 %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}"],
    ["replacement by more", "{{ messages[0].content.replace('', (range(9999)|list)|join(',')) }}"],
    ["a wide indentation", "{{ messages[0]|tojson(indent=100000000) }}"],
    ["a joined wide text", "{% set s %}{% for i in range(9999) %}0123456789{% endfor %}{% endset %}{{ (range(9999)|list)|join(s) }}"],
    ["a method as a value", "{% set f = messages[0].content.replace %}{{ f('H', 'J') }}"],
    ["a namespace within itself", "{% set ns = namespace() %}{% set ns.me = ns %}{{ ns }}"],
    ["a list of namespaces", "{% set a = namespace() %}{% set b = [a, a] %}{% set a.x = b %}{{ b }}"],
    ["unknown names", "{% for a in range(9999) %}{% for b in range(9999) %}{{ x }}{% endfor %}{% endfor %}"],
    ["deep nesting", `${"(".repeat(50_000)}1${")".repeat(50_000)}`.replace(/^(.*)$/, "{{ $1 }}")],
    ["a long chain", `{{ 1${" + 1".repeat(30_000)} }}`],
    ["a large template", "x".repeat(200_000)],
    ["a run of spaces", `a${" ".repeat(100_000)}b`],
  ])(
    "%s",
    (_, source) => {
      const begun = performance.now();
      expect(rendering(source)).toThrow(expect.objectContaining({ name: "HeadstartError" }));
      expect(performance.now() - begun).toBeLessThan(10_000);
    },
    20_000,
  );

  test("a long conversation is not", () => {
    const turns = Array.from(
      { length: 400 },
      (_, i): Message => ({ role: i % 2 ? "assistant" : "user", content: "a word or two ".repeat(50) }),
    );
    for (const { template } of Object.values(reference.templates)) expect(rendering(template, turns)().length).toBeGreaterThan(1000);
  });
});
