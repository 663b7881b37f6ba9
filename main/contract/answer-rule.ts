// How a dataset's responses say their answer, where no \boxed{} does.
import { z } from "zod";

export const answerRule = z.enum(["boxed", "boxed-or-last-number", "gsm8k", "hash"]).meta({
  description:
    "boxed: the last \\boxed{} after </think>; boxed-or-last-number: without one, the last number; gsm8k: without one, the #### line, " +
    "the A: line or the last number; hash: the number after the last # (the quick study)",
});
export type AnswerRule = z.infer<typeof answerRule>;
