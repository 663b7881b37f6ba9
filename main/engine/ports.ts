// What the engine asks of whoever runs it. It has no clock, no files and no console of its own.

export interface EnginePorts {
  /** Called after each step and each decoded token: lets the host serve pause and stop. Throws `Aborted` to end the stage. */
  yield(): Promise<void>;
  /** Monotonic seconds, for the timing metrics only. */
  now(): number;
}

export class Aborted extends Error {
  constructor() {
    super("The stage was stopped.");
    this.name = "Aborted";
  }
}
