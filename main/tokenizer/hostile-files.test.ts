// Files of a tokenizer, changed at random: each is refused with a HeadstartError or works, and neither takes long nor much memory.
// Every case has a number; a failure names it. 10,000 of them with HEADSTART_LONG_TESTS=1.
import { expect, test } from "vitest";
import { type RandomStream, randomStream } from "../analysis/random.ts";
import type { TokenizerFiles } from "../contract/checkpoint.ts";
import { HeadstartError } from "../contract/errors.ts";
import { openTokenizer } from "./open-tokenizer.ts";
import { reference, tiny } from "./reference/reference.ts";

const cases = process.env.HEADSTART_LONG_TESTS === "1" ? 10_000 : 300;
const secondsAllowed = 10;

const files: TokenizerFiles = {
  kind: "huggingface",
  tokenizer: "tokenizer.json",
  config: "tokenizer_config.json",
  specialTokens: null,
  template: null,
  chat: true,
  eosTokenIds: [],
};
const texts = [
  "What is 2 + 2?\n\n  12,345 <|im_start|> it's 中文 e\u0301 \u{1f9d1}",
  "a".repeat(3000),
  " ".repeat(3000),
  "ab ".repeat(1000),
  "\n",
];
const strangeTexts = ["", "\0", "\ud800", "<|im_end|>", "__proto__", "constructor", "▁", "<0x0A>", "x".repeat(100_000), "𝒳", "[]", "1e999"];
const strangeValues: unknown[] = [null, true, false, -1, 0, 0.5, 7, 1e6, 1048576, 2 ** 31, 2 ** 53, 1e300, [], {}, [[]], [null], { type: "Sequence" }, ...strangeTexts]; // biome-ignore format: a list of values
const patternParts = ["a", "b", " ", ".", "\\s", "\\S", "\\p{L}", "\\p{N}", "[^\\s]", "[a-z]", "(?:", "(?i:", "(?!", "(?=", "(", ")", "|", "+", "*", "?", "{2}", "{3,}", "{,9}", "+?", "*+", "^", "$", "\\b", "\\1", "[", "]", "\\", "'s", "中"]; // biome-ignore format: a list of words

/** A fresh one, since what is put in may be changed next. */
function strange(random: RandomStream): unknown {
  return JSON.parse(JSON.stringify(random.pick(strangeValues)));
}

function randomPattern(random: RandomStream): string {
  return Array.from({ length: random.integer(1, 9) }, () => random.pick(patternParts)).join("");
}

function randomPart(random: RandomStream): unknown {
  return random.pick<unknown>([
    {
      type: "Split",
      pattern: { Regex: randomPattern(random) },
      behavior: random.pick(["Isolated", "Removed"]),
      invert: random.uniform() < 0.5,
    },
    { type: "Split", pattern: { String: random.pick(strangeTexts) }, behavior: "Isolated", invert: false },
    { type: "ByteLevel", add_prefix_space: true, use_regex: random.uniform() < 0.5 },
    { type: "Digits", individual_digits: random.uniform() < 0.5 },
    { type: "Metaspace", replacement: "▁", prepend_scheme: "first", split: random.uniform() < 0.5 },
    { type: "Replace", pattern: { String: random.pick(["a", " ", ""]) }, content: random.pick(["b", "▁", "aa", "$&"]) },
    { type: "Prepend", prepend: random.pick(strangeTexts) },
    { type: random.pick(["NFC", "NFKD", "Lowercase", "Precompiled", "Punctuation", "FixedLength", "Whitespace"]), length: 0 },
    {
      type: "TemplateProcessing",
      single: [{ SpecialToken: { id: random.pick(["<|im_start|>", "none"]), type_id: 0 } }, { Sequence: { id: "A" } }],
    },
  ]);
}

