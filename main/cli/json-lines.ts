// Commands that scripts feed: JSON objects on stdin, one a line, an answer a line on stdout, in order. A line that is refused is
// answered with its error, so that answers stay beside their questions, and the exit code says that there was one.
import { createInterface } from "node:readline";
import type { z } from "zod";
import { HeadstartError } from "../contract/index.ts";
import { recordBehind } from "./failure.ts";

export interface Streams {
  input: NodeJS.ReadableStream;
  output: { write(text: string): unknown };
}

/** Answers every line; `schema` checks it first. Empty lines are skipped. Returns how many were refused. */
export async function answerLines<Input>(
  schema: z.ZodType<Input>,
  answer: (input: Input) => Promise<unknown>,
  { input, output }: Streams = { input: process.stdin, output: process.stdout },
): Promise<number> {
  let number = 0;
  let refused = 0;
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    number++;
    if (line.trim() === "") continue;
    let result: unknown;
    try {
      result = await answer(parsed(schema, line, number));
    } catch (thrown) {
      refused++;
      result = { error: { ...recordBehind(thrown), line: number } };
    }
    output.write(`${JSON.stringify(result)}\n`);
  }
  return refused;
}

function parsed<Input>(schema: z.ZodType<Input>, line: string, number: number): Input {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (thrown) {
    throw new HeadstartError({
      code: "bad-json",
      where: `line ${number}`,
      message: `The line is not JSON: ${(thrown as Error).message}.`,
      hint: "Write one JSON object a line.",
    });
  }
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const [issue] = error.issues;
  throw new HeadstartError({
    code: "bad-input",
    where: `line ${number}${issue.path.length > 0 ? `, ${issue.path.join(".")}` : ""}`,
    message: issue.message,
    hint: "Correct the field and send the line again.",
  });
}
