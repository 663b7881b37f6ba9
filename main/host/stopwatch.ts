// Seconds that a stage ran, pauses left out.
import { performance } from "node:perf_hooks";

export class Stopwatch {
  #since: number | null = null;
  #milliseconds = 0;

  start(): void {
    this.#since ??= performance.now();
  }

  stop(): void {
    this.#milliseconds = this.seconds * 1000;
    this.#since = null;
  }

  /** Since the start, or since they were last taken. */
  get seconds(): number {
    return (this.#milliseconds + (this.#since === null ? 0 : performance.now() - this.#since)) / 1000;
  }

  /** Returns the seconds and begins again at zero. */
  take(): number {
    const { seconds } = this;
    this.#milliseconds = 0;
    if (this.#since !== null) this.#since = performance.now();
    return seconds;
  }
}
