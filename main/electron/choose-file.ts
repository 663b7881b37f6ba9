// The system's file dialog. The page gets a handle of what was chosen, never a path it could make up.
import { type BrowserWindow, dialog } from "electron";
import type { ChooseFileInput } from "../contract/files.ts";

const properties = {
  file: ["openFile"],
  folder: ["openDirectory", "createDirectory"],
  // One dialog chooses either only on macOS; elsewhere files win, and a folder is chosen by its config.json.
  "file-or-folder": process.platform === "darwin" ? ["openFile", "openDirectory"] : ["openFile"],
} satisfies Record<ChooseFileInput["what"], ("openFile" | "openDirectory" | "createDirectory")[]>;

/** The path, or null where nothing was chosen. */
export async function chooseFile(window: BrowserWindow | null, { what, title }: ChooseFileInput): Promise<string | null> {
  const options = { title, properties: properties[what] };
  const { canceled, filePaths } = await (window ? dialog.showOpenDialog(window, options) : dialog.showOpenDialog(options));
  return canceled || filePaths.length === 0 ? null : filePaths[0];
}
