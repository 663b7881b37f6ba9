// Lines that arrive, each to be taken once by who waits for it, with a time limit. Used by every kind of sandbox.
import { late } from "./sandbox.ts";

export class LineChannel {
  private readonly lines: string[] = [];
  private waiting: ((line: string | null) => void) | null = null;
  private closed = false;

  push(line: string): void {
    if (this.waiting) this.waiting(line);
    else this.lines.push(line);
  }

  close(): void {
    this.closed = true;
    this.waiting?.(null);
  }

  /** The next line; `late` when none came in time; null once closed, with no line left. One call at a time. */
  receive(milliseconds: number): Promise<string | typeof late | null> {
    if (this.lines.length > 0) return Promise.resolve(this.lines.shift()!);
    if (this.closed) return Promise.resolve(null);
    return new Promise((resolve) => {
      const settle = (line: string | typeof late | null) => {
        clearTimeout(timer);
        this.waiting = null;
        resolve(line);
      };
      const timer = setTimeout(() => settle(late), Math.max(0, milliseconds));
      this.waiting = settle;
    });
  }
}
