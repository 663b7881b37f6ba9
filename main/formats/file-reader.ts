// A file open for reading at any place, without its whole being in memory. What is asked for is checked against the file's
// size before anything is allocated.
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { HeadstartError } from "../contract/errors.ts";
import { brokenFile } from "./format-errors.ts";

/** readSync takes no more than 2 GiB at once. */
const maxReadBytes = 1 << 30;

export class FileReader {
  readonly path: string;
  readonly size: number;
  private readonly descriptor: number;

  constructor(path: string) {
    this.path = path;
    try {
      // Asked before it is opened: opening a pipe would wait for its other end.
      if (!statSync(path).isFile()) throw new Error("it is not a file");
      this.descriptor = openSync(path, "r");
    } catch (thrown) {
      throw new HeadstartError(
        {
          code: "unreadable-file",
          where: path,
          message: `The file cannot be opened: ${(thrown as Error).message}.`,
          hint: "Check the path and its permissions.",
        },
        { cause: thrown },
      );
    }
    this.size = fstatSync(this.descriptor).size;
  }

  /** Bytes from `at`, in memory of their own. */
  bytes(at: number, length: number): Uint8Array<ArrayBuffer> {
    if (at + length > this.size) throw this.short(at, length);
    const bytes = new Uint8Array(length);
    this.fill(bytes, at);
    return bytes;
  }

  /** Fills `target` with the bytes from `at`. */
  fill(target: Uint8Array, at: number): void {
    for (let done = 0; done < target.length; ) {
      const read = readSync(this.descriptor, target, done, Math.min(target.length - done, maxReadBytes), at + done);
      if (read === 0) throw this.short(at, target.length);
      done += read;
    }
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private short(at: number, length: number): HeadstartError {
    return brokenFile("cut-file", this.path, `It ends at byte ${this.size}, where bytes ${at} to ${at + length} are needed.`);
  }
}
