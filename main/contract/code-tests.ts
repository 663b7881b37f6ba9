// What a Python program is tested with, in the three forms that datasets have, and the limits it runs under. A program never gets
// to see any of it but the arguments of the call in hand, or the input of the run in hand.
import { z } from "zod";

export const codeLimits = z.object({
  timeSeconds: z.number().positive().max(600).default(6).meta({
    description: "Wall time of one call, of one run on one input, and of loading the program (LiveCodeBench's limit)",
    unit: "s",
  }),
  totalSeconds: z.number().positive().max(3600).default(120).meta({ description: "Wall time of all tests of one response", unit: "s" }),
  memoryMiB: z.number().int().min(64).max(65536).default(1024).meta({ description: "Address space of the program", unit: "MiB" }),
  outputBytes: z
    .number()
    .int()
    .min(1024)
    .max(2 ** 28)
    .default(2 ** 24)
    .meta({ description: "What a program may print and return in one run; more ends it", unit: "bytes" }),
});
export type CodeLimits = z.infer<typeof codeLimits>;

const source = z.string();
const name = z.string().regex(/^[A-Za-z_]\w*$/, "a Python name");

export const codeTests = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("check"),
    prompt: source.meta({ description: "Imports, helpers and the head of the function, with its docstring" }),
    entryPoint: name,
    test: source.meta({ description: "Python that defines check(candidate), which asserts (HumanEval)" }),
  }),
  z.object({
    kind: z.literal("asserts"),
    setup: source.meta({ description: "Python that runs before the assertions, where they run; may be empty" }),
    asserts: z
      .array(source)
      .min(1)
      .meta({ description: "Python statements; a name that neither they nor the set-up define is the program's (MBPP)" }),
  }),
  z.object({
    kind: z.literal("calls"),
    entryPoint: name.meta({ description: "A function, or a method of the class Solution" }),
    cases: z
      .array(
        z.object({
          args: z.array(z.string()).meta({ description: "Each as JSON or as a Python literal" }),
          expected: z.string().meta({ description: "As JSON or as a Python literal" }),
        }),
      )
      .min(1)
      .meta({ description: "LiveCodeBench's functional tests; its imports run before the program" }),
  }),
  z.object({
    kind: z.literal("stdin"),
    cases: z
      .array(z.object({ input: z.string(), output: z.string() }))
      .min(1)
      .meta({ description: "LiveCodeBench's stdin tests; its imports run before the program" }),
  }),
]);
export type CodeTests = z.infer<typeof codeTests>;

/** What keeps a program away from the machine: Linux namespaces, a browser's sandbox, or nothing, in which case nothing runs. */
export const codeBoundary = z.object({
  kind: z.enum(["bubblewrap", "pyodide-window", "none"]),
  detail: z.string().meta({ description: "Its versions, or why there is none and what to do about it" }),
});
export type CodeBoundary = z.infer<typeof codeBoundary>;
