// A text's words with where they stand in it, for comparing texts word by word. The paper does not say what its 9-grams are made of;
// ours, stated:
//
//   The text is taken in Unicode NFKC and in small letters (character by character; final sigma as sigma). A word is a run of letters,
//   digits and the marks on them (\p{L}, \p{N}, \p{M}); all else separates: white space, punctuation, _, LaTeX's backslashes and
//   braces. So "\frac{1}{2}" is frac 1 2, "1,000" is 1 000, "x²" is x2, "½" is 1 2. Where scripts put no space between words (Han,
//   kana, bopomofo, Thai, Lao, Khmer, Burmese) each character, with its marks, is a word.
//
// Offsets are UTF-16 code units of the text as it came, whatever normalisation does to its length.

/** Reused from text to text: nothing is allocated for a word that is written plainly. */
export interface Words {
  count: number;
  /** 32-bit hash of each word; equal words have equal hashes, the rest is for `wordAt` to tell. */
  hashes: Int32Array;
  /** Start of each word in the text. */
  starts: Int32Array;
  /** End, exclusive. */
  ends: Int32Array;
  /** Words that took normalising; the others are the text's own, in small letters. */
  spelled: Map<number, string>;
}

export const newWords = (): Words => ({
  count: 0,
  hashes: new Int32Array(256),
  starts: new Int32Array(256),
  ends: new Int32Array(256),
  spelled: new Map(),
});

/** The word as it is compared. */
export function wordAt(text: string, words: Words, i: number): string {
  return words.spelled.get(i) ?? text.slice(words.starts[i], words.ends[i]).toLowerCase();
}

// Characters that NFKC may join with the one before: marks, half-width kana's voicing, and Hangul's parts.
const joins = /^[\p{M}\uFF9E\uFF9F]$/u;
const hangul = /^[\u1100-\u11FF\u3131-\u318E\uA960-\uA97F\uAC00-\uD7FF\uFFA0-\uFFDC]$/;
const letter = /^[\p{L}\p{N}]$/u;
const mark = /^\p{M}$/u;
const alone =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]$/u;

const fnvOffset = 0x811c9dc5 | 0;
const fnvPrime = 0x01000193;

type Kind = "letter" | "alone" | "mark" | "separator";
const kinds = new Map<string, Kind>();
function kindOf(character: string): Kind {
  let kind = kinds.get(character);
  if (kind === undefined) {
    kind = mark.test(character) ? "mark" : !letter.test(character) ? "separator" : alone.test(character) ? "alone" : "letter";
    if (kinds.size < 50_000) kinds.set(character, kind);
  }
  return kind;
}

const lower = (character: string): string => {
  const small = character.toLowerCase();
  return small === "ς" ? "σ" : small;
};

// What is done with a UTF-16 code unit, found out when it is first met. Most need no normalisation: their small letter is all.
/** Values of `plain` below the code of any letter. */
const separates = 1;
const takesNormalising = 2;
/** 0: not met yet. */
const plain = new Uint16Array(1 << 16);
const isAlone = new Uint8Array(1 << 16);
const mayJoin = new Uint8Array(1 << 16); // 1 no, 2 yes

function findPlain(code: number): number {
  const character = String.fromCharCode(code);
  const kind = kindOf(character);
  const small = lower(character);
  const changes = character.normalize("NFKC") !== character || small.length > 1 || small === "σ" || small.normalize("NFKC") !== small;
  if (changes || kind === "mark" || (code >= 0xd800 && code < 0xe000) || joins.test(character) || hangul.test(character))
    plain[code] = takesNormalising;
  else if (kind === "separator") plain[code] = separates;
  else plain[code] = small.charCodeAt(0);
  isAlone[code] = Number(kind === "alone");
  return plain[code];
}

/** Whether NFKC may join this code unit with the one before. The first half of a pair may be that of a mark. */
function findMayJoin(code: number): number {
  const character = String.fromCharCode(code);
  mayJoin[code] = (code >= 0xd800 && code < 0xe000) || joins.test(character) || hangul.test(character) ? 2 : 1;
  return mayJoin[code];
}

/** Goes once through the text; `words` holds what was found until the next call. */
export function scanWords(text: string, words: Words): void {
  words.spelled.clear();
  let { hashes, starts, ends } = words;
  let count = 0;
  let start = -1; // of the open word, -1 without one
  let end = 0;
  let hash = fnvOffset;
  let spelled = null as string | null; // the open word, once a part of it took normalising
  let single = false; // the open word takes marks alone

  const close = () => {
    if (start < 0) return;
    if (count === hashes.length) {
      const grown = (old: Int32Array) => {
        const larger = new Int32Array(2 * old.length);
        larger.set(old);
        return larger;
      };
      hashes = words.hashes = grown(hashes);
      starts = words.starts = grown(starts);
      ends = words.ends = grown(ends);
    }
    hashes[count] = hash;
    starts[count] = start;
    ends[count] = end;
    if (spelled !== null) words.spelled.set(count, spelled);
    count++;
    start = -1;
    spelled = null;
    hash = fnvOffset;
    single = false;
  };
  const append = (characters: string, from: number, to: number) => {
    if (start < 0) {
      start = from;
      spelled = "";
    } else spelled ??= text.slice(start, end).toLowerCase();
    for (let i = 0; i < characters.length; i++) hash = Math.imul(hash ^ characters.charCodeAt(i), fnvPrime);
    spelled += characters;
    end = to;
  };

  const length = text.length;
  for (let i = 0; i < length; ) {
    const code = text.charCodeAt(i);
    const next = i + 1 < length ? text.charCodeAt(i + 1) : 0;
    const own = plain[code] || findPlain(code);
    if (own !== takesNormalising && (next < 0x300 || (mayJoin[next] || findMayJoin(next)) === 1)) {
      if (own === separates) {
        if (start >= 0) close();
      } else {
        const alone = isAlone[code] === 1;
        if (start >= 0 && (single || alone)) close();
        if (start < 0) start = i;
        hash = Math.imul(hash ^ own, fnvPrime);
        end = i + 1;
        single = alone;
        if (spelled !== null) spelled += String.fromCharCode(own);
      }
      i++;
      continue;
    }
    // A unit that NFKC changes by itself: a character with what it may be joined with.
    const to = unitEnd(text, i);
    for (const character of text.slice(i, to).normalize("NFKC")) {
      const kind = kindOf(character);
      if (kind === "separator") close();
      else if (kind === "mark") {
        if (start >= 0) append(lower(character), i, to);
      } else {
        if (kind === "alone" || single) close();
        append(lower(character), i, to);
        single = kind === "alone";
      }
    }
    i = to;
  }
  close();
  words.count = count;
}

function unitEnd(text: string, from: number): number {
  const characterAt = (at: number) => String.fromCodePoint(text.codePointAt(at)!);
  const first = characterAt(from);
  let to = from + first.length;
  const more = hangul.test(first) ? (c: string) => hangul.test(c) || joins.test(c) : (c: string) => joins.test(c);
  while (to < text.length && text.charCodeAt(to) >= 0x300) {
    const next = characterAt(to);
    if (!more(next)) break;
    to += next.length;
  }
  return to;
}

/** The words themselves. */
export function wordsOf(text: string): string[] {
  const words = newWords();
  scanWords(text, words);
  return Array.from({ length: words.count }, (_, i) => wordAt(text, words, i));
}
