// The built-in vocabulary: printable ASCII, newline and special tokens, one id a character. Enough for the shipped base model,
// whose every token counts.
import { HeadstartError } from "../contract/errors.ts";
import type { Tokenizer } from "./tokenizer.ts";

const specialTokens = ["<pad>", "<eos>", "<think>", "</think>", "<user>", "<assistant>"];
const characters = ["\n", ...Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i))];
/** Two unused ids at the end make the vocabulary a multiple of 8, which matrix kernels like. */
const vocabulary = [...specialTokens, ...characters, "<unused0>", "<unused1>"];
const characterIds = new Map(characters.map((c, i) => [c, specialTokens.length + i]));
const specialIds = new Map(specialTokens.map((t, i) => [t, i]));
const specialPattern = new RegExp(`(${specialTokens.map((t) => t.replace("/", "\\/")).join("|")})`);
const eosId = specialIds.get("<eos>")!;

export const builtInTokenizer: Tokenizer = {
  vocabSize: vocabulary.length,
  padId: specialIds.get("<pad>")!,
  eosId,
  stopIds: [eosId],
  prefixIds: [],
  promptSuffix: "\n",
  chat: null,
  encode(text) {
    const ids: number[] = [];
    for (const piece of text.split(specialPattern)) {
      const special = specialIds.get(piece);
      if (special !== undefined) {
        ids.push(special);
        continue;
      }
      for (const character of piece) {
        const id = characterIds.get(character);
        if (id === undefined)
          throw new HeadstartError({
            code: "unknown-character",
            where: "tokenizer",
            message: `The built-in vocabulary has no ${JSON.stringify(character)}: it covers printable ASCII and newline.`,
            hint: "Choose problems in plain ASCII, or an imported checkpoint with a tokenizer of its own.",
          });
        ids.push(id);
      }
    }
    return ids;
  },
  decode(ids, options = {}) {
    let text = "";
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i];
      if (id < specialTokens.length || id >= specialTokens.length + characters.length) {
        if (options.special) text += vocabulary[id] ?? `<${id}>`;
      } else text += vocabulary[id];
    }
    return text;
  },
  tokenText: (id) => vocabulary[id] ?? `<${id}>`,
};
