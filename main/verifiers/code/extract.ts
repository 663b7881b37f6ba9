// The program that a response states, and what runs of it.
//
// It is the last ```python block after the last </think> (the paper, §4.3). A block that is not closed was cut off, and no block is no
// program: both are unparseable, apart from wrong. For HumanEval the block may hold the whole function, with whatever it needs, or only
// the lines that complete the prompt, indented as they stand in the body.
import type { CodeTests } from "../../contract/code-tests.ts";

export type Extraction = { code: string } | { problem: string };

const closing = /^[ \t]*(`{3,})[ \t]*$/;
const indentation = /^[ \t]*/;
const pythonLabel = /^(python3?|py)\b/i;
const endOfThought = "</think>";

/** The fence that opens a block at the end of a line, or null. No pattern: those that say this take quadratic time on hostile lines. */
function openingOf(line: string): { ticks: number; label: string } | null {
  const at = line.indexOf("```");
  if (at < 0 || line.slice(0, at).includes("`")) return null;
  let end = at;
  while (line[end] === "`") end++;
  const label = line.slice(end).trim();
  return label.includes("`") ? null : { ticks: end - at, label };
}

/** A block opens at the end of a line, with python, python3 or py; a line of at least as many backticks alone closes it. */
export function extractPython(response: string): Extraction {
  const thought = response.lastIndexOf(endOfThought);
  const answer = thought < 0 ? response : response.slice(thought + endOfThought.length);
  let found: Extraction = { problem: "no ```python block" };
  let block: { python: boolean; ticks: number; indent: number; lines: string[] } | null = null;
  for (const line of answer.split(/\r?\n/)) {
    const indent = indentation.exec(line)![0].length;
    if (!block) {
      const fence = openingOf(line);
      if (fence) block = { python: pythonLabel.test(fence.label), ticks: fence.ticks, indent, lines: [] };
    } else if ((closing.exec(line)?.[1].length ?? 0) >= block.ticks) {
      if (block.python) found = { code: block.lines.join("\n") };
      block = null;
    }
    // A block in a list is indented as a whole.
    else block.lines.push(line.slice(Math.min(indent, block.indent)));
  }
  if (block?.python) return { problem: "the last ```python block is not closed" };
  if ("code" in found && found.code.trim() === "") return { problem: "the last ```python block is empty" };
  return found;
}

const modules = "string re datetime collections heapq bisect copy math random statistics itertools functools operator io sys json".split(
  " ",
);
/** What LiveCodeBench runs before each program, in its order, so that one that forgets an import is judged as there. */
export const liveCodeBenchImports = [
  ...[...modules, "builtins", "typing"].map((name) => `from ${name} import *`),
  ...modules.map((name) => `import ${name}`),
  "sys.setrecursionlimit(50000)\n",
].join("\n");

/** What runs in the candidate's process, in order, in one namespace. */
export function programOf(tests: CodeTests, code: string): string[] {
  switch (tests.kind) {
    case "asserts":
      return [code];
    case "calls":
    case "stdin":
      return [liveCodeBenchImports, code];
    case "check": {
      const head = new RegExp(`^(?:async[ \\t]+)?def[ \\t]+${tests.entryPoint}\\b|^${tests.entryPoint}[ \\t]*=`, "m");
      if (!head.test(code)) return [tests.prompt + code];
      // The prompt's imports and helpers, which a whole function may go without repeating.
      const start = head.exec(tests.prompt)?.index ?? tests.prompt.length;
      return [tests.prompt.slice(0, start), code];
    }
  }
}
