// headstart audit math: the math verifier on pairs with hand-made rulings, beside PyPI's math-verify.
import type { Command } from "commander";
import { runBenchProgram } from "../bench-program.ts";

export function addAudit(program: Command): void {
  program
    .command("audit")
    .description("verifiers on committed cases with hand-made rulings")
    .command("math")
    .description("beside PyPI's math-verify (installed once, about 80 MB): agreement, and every pair on which one of them is wrong")
    .option("--alone", "without math-verify", false)
    .option("--json", "print the report as JSON", false)
    .action(async ({ alone, json }: { alone: boolean; json: boolean }) => {
      process.exitCode = await runBenchProgram("audit.ts", { alone, json });
    });
}
