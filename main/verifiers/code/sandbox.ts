// The port between what judges a program (judge.ts) and what keeps it from the machine (bubblewrap.ts here, a hidden window in
// Electron): a process of Python behind a boundary, running one of the two harnesses, reached by lines of text.
import type { CodeBoundary, CodeLimits } from "../../contract/code-tests.ts";

export type Role = "candidate" | "checker";

/** How a sandbox came to its end. */
export interface Ending {
  /** True when its program came to its own end in good order. */
  orderly: boolean;
  /** In a few words: exit code 1, more than 16 MiB of output, killed. */
  how: string;
  /** What the program printed. */
  output: string;
}

/** Given in place of a line that did not come in time. */
export const late = Symbol("late");

export interface Sandbox {
  send(line: string): void;
  /** The next line; null once it has ended, with no line left. One call at a time. */
  receive(milliseconds: number): Promise<string | typeof late | null>;
  /** Settles once nothing of it is left running; never rejects. */
  readonly ended: Promise<Ending>;
  kill(): void;
}

/** A way to open sandboxes. It fails closed: where `boundary` is none, nothing is opened. */
export interface CodeRunner {
  /** Looked into once, by trying; then remembered. */
  boundary(): Promise<CodeBoundary>;
  /** What fails before the harness runs ends the sandbox before its first line, "started". */
  open(role: Role, limits: CodeLimits): Sandbox;
  close(): Promise<void>;
}
