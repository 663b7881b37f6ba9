// Takes a fresh clone to running, in order, each step skipped when it is done: packages, native engine, build. Set-up's own
// scripts run under the user's Node; everything they start runs under Node 24 of the packages.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname } from "node:path";
import { ensureBuild } from "./build.mjs";
import { binding, ensureEngine } from "./engine.mjs";
import { ensurePackages, packagesInstalled } from "./packages.mjs";
import { node24 } from "./paths.mjs";
import { machineProblems, refuse, toolProblems } from "./prerequisites.mjs";

/** Checks the machine and installs the packages. */
export async function ensureInstalled() {
  if (packagesInstalled() && existsSync(binding)) return;
  refuse([...machineProblems(), ...(await toolProblems())]);
  await ensurePackages();
}

/** Everything that running needs; a fraction of a second when nothing changed. */
export async function ensureReady({ wanted } = {}) {
  await ensureInstalled();
  const engine = await ensureEngine({ wanted });
  await ensureBuild();
  return engine;
}

/** The environment in which `node` and what packages install are found first. */
export const environment = () => ({ ...process.env, PATH: `${dirname(node24)}${delimiter}${process.env.PATH ?? ""}` });

/** Starts a command in this one's place: its terminal, its signals; gives its exit code. */
export function handOver(command, args) {
  const child = spawn(command, args, { env: environment(), stdio: "inherit" });
  // A terminal's Ctrl-C reaches the child by itself; this process only waits for its end.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}
