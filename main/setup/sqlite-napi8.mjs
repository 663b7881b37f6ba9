// better-sqlite3's addon for the test Electron. The prebuilt one needs Node-API 10 (Node 22.14, Electron 35, and later), Electron 22
// has Node-API 8: compiled with napi8.h it runs there.
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cache, modules, root } from "./paths.mjs";
import { hashOfFiles, publish, run, say } from "./steps.mjs";

const shim = fileURLToPath(new URL("napi8.h", import.meta.url));
const sqlite = join(modules, "better-sqlite3");

/** SQLite's compile-time options, which better-sqlite3 keeps in a gyp file. */
function defines() {
  const list = readFileSync(join(sqlite, "deps", "defines.gypi"), "utf8");
  return [...list.matchAll(/'((?:HAVE_|SQLITE_)\w+(?:=[^']*)?)'/g)].map(([, define]) => `-D${define}`);
}

/** The addon's path. */
export async function sqliteForNapi8() {
  const { version } = JSON.parse(readFileSync(join(sqlite, "package.json"), "utf8"));
  const key = hashOfFiles([shim, join(sqlite, "deps", "defines.gypi"), join(sqlite, "src")]);
  return publish(join(cache, `better-sqlite3-${version}-napi8`, key, "better_sqlite3.node"), async (part) => {
    say("compiling better-sqlite3 for the test Electron (about a minute)");
    const common = ["-O2", "-fPIC", "-w", `-ffile-prefix-map=${root}=`, ...defines(), "-I", join(sqlite, "deps", "sqlite3")];
    const object = `${part}.o`;
    await run("gcc", [...common, "-c", join(sqlite, "deps", "sqlite3", "sqlite3.c"), "-o", object]);
    await run("g++", [
      ...common,
      "-std=c++20",
      "-shared",
      "-DNAPI_VERSION=8",
      "-DNAPI_DISABLE_CPP_EXCEPTIONS",
      "-DNODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS",
      "-include",
      shim,
      "-I",
      join(modules, "node-addon-api"),
      "-I",
      join(modules, "node-api-headers", "include"),
      join(sqlite, "src", "better_sqlite3.cpp"),
      object,
      "-o",
      part,
    ]);
    rmSync(object);
  });
}
