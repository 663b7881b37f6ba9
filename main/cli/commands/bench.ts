// headstart bench: the engine's step times, and with --peers beside PyTorch's and TRL's. The benchmark is a program of its
// own that runs from the sources (main/bench), so nothing of it is in the bundle.
import { type Command, InvalidArgumentError } from "commander";
import { runBenchProgram } from "../bench-program.ts";

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
    .option(
      "--case <key...>",
      "only these: sft-0.4m, sft-3.1m, grpo-0.4m, grpo-3.1m, generate-135m, event-loop, verifiers, decontamination",
      [],
    )
    .option("--rounds <n>", "turns of each side", parseRounds, 7)
    .option("--json", "print the report as JSON", false)
    .action(async ({ peers, case: cases, rounds, json }: BenchFlags) => {
      process.exitCode = await runBenchProgram("run.ts", { peers, cases, rounds, json });
    });
}
