import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { z } from "zod";
import { answerLines } from "./json-lines.ts";

test("answers each line in its place, refused ones with their error and number", async () => {
  const lines: string[] = [];
  const refused = await answerLines(
    z.object({ n: z.number() }),
    async ({ n }) => {
      if (n === 3) throw new Error("three");
      return { twice: 2 * n };
    },
    { input: Readable.from(['{"n":1}\n\n{"n":"x"}\nno json\n{"n":3}\n{"n":4}\n']), output: { write: (text) => lines.push(text) } },
  );
  expect(refused).toBe(3);
  const answers = lines.map((line) => JSON.parse(line));
  expect(answers[0]).toEqual({ twice: 2 });
  expect(answers[1].error).toMatchObject({ code: "bad-input", line: 3 });
  expect(answers[2].error).toMatchObject({ code: "bad-json", line: 4 });
  expect(answers[3].error).toMatchObject({ line: 5, message: "three" });
  expect(answers[4]).toEqual({ twice: 8 });
});
