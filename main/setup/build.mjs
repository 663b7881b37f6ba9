// The build of main, preload and renderer into out/, again only when a source of it changed.
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { modules, node24, root } from "./paths.mjs";
import { hashOf, isStamped, run, say, stamp } from "./steps.mjs";

const SOURCES = ["main", "preload", "renderer", "electron.vite.config.ts", "package.json", "package-lock.json", "tsconfig.json"];
const NOT_BUILT = /\.test\.tsx?$|\.cc$|\/(setup|native|bench|reference|node_modules)$/;
const RESULTS = ["out/main/cli.cjs", "out/main/app.cjs", "out/preload/preload.cjs", "out/renderer/index.html"];

function fingerprint() {
  const files = [];
  const add = (path) => {
    if (NOT_BUILT.test(path)) return;
    const about = statSync(join(root, path), { throwIfNoEntry: false });
    if (!about) return;
    if (about.isDirectory()) for (const name of readdirSync(join(root, path)).sort()) add(`${path}/${name}`);
    else files.push(`${path} ${about.size} ${about.mtimeMs}`);
  };
  for (const path of SOURCES) add(path);
  return hashOf(files);
}

export async function ensureBuild() {
  const inputs = fingerprint();
  if (isStamped("build", inputs) && RESULTS.every((file) => existsSync(join(root, file)))) return;
  say("building");
  await run(node24, [join(modules, "electron-vite", "bin", "electron-vite.js"), "build", "--logLevel", "warn"], {
    quiet: true,
    otherwise: "The build failed (its output above says why).",
  });
  stamp("build", inputs);
}
