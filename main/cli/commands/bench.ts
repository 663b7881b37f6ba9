// headstart bench: the engine's step times, and with --peers beside PyTorch's and TRL's. The benchmark is a program of its
// own that runs from the sources (main/bench), so nothing of it is in the bundle.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Command, InvalidArgumentError } from "commander";
import { HeadstartError } from "../../contract/index.ts";

interface BenchFlags {
  peers: boolean;
  case: string[];
  rounds: number;
  json: boolean;
}

function parseRounds(text: string): number {
  const rounds = Number(text);
  if (!Number.isInteger(rounds) || rounds < 1) throw new InvalidArgumentError("rounds is a whole number from 1");
  return rounds;
}

export function addBench(program: Command): void {
  program
    .command("bench")
    .description("step times of SFT and GRPO, with --peers in turns with PyTorch and TRL (installed once, about 6 GB)")
    .option("--peers", "compare with PyTorch and TRL", false)
    .option("--case <key...>", "only these: sft-0.4m, sft-3.1m, grpo-0.4m, grpo-3.1m, event-loop", [])
    .option("--rounds <n>", "turns of each side", parseRounds, 7)
    .option("--json", "print the report as JSON", false)
    .action(async ({ peers, case: cases, rounds, json }: BenchFlags) => {
      const child = spawn(process.execPath, [benchProgram(), JSON.stringify({ peers, cases, rounds, json })], { stdio: "inherit" });
      process.exitCode = await new Promise<number>((resolve, reject) => {
        child.once("error", reject);
        child.once("exit", (code) => resolve(code ?? 1));
      });
    });
}

function benchProgram(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); dirname(folder) !== folder; folder = dirname(folder)) {
    const candidate = join(folder, "main", "bench", "run.ts");
    if (existsSync(candidate)) return candidate;
  }
  throw new HeadstartError({
    code: "bench-needs-source",
    where: "bench",
    message: "The benchmark is not part of the packed app.",
    hint: "Run it in a clone of the repository.",
  });
}
