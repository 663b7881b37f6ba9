// What a GGUF file says of a tokenizer: the inverse of gguf-tokenizer.ts, for byte-level BPE. GGUF names the pre-tokenizer, so it must
// be one that llama.cpp has a name for; whatever else GGUF has no place for is refused by its name.
import type { GgufTokenizerMetadata } from "../contract/gguf-tokenizer.ts";
import { preTokenizers, tokenType } from "./gguf-tokenizer.ts";
import { huggingFaceTokenizer, readConfig, type TokenizerSource } from "./hugging-face.ts";
import { checkedPattern } from "./split-pattern.ts";
import { unsupported } from "./tokenizer-errors.ts";
import { type CheckedTokenizer, checkTokenizerJson } from "./tokenizer-json.ts";

/** Throws HeadstartError "broken-tokenizer", "unsupported-tokenizer" or "broken-chat-template". */
export function ggufTokenizerMetadata(source: TokenizerSource): GgufTokenizerMetadata {
  const { special, additional, added, addBos, template } = readConfig(source);
  const checked = checkTokenizerJson(source.tokenizer, { added, special: [...special.values(), ...additional] });
  if (checked.spelling !== "byte-level") throw unsupported("SentencePiece's spelling of tokens in an export to GGUF");
  const padded = checked.added.find(({ lstrip, rstrip }) => lstrip || rstrip);
  if (padded) throw unsupported(`the token ${JSON.stringify(padded.content)} that takes the spaces beside it, in an export to GGUF`);
  const idOf = (role: string) => {
    const content = special.get(role);
    const id = content === undefined ? -1 : checked.tokens.indexOf(content);
    return id < 0 ? null : id;
  };
  const kinds = new Map(checked.added.map((token) => [token.id, token.special ? tokenType.control : tokenType.userDefined]));
  const tokens = Array.from(checked.tokens, (token, id) => token ?? `[PAD${id}]`);
  const { stopIds } = huggingFaceTokenizer(source);
  const eosTokenId = idOf("eos_token") ?? stopIds[0];
  return {
    model: "gpt2",
    pre: preTokenizerName(checked),
    tokens,
    scores: null,
    tokenTypes: Int32Array.from(
      tokens,
      (_, id) => kinds.get(id) ?? (checked.tokens[id] === undefined ? tokenType.unused : tokenType.normal),
    ),
    merges: checked.model.merges.map(oneText),
    bosTokenId: idOf("bos_token"),
    eosTokenId,
    // GGUF has a place for a second end; llama.cpp knows more by their text.
    eotTokenId: stopIds.find((id) => id !== eosTokenId) ?? null,
    padTokenId: idOf("pad_token"),
    unknownTokenId: idOf("unk_token"),
    addBosToken: addBos ?? checked.prefix.length > 0,
    addSpacePrefix: false,
    chatTemplate: template,
  };
}

function oneText([left, right]: [string, string]): string {
  if (left.includes(" ") || right.includes(" ")) throw unsupported("a merge of tokens with spaces in an export to GGUF");
  return `${left} ${right}`;
}

/** llama.cpp's name for how texts are normalised, split and merged. */
function preTokenizerName({ preTokenizer, normalizer, model }: CheckedTokenizer): string {
  const form = (patterns: string[], normalizers: unknown[], ignoreMerges: boolean) => JSON.stringify([patterns, normalizers, ignoreMerges]);
  const { pretokenizers } = preTokenizer as { pretokenizers: { type: string; pattern?: { Regex?: string } }[] };
  const normalizers = (normalizer as { normalizers: unknown[] } | null)?.normalizers ?? [];
  const splits = pretokenizers.filter(({ type }) => type !== "ByteLevel").map(({ pattern }) => pattern?.Regex ?? "");
  const own = form(splits, normalizers, model.ignore_merges === true);
  const [name] =
    Object.entries(preTokenizers).find(
      ([, known]) =>
        form(known.patterns.map(checkedPattern), known.normalizer ? [known.normalizer] : [], known.ignoreMerges ?? false) === own,
    ) ?? [];
  if (name === undefined) throw unsupported("a pre-tokenizer, normalizer or use of merges that GGUF has no name for");
  return name;
}
