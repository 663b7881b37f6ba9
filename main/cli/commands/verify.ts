// headstart verify: verdicts on responses, a line of JSON each.
import type { Command } from "commander";
import { z } from "zod";
import { answerRule, type CodeTests, codeTests } from "../../contract/index.ts";
import { withApplication } from "../application.ts";
import { answerLines } from "../json-lines.ts";
import { plural } from "../text.ts";

const humanEval = z
  .object({ prompt: z.string(), entry_point: z.string(), test: z.string() })
  .transform(({ prompt, entry_point, test }): CodeTests => ({ kind: "check", prompt, entryPoint: entry_point, test }));
/** LiveCodeBench's list of cases; functional ones name their function beside. */
const liveCodeBench = z
  .array(
    z.object({
      input: z.string(),
      output: z.string(),
      testtype: z.enum(["stdin", "functional"]).default("stdin"),
      func_name: z.string().optional(),
    }),
  )
  .min(1)
  .transform((cases, ctx): CodeTests => {
    const [{ testtype, func_name: entryPoint }] = cases;
    if (testtype === "stdin") return { kind: "stdin", cases };
    if (entryPoint === undefined) {
      ctx.addIssue({ code: "custom", message: "Functional tests name their function: add func_name to the first one." });
      return z.NEVER;
    }
    return {
      kind: "calls",
      entryPoint,

      cases: cases.map(({ input, output }) => ({ args: input.split("\n"), expected: output })),
    };
  });
/** What LiveCodeBench's own checker is given. */
const inputOutput = z
  .object({ inputs: z.array(z.string()).min(1), outputs: z.array(z.string()), fn_name: z.string().nullish() })
  .transform(({ inputs, outputs, fn_name: entryPoint }, ctx): CodeTests => {
    if (inputs.length !== outputs.length) {
      ctx.addIssue({ code: "custom", message: `It has ${plural(inputs.length, "input")} and ${plural(outputs.length, "output")}.` });
      return z.NEVER;
    }
    if (!entryPoint) return { kind: "stdin", cases: inputs.map((input, i) => ({ input, output: outputs[i] })) };
    return { kind: "calls", entryPoint, cases: inputs.map((input, i) => ({ args: input.split("\n"), expected: outputs[i] })) };
  });
/** As this project has them, or as the benchmarks' own files do. */
const pythonTests = z.union([codeTests, humanEval, liveCodeBench, inputOutput]);

export function addVerify(program: Command): void {
  const verify = program.command("verify").description("verdicts on responses: a line of JSON in, {reward, verdict, reason} out");
  verify
    .command("math")
    .description('{"response", "answer"} a line, and "rule" where the answer is not in \\boxed{}')
    .option("--json", "accepted; the answers are always JSON")
    .action(() =>
      withApplication(async ({ client }) => {
        const line = z.object({ response: z.string(), answer: z.string(), rule: answerRule.optional() });
        const refused = await answerLines(line, (input) => client.verify.math.mutate(input));
        if (refused > 0) process.exitCode = 1;
      }),
    );
  verify
    .command("code")
    .description('{"response", "tests"} a line; tests as HumanEval or LiveCodeBench have them')
    .option("--json", "accepted; the answers are always JSON")
    .action(() =>
      withApplication(async ({ client }) => {
        const line = z.object({ response: z.string(), tests: pythonTests });
        const refused = await answerLines(line, (input) => client.verify.code.mutate(input));
        if (refused > 0) process.exitCode = 1;
      }),
    );
}
