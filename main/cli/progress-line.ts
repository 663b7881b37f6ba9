// Progress for a person: one line that is rewritten on a terminal, and a line at each change elsewhere.
import type { WriteStream } from "node:tty";
import type { StudySummary } from "../contract/index.ts";

export function formatDuration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function formatProgress({ progress, activity, etaSeconds }: StudySummary): string {
  const share = `${Math.floor(progress * 100)} %`.padStart(5);
  return `${share}  ${activity}${etaSeconds === null ? "" : `, about ${formatDuration(etaSeconds)} left`}`;
}

export class ProgressLine {
  readonly live: boolean;
  readonly #out: Pick<WriteStream, "write" | "isTTY" | "columns">;
  #shown = "";

  constructor(out: Pick<WriteStream, "write" | "isTTY" | "columns">) {
    this.#out = out;
    this.live = out.isTTY === true;
  }

  update(study: StudySummary): void {
    const text = formatProgress(study);
    if (text === this.#shown) return;
    if (this.live) this.#out.write(`\r\x1b[K${text.slice(0, (this.#out.columns || 80) - 1)}`);
    // Elsewhere only a change of what is done is worth a line, not each step of it.
    else if (study.activity.split(":")[0] !== this.#shown.slice(7).split(/:|, about/)[0]) this.#out.write(`${text}\n`);
    this.#shown = text;
  }

  /** A line that stays. */
  note(text: string): void {
    this.#out.write(this.live ? `\r\x1b[K${text}\n${this.#shown.slice(0, (this.#out.columns || 80) - 1)}` : `${text}\n`);
  }

  end(): void {
    if (this.live && this.#shown !== "") this.#out.write("\r\x1b[K");
    this.#shown = "";
  }
}
