// What the end-to-end tests need of the system: a Chromium, and for Electron a display and the libraries it is linked with.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { ask } from "./steps.mjs";

/** The path of the first of these commands that is on PATH, or null. */
export function findCommand(...names) {
  for (const name of names)
    for (const folder of (process.env.PATH ?? "").split(delimiter).filter(Boolean)) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not in this folder.
      }
    }
  return null;
}

export const findChromium = () => findCommand("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

/** Why Electron cannot run here, or null. */
export async function whyNoElectron(executable) {
  if (!process.env.DISPLAY && !findCommand("xvfb-run")) return "no display and no xvfb-run (Debian: apt install xvfb xauth)";
  const missing = [...((await ask("ldd", [executable])) ?? "").matchAll(/(\S+) => not found/g)].map(([, library]) => library);
  return missing.length > 0
    ? `libraries of Electron are missing: ${missing.join(", ")} (Debian: apt install libgtk-3-0 libnss3 libgbm1 libasound2)`
    : null;
}
