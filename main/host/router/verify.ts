// verify: verdicts on responses that are given, for scripts and for checking a verifier by hand.
import { z } from "zod";
import { answerRule, type CodeBoundary, codeTests, type Verification } from "../../contract/index.ts";
import { procedure, router } from "./trpc.ts";

export const verify = router({
  /** What Python programs run behind; of kind none, where none are run. */
  boundary: procedure.query(({ ctx }): Promise<CodeBoundary> => ctx.host.verifiers.codeBoundary()),
  math: procedure
    .input(z.object({ response: z.string(), answer: z.string(), rule: answerRule.default("boxed") }))
    .mutation(({ ctx, input: { response, answer, rule } }): Promise<Verification> => {
      const problem = { domain: "math" as const, answer, answerRule: rule };
      return ctx.host.verifiers.verify({ problem, response: { text: response, finishReason: "stop" } });
    }),
  code: procedure
    .input(z.object({ response: z.string(), tests: codeTests }))
    .mutation(({ ctx, input: { response, tests } }): Promise<Verification> => {
      const problem = { domain: "code" as const, answer: "", python: tests };
      return ctx.host.verifiers.verify({ problem, response: { text: response, finishReason: "stop" } });
    }),
});
