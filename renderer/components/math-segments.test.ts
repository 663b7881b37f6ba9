import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fencedBlocks, mathSegments } from "./math-segments.ts";

const math = (text: string) => mathSegments(text).filter((s) => s.kind !== "text");

describe("mathematics in a text", () => {
  test("every form of delimiter", () => {
    expect(mathSegments(String.raw`Let $x^2$ be \(y\). Then \[z\] and $$w$$.`)).toEqual([
      { kind: "text", text: "Let " },
      { kind: "inline", text: "x^2" },
      { kind: "text", text: " be " },
      { kind: "inline", text: "y" },
      { kind: "text", text: ". Then " },
      { kind: "display", text: "z" },
      { kind: "text", text: " and " },
      { kind: "display", text: "w" },
      { kind: "text", text: "." },
    ]);
  });
  test("money is no mathematics", () => {
    for (const text of ["It costs $5 and $10.", "from $5-$6", "a \\$x\\$ b", "$ 5 $", "only $5"]) expect(math(text)).toEqual([]);
  });
  test("a boxed answer alone, with braces inside; one that does not end is text", () => {
    expect(math(String.raw`So \boxed{\frac{1}{2}}.`)).toEqual([{ kind: "inline", text: String.raw`\boxed{\frac{1}{2}}` }]);
    expect(math(String.raw`So \boxed{\frac{1}{2}`)).toEqual([]);
  });
  test("environments keep their delimiters", () => {
    const text = String.raw`\begin{align*}a&=b\end{align*}`;
    expect(mathSegments(text)).toEqual([{ kind: "display", text }]);
  });
  test("nothing of the text is lost, whatever it holds", () => {
    const pieces = fc.array(
      fc.constantFrom("$", "$$", "\\(", "\\)", "\\[", "\\boxed{", "}", "{", " ", "x", "\n", "\\", "5", "\\begin{align}"),
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join("");
        let rest = text;
        for (const { kind, text } of mathSegments(rest)) {
          const marked = kind === "text" ? [text] : [`$$${text}$$`, `$${text}$`, `\\(${text}\\)`, `\\[${text}\\]`, text];
          const spelled = marked.find((form) => rest.startsWith(form));
          expect(spelled).toBeDefined();
          rest = rest.slice(spelled?.length);
        }
        expect(rest).toBe("");
      }),
    );
  });
});

test("fenced code is told from prose, also where the response was cut in it", () => {
  expect(fencedBlocks("First:\n```python\ndef f():\n    return 1\n```\nDone.")).toEqual([
    { kind: "prose", text: "First:\n", language: "" },
    { kind: "code", text: "def f():\n    return 1", language: "python" },
    { kind: "prose", text: "\nDone.", language: "" },
  ]);
  expect(fencedBlocks("```py\nx = 1")).toEqual([{ kind: "code", text: "x = 1", language: "py" }]);
  expect(fencedBlocks("no fence")).toEqual([{ kind: "prose", text: "no fence", language: "" }]);
});
