// Where a response states its answer. Datasets name the rule, so that a verdict never depends on a guess.
import { z } from "zod";

export const answerRule = z.enum(["boxed", "boxed-or-last-number", "gsm8k", "hash"]).meta({
  description:
    "boxed: the last \\boxed{}; boxed-or-last-number: else the last number; gsm8k: after ####, else A:, else the last number; hash: after #",
});
export type AnswerRule = z.infer<typeof answerRule>;
