// Decompresses a gzip file beside what it belongs to. Rows are read at their positions, which a compressed file does not have; so
// the copy is kept, and the notice of the import says so. What it may grow to is bounded: a small file can claim any size.
import { createReadStream, createWriteStream, statSync } from "node:fs";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { HeadstartError } from "../../contract/errors.ts";

/** Text takes a third to a tenth of its size in gzip. */
const maxRatio = 100;
const alwaysAllowedBytes = 1 << 30;

/** `onProgress` is told the bytes of the compressed file that are done. */
export async function gunzipFile(path: string, target: string, onProgress: (bytes: number) => void): Promise<void> {
  const { size } = statSync(path);
  const limit = Math.max(alwaysAllowedBytes, size * maxRatio);
  const source = createReadStream(path);
  let written = 0;
  const bounded = new Transform({
    transform(piece: Buffer, _, done) {
      written += piece.length;
      onProgress(source.bytesRead);
      done(written > limit ? tooLarge(path, limit) : null, piece);
    },
  });
  try {
    await pipeline(source, createGunzip(), bounded, createWriteStream(target, { flags: "wx" }));
  } catch (thrown) {
    const { code = "", message } = thrown as { code?: string; message: string };
    if (!code.startsWith("Z_")) throw thrown;
    throw new HeadstartError({
      code: "broken-gzip",
      where: path,
      message: `The gzip file cannot be decompressed: ${message}.`,
      hint: "It is damaged or cut short: fetch it again.",
    });
  }
}

const tooLarge = (path: string, limit: number) =>
  new HeadstartError({
    code: "gzip-too-large",
    where: path,
    message: `The gzip file holds more than ${Math.round(limit / 2 ** 30)} GiB, ${maxRatio} times its size or more.`,
    hint: "If that is right, decompress it yourself and choose the decompressed file.",
  });
