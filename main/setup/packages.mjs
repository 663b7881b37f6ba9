// The packages of the lock file, with install scripts off: they are set-up's own to do.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { modules, node24, root } from "./paths.mjs";
import { run, say } from "./steps.mjs";

const packagesIn = (file) => JSON.parse(readFileSync(file, "utf8")).packages;

/** True when node_modules holds what the lock file names. npm writes its own list last, so a cut install has none. */
export function packagesInstalled() {
  const list = join(modules, ".package-lock.json");
  if (!existsSync(list) || !existsSync(node24)) return false;
  const installed = packagesIn(list);
  return Object.entries(packagesIn(join(root, "package-lock.json"))).every(
    ([path, entry]) => path === "" || entry.optional || installed[path]?.version === entry.version,
  );
}

export async function ensurePackages() {
  if (packagesInstalled()) return;
  say("installing the packages of the lock file (npm ci, install scripts off)");
  // Warnings are left out: most say that a package wants a newer Node than the user's, and they all run under Node 24.
  await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
    otherwise: "npm could not install the packages (its output above says why): check the network or your npm registry, then start again.",
  });
}
