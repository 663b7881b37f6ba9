// Handles of files and folders: what a page may name in place of paths. A page in a browser has no dialog of this machine, so it
// can list folders below the user's home; Electron's window asks for the system's dialog.
import { randomBytes } from "node:crypto";
import { readdirSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import { type ChosenFile, type FileEntry, type FolderListing, HeadstartError } from "../contract/index.ts";

/** Entries of one folder that are listed. */
const maxEntries = 5_000;

export class FileHandles {
  readonly #paths = new Map<string, string>();
  readonly #handles = new Map<string, string>();
  readonly #top: string;

  constructor(top = homedir()) {
    this.#top = realpathSync(top);
  }

  /** The same path has one handle. */
  handleOf(path: string): string {
    const whole = resolve(path);
    let handle = this.#handles.get(whole);
    if (handle === undefined) {
      handle = randomBytes(12).toString("base64url");
      this.#handles.set(whole, handle);
      this.#paths.set(handle, whole);
    }
    return handle;
  }

  chosen(path: string): ChosenFile {
    const whole = resolve(path);
    if (!statSync(whole, { throwIfNoEntry: false })) throw notThere(whole);
    return { handle: this.handleOf(whole), name: basename(whole), path: whole };
  }

  pathOf(handle: string): string {
    const path = this.#paths.get(handle);
    if (path === undefined)
      throw new HeadstartError({
        code: "unknown-file",
        where: "file handle",
        message: "This file was chosen in an earlier run of Headstart, or never.",
        hint: "Choose it again.",
      });
    return path;
  }

  /** Folders first, by name; hidden entries are left out. Null lists the user's home. */
  list(handle: string | null): FolderListing {
    const folder = handle === null ? this.#top : this.pathOf(handle);
    const inside = relative(this.#top, realpathOf(folder));
    if (inside.startsWith(".."))
      throw new HeadstartError({
        code: "outside-home",
        where: folder,
        message: "Only folders below your home can be listed from a page.",
        hint: "Put the file below your home, or import it on the command line.",
      });
    const entries = readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => !name.startsWith("."))
      .flatMap(({ name }): FileEntry[] => {
        const path = join(folder, name);
        const stats = statSync(path, { throwIfNoEntry: false }); // a link may lead nowhere
        if (!stats || !(stats.isDirectory() || stats.isFile())) return [];
        return [
          { handle: this.handleOf(path), name, folder: stats.isDirectory(), bytes: stats.size, modifiedAt: stats.mtime.toISOString() },
        ];
      })
      .sort((a, b) => Number(b.folder) - Number(a.folder) || a.name.localeCompare(b.name))
      .slice(0, maxEntries);
    const parent = folder === this.#top ? null : this.handleOf(dirname(folder));
    return { handle: this.handleOf(folder), path: folder, parent, entries };
  }
}

function realpathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    throw notThere(path);
  }
}

function notThere(path: string): HeadstartError {
  return new HeadstartError({
    code: "no-such-file",
    where: path,
    message: "There is no such file or folder.",
    hint: "Check the name, and that the disk it lies on is there.",
  });
}
