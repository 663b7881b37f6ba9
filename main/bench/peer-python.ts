// The Python environments of the peers: each made once in the user's cache from pinned requirements, and used again.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { HeadstartError } from "../contract/errors.ts";

const run = promisify(execFile);

export interface PeerEnvironment {
  /** Its folder in the user's cache. */
  name: string;
  /** File of pinned requirements. */
  requirements: string;
  /** What is brought, for the person who waits: "PyTorch and TRL, about 6 GB". */
  contents: string;
}

/** Path of a Python that has what the requirements list. */
export async function peerPython({ name, requirements, contents }: PeerEnvironment, say: (line: string) => void): Promise<string> {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "headstart", name);
  const python = join(folder, "bin", "python");
  const stamp = join(folder, "requirements.sha256");
  const wanted = createHash("sha256").update(readFileSync(requirements)).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return python;
  say(`Installing for the comparison, once, into ${folder}: ${contents}`);
  if (!existsSync(python)) await attempt("python3", ["-m", "venv", folder]);
  await attempt(python, ["-c", "import sys; assert sys.version_info >= (3, 10), 'Python 3.10 or newer is needed'"]);
  await attempt(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "-r", requirements]);
  writeFileSync(stamp, wanted); // last: an install that was cut is taken up again
  return python;
}

async function attempt(command: string, args: string[]): Promise<void> {
  try {
    await run(command, args, { maxBuffer: 1 << 26 });
  } catch (cause) {
    const said = String((cause as { stderr?: string }).stderr || (cause as Error).message);
    throw new HeadstartError(
      {
        code: "bench-python-failed",
        where: `bench: ${command} ${args.slice(0, 3).join(" ")}`,
        message: `The peers' Python environment could not be made: ${said.trim().split("\n").at(-1)}`,
        hint: "It needs Python 3.10 or newer with venv, and its package index; without peers Headstart is measured alone.",
      },
      { cause },
    );
  }
}
