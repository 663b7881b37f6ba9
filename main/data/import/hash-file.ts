// sha256 of a file, read in pieces, for readers that do not see all its bytes in order.
import { createHash } from "node:crypto";
import { FileReader } from "../../formats/file-reader.ts";
import { pieces } from "./text-file.ts";

export function hashFile(path: string, onProgress: (bytes: number) => void): string {
  const file = new FileReader(path);
  const hash = createHash("sha256");
  let done = 0;
  try {
    for (const piece of pieces(file, 0)) {
      hash.update(piece);
      done += piece.length;
      onProgress(done);
    }
    return hash.digest("hex");
  } finally {
    file.close();
  }
}
