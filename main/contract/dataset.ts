// Problems, the responses that SFT learns from, and the pools they are split into.
import { z } from "zod";
import { answerRule } from "./answer-rule.ts";
import { codeTests } from "./code-tests.ts";
import { message } from "./message.ts";

/** Disjoint by construction: a problem is in exactly one pool (DESIGN: split once). */
export const pool = z.enum(["sft", "rl", "dev", "test"]);
export type Pool = z.infer<typeof pool>;

export const domain = z.enum(["math", "code"]);
export type Domain = z.infer<typeof domain>;

export const codeTest = z.object({
  call: z.string().meta({ description: "Python expression whose value is checked, e.g. f(2,3)" }),
  expected: z.string().meta({ description: "Python literal the call must equal" }),
  hidden: z.boolean().meta({ description: "Hidden tests are not shown in the prompt" }),
});
export type CodeTest = z.infer<typeof codeTest>;

export const problem = z.object({
  id: z.string().meta({ description: "Unique in its dataset, stable over versions, e.g. gsm8k-train-17, arith-3f2a" }),
  source: z.string().meta({ description: "Where it comes from: gsm8k, arithmetic, code, or what an imported row says" }),
  domain,
  pool,
  prompt: z.string().meta({ description: "What the model reads, e.g. 48+(48/2)=?" }),
  messages: z.array(message).optional().meta({ description: "A conversation in place of the prompt, for a chat template" }),
  answer: z.string().meta({ description: "Canonical right answer (math), or a reference solution (code)" }),
  answerRule: answerRule.optional().meta({ description: "Where a response states its answer; absent: after #" }),
  tests: z.array(codeTest).optional(),
  python: codeTests.optional().meta({ description: "Tests of a Python response, which run in a sandbox" }),
  steps: z.number().int().meta({ description: "Number of operations that solve it" }),
  difficulty: z.number().meta({ description: "Our grade, higher is harder (steps and digits); for sorting and histograms" }),
  question: z.string().optional().meta({ description: "The original wording (GSM8K)" }),
  sourceId: z.string().optional().meta({ description: "Line of the original file, e.g. train.jsonl:17" }),
});
export type Problem = z.infer<typeof problem>;

/** One right response to a problem, as SFT sees it. */
export const trace = z.object({
  problemId: z.string(),
  index: z.number().int().meta({ description: "0-based among this problem's responses" }),
  text: z.string(),
  style: z.string().meta({ description: "How it works, e.g. order=left,digits,check" }),
});
export type Trace = z.infer<typeof trace>;

export const dataConfig = z.object({
  seed: z.number().int().nonnegative().default(1).meta({ description: "Seed of the generated problems and of the split" }),
  gsm8k: z.boolean().default(true).meta({ description: "Include GSM8K's own arithmetic" }),
  gsm8kMinSteps: z.number().int().min(1).max(5).default(1).meta({ description: "Shortest GSM8K chain kept", unit: "operations" }),
  gsm8kMaxSteps: z.number().int().min(1).max(5).default(5).meta({ description: "Longest GSM8K chain kept", unit: "operations" }),
  gsm8kMaxValue: z.number().positive().default(1e9).meta({ description: "GSM8K problems with a larger operand or result are dropped" }),
  gsm8kWholeOnly: z.boolean().default(false).meta({ description: "Keep only GSM8K problems whose every value is a whole number" }),
  gsm8kOperations: z
    .array(z.enum(["+", "-", "*", "/"]))
    .default(["+", "-", "*", "/"])
    .meta({ description: "Operations kept in GSM8K problems" }),
  arithmetic: z
    .object({
      count: z.number().int().nonnegative().default(8000).meta({ description: "Generated arithmetic problems over all pools" }),
      minSteps: z.number().int().min(1).default(1).meta({ description: "Shortest generated chain", unit: "operations" }),
      maxSteps: z.number().int().min(1).default(3).meta({ description: "Longest generated chain", unit: "operations" }),
      minDigits: z.number().int().min(1).default(1).meta({ description: "Fewest digits of a number in a generated problem" }),
      maxDigits: z.number().int().min(1).default(2).meta({ description: "Most digits of a number in a generated problem" }),
      operations: z
        .array(z.enum(["+", "-", "*", "/"]))
        .default(["+", "-"])
        .meta({ description: "Operations of generated problems" }),
      numbers: z
        .enum(["whole", "integer", "decimal"])
        .default("whole")
        .meta({ description: "whole: every value ≥ 0; integer: negatives too; decimal: up to two places" }),
    })
    .prefault({}),
  code: z
    .object({
      count: z.number().int().nonnegative().default(0).meta({
        description: "Generated code problems over all pools; about half ask what a program prints and are problems of the domain math",
      }),
    })
    .prefault({}),
  split: z
    .object({
      sft: z.number().nonnegative().default(0.5).meta({ description: "Share of sft: what starts are fine-tuned on" }),
      rl: z.number().nonnegative().default(0.25).meta({ description: "Share of rl: what RL asks" }),
      dev: z.number().nonnegative().default(0.1).meta({ description: "Share of dev: what every choice is made on" }),
      test: z.number().nonnegative().default(0.15).meta({ description: "Share of test: what results are reported on" }),
    })
    .prefault({})
    .meta({ description: "Shares of the pools; problems are assigned by a hash of their prompt. GSM8K's test file goes to test only" }),
});
export type DataConfig = z.infer<typeof dataConfig>;

/** Problems taken from an imported dataset version for one study. */
export const importedData = z.object({
  imported: z.string().meta({ description: "Imported dataset version" }),
  contentHash: z.string().meta({ description: "Of that version" }),
});
export type ImportedData = z.infer<typeof importedData>;

/** A dataset as the store knows it: a config made real, with the hash of what came out. */
export const datasetSummary = z.object({
  id: z.string(),
  name: z.string(),
  contentHash: z.string().meta({ description: "sha256 over all problems in order" }),
  config: z.union([importedData, dataConfig]),
  createdAt: z.string(),
  counts: z.array(z.object({ pool, source: z.string(), problems: z.number().int() })),
  dropped: z.array(z.object({ reason: z.string(), count: z.number().int() })),
});
export type DatasetSummary = z.infer<typeof datasetSummary>;
