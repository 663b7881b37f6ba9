import fc from "fast-check";
import { afterAll, expect, it, vi } from "vitest";
import { createMathVerifier } from "./verifier.ts";

const verifier = createMathVerifier({ entry: new URL("thread.ts", import.meta.url), threads: 2 });
afterAll(() => verifier.close());
vi.setConfig({ testTimeout: 30_000 }); // on a busy machine a thread takes seconds to start
const verify = (answer: string, gold = "42") => verifier.verify(`\\boxed{${answer}}`, gold, "boxed");

const tower = "9^{9^{9^9}}";
const hostile: [string, string][] = [
  ["a power tower", tower],
  ["a taller one", "9^{9^{9^{9^{9^{9^9}}}}}"],
  ["a tower with a variable", `x^{${tower}} + \\sin(${tower})`],
  ["a factorial of a factorial", "((9!)!)!"],
  ["a huge binomial", "\\binom{10^{9}}{5\\cdot 10^{8}}"],
  ["a huge exponent", "1.5^{999999999}"],
  ["an exponent written out", "1e9999"],
  ["deep braces", "{".repeat(400) + "}".repeat(400)],
  ["deep parentheses", `${"(".repeat(300)}1${")".repeat(300)}`],
  ["deep fractions", `${"\\frac{1}{".repeat(80)}1${"}".repeat(80)}`],
  ["deep roots", `${"\\sqrt{".repeat(120)}2${"}".repeat(120)}`],
  ["deep text", `${"\\text{".repeat(120)}2${"}".repeat(120)}`],
  ["many signs", `${"-".repeat(800)}1`],
  ["many plus-minus", "\\pm 1 ".repeat(100)],
  ["many commas", "1,".repeat(480)],
  ["many entries", "\\begin{pmatrix}".repeat(60)],
  ["a definition", "\\def\\a{\\a\\a}\\a"],
  ["a loop of definitions", "\\newcommand{\\x}{\\x\\x}\\x"],
  ["a file", "\\input{/etc/passwd}"],
  ["a prototype", "\\constructor + __proto__ + toString"],
  ["spaces for a regular expression", `1${" ".repeat(900)}x`],
  ["dots and commas", ".,".repeat(400)],
  ["digits and commas", "1,111".repeat(190)],
  ["unbalanced", "}{}{}{)(][\\left\\right\\{"],
  ["a lone backslash", "1\\"],
  ["control characters", "\u0000\u0001\ud800 1"],
];

it.each(hostile)("%s: a verdict, soon", async (_, answer) => {
  const started = performance.now();
  const { verdict, reward } = await verify(answer);
  expect([verdict, reward]).not.toContainEqual("right");
  expect(performance.now() - started).toBeLessThan(10_000);
});

it("a gold answer may be as bad", async () => {
  for (const [, gold] of hostile) expect((await verify("42", gold)).reward).toBe(0);
});

it("a megabyte of answer or response", async () => {
  const started = performance.now();
  expect((await verify("9".repeat(1_000_000))).verdict).toBe("unparseable");
  expect((await verify("42", "9".repeat(1_000_000))).verdict).toBe("error");
  expect((await verifier.verify("\\boxed{".repeat(150_000), "42", "boxed")).verdict).toBe("unparseable");
  expect((await verifier.verify(`${"7 ".repeat(500_000)}\\boxed{42}`, "42", "boxed")).verdict).toBe("right");
  expect(performance.now() - started).toBeLessThan(2000);
});

it("whatever is typed, there is a verdict", async () => {
  const pieces = fc.constantFrom(
    ..."0 1 9 . , + - * / ^ _ ( ) [ ] { } | ! = < > % $ & x y i e \\ \\\\ \\frac \\sqrt \\pi \\text \\left \\right \\pm \\cup \\in \\infty or".split(
      " ",
    ),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(pieces, { maxLength: 25 }),
      fc.constantFrom("42", "x^2+1", "(1,2]", "\\frac{\\sqrt3}{2}"),
      async (some, gold) => {
        expect(["right", "wrong", "unparseable"]).toContain((await verify(some.join(""), gold)).verdict);
      },
    ),
    { numRuns: 600 },
  );
});

it("a thread that takes too long is ended, and the next answer comes from a new one", async () => {
  const hasty = createMathVerifier({ entry: new URL("thread.ts", import.meta.url), threads: 1, milliseconds: 1 });
  try {
    const slow = await hasty.verify("\\boxed{\\sqrt{(x+y)^{30}}+\\sin x}", "\\sqrt{(y+x)^{30}}+\\sin x", "boxed");
    expect(slow).toEqual({ reward: 0, verdict: "error", reason: "timed out after 0.001 s" });
    expect((await hasty.verify("\\boxed{42}", "42.0", "boxed")).verdict).toBe("right");
  } finally {
    await hasty.close();
  }
});
