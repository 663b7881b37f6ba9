// Stages what a package holds: the bundle, the resources, and of node_modules only the files that run, with the engine beside its
// binding. Nothing is fetched when the packed app first runs.
import { cpSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { buildBinding, tensorflowFolder } from "./engine.mjs";
import { modules, node24, root } from "./paths.mjs";
import { ask, SetupError } from "./steps.mjs";

export const stage = join(root, "release", "stage");
const bindingPlace = join("@tensorflow", "tfjs-node-gpu", "lib", "napi-v8");

const filesUnder = (folder) =>
  readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());

/** The packages that the bundle requires at run time, as it names them. */
function requiredAtRunTime() {
  const names = new Set();
  for (const file of filesUnder(join(root, "out", "main")).filter((path) => path.endsWith(".cjs")))
    for (const [, name] of readFileSync(file, "utf8").matchAll(/["'`]((?:@tensorflow\/|better-sqlite3)[\w./-]*)["'`]/g)) names.add(name);
  return [...names];
}

const TRACE = `
const util = require("node:util");
util.isNullOrUndefined ??= (value) => value == null;
util.isArray ??= Array.isArray;
for (const name of process.argv.slice(1)) require(name);
const Database = require("better-sqlite3");
new Database(":memory:").close();
console.log(JSON.stringify(Object.keys(require.cache)));
`;

/** The files of node_modules that run: those that are loaded when all that the bundle requires is required. */
async function filesThatRun() {
  const loaded = await ask(node24, ["-e", TRACE, ...requiredAtRunTime()], {
    timeout: 60_000,
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2" },
  });
  if (loaded === null) throw new SetupError("The packages that the app requires could not be loaded: run `npm test -- units` to see why.");
  const code = JSON.parse(loaded).map((path) => relative(modules, path));
  const packages = new Set(code.map((path) => path.match(/^(?:.*node_modules\/)?(?:@[^/]+\/)?[^/]+/)[0]));
  const beside = [...packages].flatMap((name) =>
    readdirSync(join(modules, name))
      .filter((file) => file === "package.json" || /^(licen[cs]e|notice|copying)/i.test(file))
      .map((file) => join(name, file)),
  );
  return new Set([...code, ...beside].filter((path) => !path.startsWith("..") && !path.endsWith(".node")));
}

// Hundreds of megabytes: linked where the cache is on the same disk.
function place(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  try {
    linkSync(from, to);
  } catch {
    cpSync(from, to);
  }
}

/** Stages the app; `sqlite` is the addon for its Electron. */
export async function stageApp({ engine, sqlite }) {
  rmSync(stage, { recursive: true, force: true });
  const app = join(stage, "app");
  mkdirSync(app, { recursive: true });
  const { name, productName, version, description, license, type, main } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  writeFileSync(join(app, "package.json"), JSON.stringify({ name, productName, version, description, license, type, main }, null, 2));
  cpSync(join(root, "LICENSE"), join(app, "LICENSE"));
  cpSync(join(root, "out"), join(app, "out"), { recursive: true, filter: (path) => !path.endsWith(".map") });
  cpSync(join(root, "resources"), join(app, "resources"), { recursive: true });

  const packages = join(stage, "node_modules");
  for (const file of await filesThatRun()) place(join(modules, file), join(packages, file));
  place(sqlite, join(packages, "better-sqlite3", "build", "Release", "better_sqlite3.node"));

  // The libraries lie beside the binding; CUDA's at nvidia/, where TensorFlow's own rpath ($ORIGIN/../nvidia) looks for them.
  const wheels = await tensorflowFolder(engine);
  const libraries = join(packages, bindingPlace, "tensorflow");
  await buildBinding(engine, join(packages, bindingPlace, "tfjs_binding.node"), "$ORIGIN/tensorflow");
  for (const file of readdirSync(join(wheels, "tensorflow")).filter((path) => path !== "include"))
    place(join(wheels, "tensorflow", file), join(libraries, file));
  place(join(wheels, "tensorflow", "include", "LICENSE"), join(libraries, "LICENSE"));
  for (const name of readdirSync(wheels).filter((each) => each !== "tensorflow"))
    for (const file of filesUnder(join(wheels, name))) place(file, join(packages, bindingPlace, relative(wheels, file)));
}
