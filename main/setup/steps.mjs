// The manner of every set-up step: progress as lines on stderr, commands whose failure is told in one sentence, results that
// appear whole or not at all, and stamps by which a step that was done is skipped the next time.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { root, stamps } from "./paths.mjs";

/** What stops set-up: one sentence that says what to do. */
export class SetupError extends Error {}

export function say(line) {
  process.stderr.write(`headstart: ${line}\n`);
}

/** Ends the process with the sentence of a SetupError; any other error keeps its stack, because it is a defect. */
export function failWith(error) {
  process.stderr.write(error instanceof SetupError ? `headstart: ${error.message}\n` : `${error?.stack ?? error}\n`);
  process.exit(1);
}

/** Runs a command, its output on stderr; `quiet` shows the output only when it fails. */
export function run(command, args, { cwd = root, env = process.env, quiet = false, otherwise } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: quiet ? ["ignore", "pipe", "pipe"] : ["ignore", 2, 2] });
    const output = [];
    child.stdout?.on("data", (chunk) => output.push(chunk));
    child.stderr?.on("data", (chunk) => output.push(chunk));
    const failed = (how) => {
      process.stderr.write(Buffer.concat(output));
      reject(new SetupError(otherwise ?? `\`${command} ${args.join(" ")}\` ${how}; its output above says why.`));
    };
    child.on("error", (error) => failed(`could not start (${error.message})`));
    child.on("close", (code, signal) => (code === 0 ? resolve(Buffer.concat(output).toString()) : failed(`ended with ${signal ?? code}`)));
  });
}

/** What a command prints, or null when it cannot run, fails or takes too long. */
export function ask(command, args, { env = process.env, cwd = root, timeout = 20_000 } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "ignore"] });
    const timer = setTimeout(() => child.kill("SIGKILL"), timeout);
    const answer = (value) => {
      clearTimeout(timer);
      resolve(value);
    };
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    child.on("error", () => answer(null));
    child.on("close", (code) => answer(code === 0 ? output.trim() : null));
  });
}

/** Removes what set-ups that were cut left beside `target`: parts of this process's id or of one that no longer runs. */
function sweep(target) {
  for (const name of readdirSync(dirname(target))) {
    const pid = name.startsWith(`${basename(target)}.`) && name.slice(basename(target).length).match(/^\.(\d+)\.part/)?.[1];
    if (pid && (Number(pid) === process.pid || !existsSync(`/proc/${pid}`)))
      rmSync(join(dirname(target), name), { recursive: true, force: true });
  }
}

/** Builds a file or folder beside its place and renames it in, so that a cut set-up leaves nothing half-made where others look. */
export async function publish(target, build) {
  if (existsSync(target)) return target;
  const part = `${target}.${process.pid}.part`;
  mkdirSync(dirname(target), { recursive: true });
  sweep(target);
  try {
    await build(part);
    try {
      renameSync(part, target);
    } catch (error) {
      // Another set-up was faster: what it published is the same.
      if (!existsSync(target)) throw error;
    }
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
  return target;
}

export function hashOf(...parts) {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(typeof part === "string" || Buffer.isBuffer(part) ? part : JSON.stringify(part)).update("\0");
  return hash.digest("hex").slice(0, 24);
}

/** The hash of files' names and contents; folders are walked, what is missing counts as empty. */
export function hashOfFiles(paths, skip = () => false) {
  const hash = createHash("sha256");
  const add = (path) => {
    if (skip(path) || !existsSync(path)) return;
    if (statSync(path).isDirectory()) for (const name of readdirSync(path).sort()) add(join(path, name));
    else hash.update(relative(root, path)).update("\0").update(readFileSync(path)).update("\0");
  };
  for (const path of paths) add(path);
  return hash.digest("hex").slice(0, 24);
}

const stampFile = (name) => join(stamps, `${name}.stamp`);

/** What was stamped for the step `name`, or null. Stamps lie in node_modules, so a new install forgets them. */
export function stamped(name) {
  try {
    return readFileSync(stampFile(name), "utf8");
  } catch {
    return null;
  }
}

/** True when the step `name` was done with these inputs. */
export const isStamped = (name, inputs) => stamped(name) === inputs;

export function stamp(name, inputs) {
  mkdirSync(stamps, { recursive: true });
  const part = `${stampFile(name)}.${process.pid}.part`;
  writeFileSync(part, inputs);
  renameSync(part, stampFile(name));
}

/** True in the file that `node` was started on. */
export function isMain(url) {
  return process.argv[1] !== undefined && fileURLToPath(url) === process.argv[1];
}
