// Files a person chose. A page never names a path: it holds handles, which only the host can turn into paths.
import { z } from "zod";

export const fileHandle = z.string().min(1).meta({ description: "Of a file or folder that was chosen or listed" });

export interface FileEntry {
  handle: string;
  name: string;
  folder: boolean;
  bytes: number;
  modifiedAt: string;
}

/** files.list: a folder of the machine that the host runs on. */
export interface FolderListing {
  handle: string;
  /** To be read by a person. */
  path: string;
  /** Null at the top of what may be listed. */
  parent: string | null;
  entries: FileEntry[];
}

export interface ChosenFile {
  handle: string;
  name: string;
  path: string;
}

export const chooseFileInput = z.object({
  what: z.enum(["file", "folder", "file-or-folder"]),
  title: z.string().max(100),
});
export type ChooseFileInput = z.infer<typeof chooseFileInput>;
