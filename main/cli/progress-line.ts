// Progress for a person: one line that is rewritten on a terminal, lines elsewhere.
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

/** What is needed of stderr. */
export interface ProgressOutput {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

export class ProgressLine {
  readonly live: boolean;
  readonly #out: ProgressOutput;
  #shown = "";

  constructor(out: ProgressOutput) {
    this.#out = out;
    this.live = out.isTTY === true;
  }

  update(study: StudySummary): void {
    const text = formatProgress(study);
    if (text === this.#shown) return;
    if (this.live) this.#out.write(`\r\x1b[K${text.slice(0, (this.#out.columns || 80) - 1)}`);
    else this.#out.write(`${text}\n`);
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
