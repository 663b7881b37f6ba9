// How tokens spell bytes: GPT-2's alphabet of 256 printable characters (byte-level BPE), or <0x0A> beside ordinary text
// (SentencePiece); and bytes as text, where they may be a part of a character.

/** Character of byte b, at index b: printable Latin-1 stands for itself, the other 68 bytes for U+0100 and up (GPT-2's encoder.py). */
export const byteAlphabet: string[] = (() => {
  let next = 0x100;
  const printable = (byte: number) => (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad);
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
})();

const byteOf = new Map(byteAlphabet.map((character, byte) => [character, byte]));
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const strictDecoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/** The bytes that a token of a byte-level vocabulary spells; a token with any other character is text (as in the Rust decoder). */
export function spelledBytes(token: string): Uint8Array {
  const bytes = new Uint8Array(token.length);
  for (let i = 0; i < token.length; i++) {
    const byte = byteOf.get(token[i]);
    if (byte === undefined) return encoder.encode(token);
    bytes[i] = byte;
  }
  return bytes;
}

/** SentencePiece's token of a byte. */
export function byteToken(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
}

/** The byte of such a token, or null. */
export function byteOfToken(token: string): number | null {
  return /^<0x[0-9A-F]{2}>$/.test(token) ? Number.parseInt(token.slice(3, 5), 16) : null;
}

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Bytes that are no character become U+FFFD, one for each run that could have begun one. */
export function decodeBytes(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Null for what is not UTF-8. */
export function decodeStrictly(bytes: Uint8Array): string | null {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return null;
  }
}

/** For a person: characters where there are any, `<0xE4>` for each byte that belongs to none. */
export function readableBytes(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const length = [1, 2, 3, 4].find((n) => at + n <= bytes.length && decodeStrictly(bytes.subarray(at, at + n)) !== null);
    text += length ? decodeStrictly(bytes.subarray(at, at + length)) : byteToken(bytes[at]);
    at += length ?? 1;
  }
  return text;
}
