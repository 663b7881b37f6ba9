// The measuring programs of main/bench: they run from the sources, in a process of their own, so nothing of them is in the bundle.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { HeadstartError } from "../contract/index.ts";

/** Runs a file of main/bench with its options as JSON, its output as ours; resolves with its exit code. */
export async function runBenchProgram(file: string, options: unknown): Promise<number> {
  const child = spawn(process.execPath, [sourceOf(file), JSON.stringify(options)], { stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

function sourceOf(file: string): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); dirname(folder) !== folder; folder = dirname(folder)) {
    const candidate = join(folder, "main", "bench", file);
    if (existsSync(candidate)) return candidate;
  }
  throw new HeadstartError({
    code: "bench-needs-source",
    where: "bench",
    message: "Benchmarks and audits are not part of the packed app.",
    hint: "Run it in a clone of the repository.",
  });
}
