import { expect, test } from "vitest";
import { z } from "zod";
import { issueInWords } from "./issue-words.ts";

const words = (schema: z.ZodType, value: unknown) => schema.safeParse(value).error?.issues.map((issue) => issueInWords(issue, value));

test("zod's messages become sentences; the contract's own stay", () => {
  expect(words(z.number(), undefined)).toEqual(["Needs a value."]);
  expect(words(z.number(), "many")).toEqual(["This must be a number."]);
  expect(words(z.number().int(), 1.5)).toEqual(["This must be a whole number."]);
  expect(words(z.boolean(), 1)).toEqual(["This must be true or false."]);
  expect(words(z.number().min(2), 1)).toEqual(["At least 2."]);
  expect(words(z.number().positive(), 0)).toEqual(["More than 0."]);
  expect(words(z.number().max(1), 2)).toEqual(["At most 1."]);
  expect(words(z.array(z.string()).min(2), ["a"])).toEqual(["At least 2 of them."]);
  expect(words(z.array(z.string()).min(1), [])).toEqual(["Needs at least 1."]);
  expect(words(z.string().max(2), "abc")).toEqual(["At most 2 characters."]);
  expect(words(z.enum(["a", "b"]), "c")).toEqual(["Choose one of a, b."]);
  expect(words(z.discriminatedUnion("kind", [z.object({ kind: z.literal("a") }), z.object({ kind: z.literal("b") })]), { kind: "c" })).toEqual(["Choose one of a, b."]); // biome-ignore format: one thought
  expect(words(z.strictObject({ a: z.number() }), { a: 1, b: 2 })).toEqual(["b is no setting here."]);
  expect(words(z.strictObject({}), { a: 1, b: 2 })).toEqual(["a, b are no settings here."]);
  expect(words(z.literal(1), 2)).toEqual(["This must be 1."]);
  expect(
    words(
      z.number().refine(() => false, "Both contradict."),
      3,
    ),
  ).toEqual(["Both contradict."]);
});
