// Opens the server's page in the desktop's browser. What a program is started with can be read by every user of the machine, so
// the address with its token is not said there: the browser is given a file that only its owner can read and that leads on.
import { spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Long enough for a browser to start. The token works once, so what is left of the file after it was used opens nothing. */
const fileLifeMilliseconds = 30_000;

/** Writes the file and returns its path. */
export function writeRedirect(dataFolder: string, address: string): string {
  const path = join(dataFolder, "enter.html");
  rmSync(path, { force: true }); // so that the mode is that of a new file
  writeFileSync(
    path,
    `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${address}"><title>Headstart</title>\n`,
    {
      mode: 0o600,
      flag: "wx",
    },
  );
  return path;
}

export interface Opening {
  /** Resolves when the file is gone. */
  removed: Promise<void>;
  /** Removes it now. */
  remove(): void;
}

/** Where a desktop is there to do it; else the printed address is all, and null comes back. */
export function openInBrowser(dataFolder: string, address: string): Opening | null {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  const opener = process.platform === "darwin" ? "open" : DISPLAY || WAYLAND_DISPLAY ? "xdg-open" : null;
  if (opener === null) return null;
  const path = writeRedirect(dataFolder, address);
  let remove = () => {};
  const removed = new Promise<void>((resolve) => {
    const timer = setTimeout(() => remove(), fileLifeMilliseconds);
    remove = () => {
      clearTimeout(timer);
      rmSync(path, { force: true });
      resolve();
    };
  });
  spawn(opener, [path], { stdio: "ignore", detached: true })
    .on("error", () => {
      process.stderr.write("No browser could be opened: open the address yourself.\n");
      remove();
    })
    .unref();
  return { removed, remove };
}
