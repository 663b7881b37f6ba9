import fc from "fast-check";
import { expect, test } from "vitest";
import reference from "./reference/decontamination.json" with { type: "json" };
import { newWords, scanWords, wordAt, wordsOf } from "./words.ts";

test("words are letters, digits and their marks, in small letters; all else separates", () => {
  expect(wordsOf("Find $\\frac{1}{2}x^2 + x_{10}$, 1,000.50!")).toEqual(["find", "frac", "1", "2", "x", "2", "x", "10", "1", "000", "50"]);
  expect(wordsOf("½ x² ﬁn")).toEqual(["1", "2", "x2", "fin"]);
  expect(wordsOf("求 x 的值")).toEqual(["求", "x", "的", "值"]);
  expect(wordsOf("")).toEqual([]);
});

test.each(reference.words)("the words of $text are those of Python's Unicode tables", ({ text, words }) => {
  expect(wordsOf(text)).toEqual(words);
});

test("offsets are those of the text as it came", () => {
  const text = "Ein “Café” (Cafe\u0301) kostet ½ €, ｶﾞス 求x𝟚";
  const words = newWords();
  scanWords(text, words);
  const parts = Array.from({ length: words.count }, (_, i) => [wordAt(text, words, i), text.slice(words.starts[i], words.ends[i])]);
  expect(parts).toEqual([
    ["ein", "Ein"],
    ["café", "Café"],
    ["café", "Cafe\u0301"],
    ["kostet", "kostet"],
    ["1", "½"],
    ["2", "½"],
    ["ガ", "ｶﾞ"],
    ["ス", "ス"],
    ["求", "求"],
    ["x2", "x𝟚"],
  ]);
});

/** The same of the whole text at once, as the comment of words.ts states it. */
function statedWords(text: string): string[] {
  const alone = /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Bopomofo}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]$/u;
  const found: string[] = [];
  let open = false;
  let single = false;
  for (const character of text.normalize("NFKC")) {
    const small = character.toLowerCase().replace("ς", "σ");
    if (/^\p{M}$/u.test(character)) {
      if (open) found[found.length - 1] += small;
    } else if (/^[\p{L}\p{N}]$/u.test(character)) {
      if (!open || single || alone.test(character)) found.push("");
      found[found.length - 1] += small;
      open = true;
      single = alone.test(character);
    } else open = false;
  }
  return found;
}

test("any text has the words that the whole of it, normalised at once, has; equal words have equal hashes", () => {
  const tricky = fc.constantFrom(..."aE1 -_éßİΣς½²ﬁ´¨e\u0301\u0323\u0328ᄀ\u1161\u11a8가ㄱㅏｶﾞﾟ求あก\u0e31\u0e49𝟙𝒳Å\u3099か");
  const anything = fc.string({ unit: fc.oneof(tricky, fc.string({ unit: "binary", minLength: 1, maxLength: 1 })), maxLength: 12 });
  const hashes = new Map<string, number>();
  fc.assert(
    fc.property(anything, (text) => {
      const words = newWords();
      scanWords(text, words);
      expect(Array.from({ length: words.count }, (_, i) => wordAt(text, words, i))).toEqual(statedWords(text));
      for (let i = 0; i < words.count; i++) {
        const word = wordAt(text, words, i);
        expect(words.hashes[i]).toBe(hashes.get(word) ?? words.hashes[i]);
        hashes.set(word, words.hashes[i]);
        expect(words.starts[i]).toBeLessThan(words.ends[i]);
      }
    }),
    { numRuns: 3000, seed: 7 },
  );
});
