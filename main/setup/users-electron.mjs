// The user's Electron. The npm package `electron` fetches its binary from a host of its own; where that cannot be reached the
// workbench opens as a page, and set-up says what to open for the window.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { modules, node24 } from "./paths.mjs";
import { run, say } from "./steps.mjs";

const CONNECTION_LIMIT_MS = 4000;
const folder = join(modules, "electron");

const version = () => JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).version;

/** The binary's path, or null when it is not there. */
export function electronBinary() {
  try {
    const name = readFileSync(join(folder, "path.txt"), "utf8");
    const binary = join(folder, "dist", name);
    return existsSync(binary) && readFileSync(join(folder, "dist", "version"), "utf8").replace(/^v/, "") === version() ? binary : null;
  } catch {
    return null;
  }
}

/** Null when Electron's release can be fetched, else why not and what to do, in one sentence. */
export async function whyElectronUnreachable() {
  const mirror = process.env.ELECTRON_MIRROR ?? "https://github.com/electron/electron/releases/download/";
  const url = `${mirror.replace(/\/?$/, "/")}v${version()}/SHASUMS256.txt`;
  try {
    const answer = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(CONNECTION_LIMIT_MS) });
    if (answer.ok) return null;
    return `${new URL(url).host} answered ${answer.status} for Electron ${version()}`;
  } catch (error) {
    const host = new URL(url).host;
    const hosts = host === "github.com" ? "github.com and release-assets.githubusercontent.com" : host;
    const cause = error.name === "TimeoutError" ? `no answer within ${CONNECTION_LIMIT_MS / 1000} s` : (error.cause?.code ?? error.message);
    return `Electron's binary comes from ${host}, which cannot be reached (${cause}): open ${hosts}, or set ELECTRON_MIRROR, and run this again`;
  }
}

/** The binary's path, fetching it where its host can be reached; else null and why. */
export async function ensureElectron() {
  const there = electronBinary();
  if (there) return { binary: there, why: null };
  const why = await whyElectronUnreachable();
  if (why) return { binary: null, why };
  say(`bringing Electron ${version()} (about 110 MB)`);
  try {
    await run(node24, [join(folder, "install.js")], { otherwise: "Electron's binary could not be fetched (output above)" });
  } catch (error) {
    return { binary: null, why: error.message };
  }
  return { binary: electronBinary(), why: null };
}
