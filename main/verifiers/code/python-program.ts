// The Python that sandboxes run: the system's, else the first on PATH whose installation can be shown to a sandbox alone.
import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join, relative } from "node:path";
import { promisify } from "node:util";

export interface Python {
  /** Of the executable itself, no link and no shim. */
  path: string;
  /** The folder that holds its installation. */
  prefix: string;
  version: string;
}

const run = promisify(execFile);

/** Every place on PATH that has this program, in order. */
function placesOf(name: string): string[] {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => folder.startsWith("/"))
    .map((folder) => join(folder, name))
    .filter((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

export const findProgram = (name: string): string | null => placesOf(name)[0] ?? null;

const ask = `
import os, sys
print(os.path.realpath(sys.executable), os.path.realpath(sys.base_prefix), "%d.%d.%d" % sys.version_info[:3], sep="\\n")
assert sys.version_info >= (3, 8)
`;

const holds = (folder: string, path: string) => !relative(folder, path).startsWith("..");

async function inspect(place: string): Promise<Python | { problem: string }> {
  try {
    const { stdout } = await run(place, ["-I", "-S", "-c", ask], { timeout: 20_000 });
    const [path, prefix, version] = stdout.trim().split("\n");
    if (holds(prefix, homedir())) return { problem: `${place}: its installation folder, ${prefix}, holds the home folder` };
    return { path, prefix, version };
  } catch (thrown) {
    return { problem: `${place}: ${(thrown as Error).message.trim().split("\n").at(-1)}` };
  }
}

export async function findPython(): Promise<Python | { problem: string }> {
  const problems: string[] = [];
  for (const place of new Set(["/usr/bin/python3", ...placesOf("python3")])) {
    const python = await inspect(place);
    if (!("problem" in python)) return python;
    problems.push(python.problem);
  }
  return { problem: `No Python 3.8 or newer was found for the sandbox (${problems.join("; ")}).` };
}
