// Text ↔ token ids behind one interface. The built-in vocabulary is printable ASCII, newline and special tokens; Hugging
// Face's tokenizer.json will stand behind the same interface.

export interface Tokenizer {
  readonly vocabSize: number;
  readonly padId: number;
  readonly eosId: number;
  /** Ids of plain text; special tokens written out in the text (`<think>`) are recognised. Unknown characters throw. */
  encode(text: string): number[];
  /** Text of ids; special tokens are left out unless asked for. */
  decode(ids: ArrayLike<number>, options?: { special?: boolean }): string;
  /** How one token is shown to a person. */
  tokenText(id: number): string;
}

const specialTokens = ["<pad>", "<eos>", "<think>", "</think>", "<user>", "<assistant>"];
const characters = ["\n", ...Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i))];
/** Two unused ids at the end make the vocabulary a multiple of 8, which matrix kernels like. */
const vocabulary = [...specialTokens, ...characters, "<unused0>", "<unused1>"];
const characterIds = new Map(characters.map((c, i) => [c, specialTokens.length + i]));
const specialIds = new Map(specialTokens.map((t, i) => [t, i]));
const specialPattern = new RegExp(`(${specialTokens.map((t) => t.replace("/", "\\/")).join("|")})`);

export const builtInTokenizer: Tokenizer = {
  vocabSize: vocabulary.length,
  padId: specialIds.get("<pad>")!,
  eosId: specialIds.get("<eos>")!,
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
          throw new RangeError(`The built-in vocabulary has no ${JSON.stringify(character)}: it covers printable ASCII and newline.`);
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