/** One place of a value, at any depth, gets another value, goes, or is doubled. */
function mutate(value: unknown, random: RandomStream): void {
  let at = value as Record<string, unknown>;
  for (;;) {
    const keys = Object.keys(at);
    if (keys.length === 0) return;
    const key = random.pick(keys);
    const inner = at[key];
    if (typeof inner === "object" && inner !== null && Object.keys(inner).length > 0 && random.uniform() < 0.8) {
      at = inner as Record<string, unknown>;
      continue;
    }
    const choice = random.integer(0, 5);
    if (choice === 0) delete at[key];
    else if (choice === 1) at[random.pick([key, `${key}2`, "type", "__proto__"])] = strange(random);
    else if (choice === 2) at[key] = randomPart(random);
    else if (choice === 3 && Array.isArray(at)) at.push(inner, randomPart(random));
    else at[key] = typeof inner === "string" && random.uniform() < 0.5 ? cut(inner, random) : strange(random);
    return;
  }
}

/** A text with a part gone, doubled, or replaced. */
function cut(text: string, random: RandomStream): string {
  const [from, to] = [random.integer(0, text.length), random.integer(0, text.length)].sort((a, b) => a - b);
  const middle = text.slice(from, to);
  return text.slice(0, from) + random.pick(["", middle + middle, random.pick(strangeTexts), random.pick(patternParts)]) + text.slice(to);
}

function randomTemplate(random: RandomStream): string {
  const whole = () => random.pick(Object.values(reference.templates)).template;
  let template = whole();
  for (let times = random.integer(1, 4); times > 0; times--) {
    const pieces = template.split(/(?=\{[{%])/);
    const others = whole().split(/(?=\{[{%])/);
    const at = random.integer(0, pieces.length - 1);
    const choice = random.integer(0, 2);
    if (choice === 0) pieces[at] = random.pick(others);
    else if (choice === 1) pieces[at] = cut(pieces[at], random);
    else pieces.splice(at, 0, "{% for i in range(9999) %}");
    template = pieces.join("");
  }
  return template;
}

/** What one case does: the files changed, opened, and used. */
function tryCase(index: number): void {
  const random = randomStream("hostile tokenizer files", index);
  const { tokenizer, config } = tiny(random.uniform() < 0.7 ? "tiny" : "tiny-sentencepiece");
  const kind = random.integer(0, 4);
  for (let times = random.integer(1, 3); times > 0; times--) {
    if (kind <= 1) mutate(tokenizer, random);
    else if (kind === 2) mutate(config, random);
  }
  if (kind === 1) tokenizer.pre_tokenizer?.pretokenizers?.unshift?.(randomPart(random));
  if (kind === 3) config.chat_template = randomTemplate(random);
  let written = JSON.stringify(tokenizer);
  if (kind === 4) written = cut(written, random);
  const opened = openTokenizer(files, (name) => (name === "tokenizer.json" ? written : JSON.stringify(config)));
  for (const text of texts) {
    const ids = opened.encode(text);
    opened.decode(ids, { special: true });
    opened.decode(ids.slice(1, 7));
    ids.slice(0, 5).map(opened.tokenText);
  }
  for (const messages of reference.conversations) opened.chat?.render(messages, { addGenerationPrompt: true });
}

test(
  `${cases} cases`,
  () => {
    const begun = process.memoryUsage.rss();
    let refused = 0;
    for (let index = 0; index < cases; index++) {
      const start = performance.now();
      try {
        tryCase(index);
      } catch (thrown) {
        if (!(thrown instanceof HeadstartError)) throw new Error(`case ${index}: ${String(thrown)}`, { cause: thrown });
        refused++;
      }
      const seconds = (performance.now() - start) / 1000;
      if (seconds > secondsAllowed) throw new Error(`case ${index} took ${seconds.toFixed(1)} s`);
    }
    // Both ends are met: files that are refused, and files that still work.
    expect(refused).toBeGreaterThan(cases / 5);
    expect(refused).toBeLessThan(cases);
    expect(process.memoryUsage.rss() - begun).toBeLessThan(1 << 30);
  },
  cases * 1000,
);
