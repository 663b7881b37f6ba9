import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { extractPython, programOf } from "./extract.ts";

const block = (code: string, label = "python") => `\`\`\`${label}\n${code}\n\`\`\``;

describe("the program in a response", () => {
  it.each([
    ["one block", block("x = 1"), "x = 1"],
    ["the last of two", `${block("x = 1")}\nbetter:\n${block("x = 2")}`, "x = 2"],
    ["after the thought", `<think>${block("x = 1")}</think>${block("x = 2")}`, "x = 2"],
    ["python3, after words", `Here: \`\`\`python3\nx = 1\n\`\`\``, "x = 1"],
    ["a body keeps its indentation", block("    return 1\n\n  # end"), "    return 1\n\n  # end"],
    ["in a list", "1. so:\n   ```py\n   if x:\n     y = 1\n   ```", "if x:\n  y = 1"],
    ["longer fences hold shorter ones", `\`\`\`\`python\n${block("a", "")}\n\`\`\`\``, block("a", "")],
    ["then an output block", `${block("x = 1")}\n${block("7", "text")}`, "x = 1"],
    ["Windows line ends", "```python\r\nx = 1\r\ny = 2\r\n```\r\n", "x = 1\ny = 2"],
  ])("%s", (_, response, code) => {
    expect(extractPython(response)).toEqual({ code });
  });

  it.each([
    ["no block", "x = 1", "no ```python block"],
    ["a block of nothing named", block("x = 1", ""), "no ```python block"],
    ["only in the thought", `<think>${block("x = 1")}</think> done`, "no ```python block"],
    ["cut off", "```python\nx = 1", "the last ```python block is not closed"],
    ["cut off in a second block", `${block("x = 1")}\n\`\`\`python\nx =`, "the last ```python block is not closed"],
    ["empty", block("  "), "the last ```python block is empty"],
  ])("%s: unparseable", (_, response, problem) => {
    expect(extractPython(response)).toEqual({ problem });
  });

  it("takes any text in linear time", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("`", "\n", " ", "python", "</think>", "x") }), (text) => !!extractPython(text)),
    );
    const started = Date.now();
    for (const line of ["`".repeat(200_000), `${"`".repeat(200_000)}x\``, "\t".repeat(200_000), "` ".repeat(100_000)])
      for (const before of ["", "```python\n"]) extractPython(`${before}${line}\n${line}`);
    expect(Date.now() - started).toBeLessThan(1000);
  });
});

describe("what runs of it", () => {
  const tests = { kind: "check" as const, prompt: 'import math\n\n\ndef f(x):\n    """Doc."""\n', entryPoint: "f", test: "" };
  it("a whole function, after the prompt's imports", () => {
    expect(programOf(tests, "def g(): pass\ndef f(x):\n    return x")).toEqual([
      "import math\n\n\n",
      "def g(): pass\ndef f(x):\n    return x",
    ]);
    expect(programOf(tests, "f = abs")[1]).toBe("f = abs");
  });
  it("a body completes the prompt", () => {
    expect(programOf(tests, "    return f2(x)")).toEqual([`${tests.prompt}    return f2(x)`]);
  });
});
