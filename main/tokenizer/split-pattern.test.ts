// Patterns of the known tokenizers are taken; one that could run without end, or means something else in JavaScript, is not.
import { expect, test } from "vitest";
import { checkedPattern } from "./split-pattern.ts";

const { raw } = String;
const spaces = raw`\s*[\r\n]+|\s+(?!\S)|\s+`;
const [upper, lower] = [raw`[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`, raw`[\p{Ll}\p{Lm}\p{Lo}\p{M}]`];
const before = raw`[^\r\n\p{L}\p{N}]?`;

test.each([
  ["GPT-2", raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`],
  ["GPT-4o", raw`${before}${upper}*${lower}+|${before}${upper}+${lower}*|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|${spaces}`],
  [
    "DeepSeek V3",
    raw`[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_${"`"}{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|${spaces}`,
  ],
  ["three digits", raw`\p{N}{1,3}`],
  ["CJK", "[一-龥぀-ゟ゠-ヿ]+"],
  ["DeepSeek Coder", raw`\s?\p{L}+`],
])("%s", (_, pattern) => expect(checkedPattern(pattern)).toBe(pattern));

test("where case is ignored, ſ is an s, as in Oniguruma; groups capture nothing", () => {
  expect(checkedPattern("(?i:'s|'t)|[^a]?b+")).toBe("(?i:'[sſ]|'t)|[^a]?b+");
  expect(checkedPattern("'(?i:[sdmt]|ll)|(a|b)")).toBe("'(?i:[sdmtſ]|ll)|(?:a|b)");
});

test.each([
  ["(a+)+b", "a repeated group"],
  ["(?:a|a)*b", "a repeated group"],
  ["a*a*a*b", "too many ways"],
  ["a?a?a?a?a?a?a?a?aaaaaaaa", "too many ways"],
  [raw`[\s\S]*y|x`, "takes too long"],
  [raw`\s+x`, "takes too long"],
  [".*.*x", "takes too long"],
  [raw`${upper}*${lower}+`, "takes too long"],
  ["a{0,999}a{0,999}b", "takes too long"],
  ["a++b", "possessive"],
  ["a+?b", "lazy"],
  [raw`(a)\1`, raw`the escape \1`],
  [raw`\bword`, raw`the escape \b`],
  ["(?<=a)b", "a group of an unknown kind"],
  ["[[:alpha:]]+", "a class inside a class"],
  ["[a&&b]", "a class inside a class"],
  ["(?i:[a-z])", "a range whose case is ignored"],
  ["^a", "the sign ^"],
  [raw`\p{Nonsense}`, "Invalid property name"],
  ["(a", "an unclosed group"],
  ["a)", "an unmatched )"],
  ["[a", "an unclosed class"],
  ["a".repeat(9000), "9000 characters"],
])("%s is refused: %s", (pattern, reason) => expect(() => checkedPattern(pattern)).toThrow(reason));
