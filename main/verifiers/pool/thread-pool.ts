// Threads for work that may never end: each does one job at a time within a limit of time and memory, and is ended and replaced when
// it exceeds it. Threads are started when there is work for them, and keep no process alive while they have none.
import { Worker } from "node:worker_threads";
import { HeadstartError } from "../../contract/errors.ts";

export interface ThreadPoolOptions {
  /** What the pool is of, for messages. */
  name: string;
  /** The threads' file: posts "ready" once, then one message for each one it gets. */
  entry: URL;
  threads: number;
  /** The longest that one job may take; starting a thread is not counted. */
  milliseconds: number;
  megabytes: number;
}

export type Outcome<Result> = { done: Result } | { exceeded: "time" | "memory" };

export interface ThreadPool<Job, Result> {
  /** @throws HeadstartError when the threads cannot be started or the work throws. */
  run(job: Job): Promise<Outcome<Result>>;
  /** Ends the threads; jobs under way and waiting are rejected. */
  close(): Promise<void>;
}

interface Waiting<Job, Result> {
  job: Job;
  resolve(outcome: Outcome<Result>): void;
  reject(error: Error): void;
}

const startMilliseconds = 60_000;

export function createThreadPool<Job, Result>(options: ThreadPoolOptions): ThreadPool<Job, Result> {
  const queue: Waiting<Job, Result>[] = [];
  const threads = new Set<Thread<Job, Result>>();
  let closed = false;

  const next = () => {
    while (queue.length > 0) {
      let thread = [...threads].find(({ busy }) => !busy);
      if (!thread && threads.size >= options.threads) return;
      if (!thread) {
        thread = new Thread(
          options,
          () => {
            threads.delete(thread!);
            next();
          },
          next,
        );
        threads.add(thread);
      }
      thread.take(queue.shift()!);
    }
  };

  return {
    run: (job) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(ended(options.name));
        queue.push({ job, resolve, reject });
        next();
      }),
    close: async () => {
      closed = true;
      for (const { reject } of queue.splice(0)) reject(ended(options.name));
      await Promise.all([...threads].map((thread) => thread.end()));
    },
  };
}

class Thread<Job, Result> {
  private readonly options: ThreadPoolOptions;
  private readonly worker: Worker;
  private ready = false;
  private current: Waiting<Job, Result> | null = null;
  private timer: NodeJS.Timeout;
  private readonly gone: () => void;
  private readonly free: () => void;

  constructor(options: ThreadPoolOptions, gone: () => void, free: () => void) {
    this.options = options;
    this.gone = gone;
    this.free = free;
    this.worker = new Worker(options.entry, { resourceLimits: { maxOldGenerationSizeMb: options.megabytes } });
    this.timer = setTimeout(() => this.fail(new Error(`no answer within ${startMilliseconds / 1000} s of its start`)), startMilliseconds);
    this.worker.on("message", (message: "ready" | Result) => this.receive(message));
    this.worker.on("error", (error: NodeJS.ErrnoException) =>
      error.code === "ERR_WORKER_OUT_OF_MEMORY" ? this.finish({ exceeded: "memory" }, true) : this.fail(error),
    );
    this.worker.on("exit", (code) => this.fail(new Error(`it ended with code ${code}`)));
  }

  get busy(): boolean {
    return this.current !== null;
  }

  take(waiting: Waiting<Job, Result>): void {
    this.current = waiting;
    this.worker.ref();
    if (this.ready) this.start();
  }

  async end(): Promise<void> {
    this.fail(ended(this.options.name));
    await this.worker.terminate();
  }

  private start(): void {
    this.timer = setTimeout(() => this.finish({ exceeded: "time" }, true), this.options.milliseconds);
    this.worker.postMessage(this.current!.job);
  }

  private receive(message: "ready" | Result): void {
    clearTimeout(this.timer);
    if (this.ready) this.finish({ done: message as Result }, false);
    else {
      this.ready = true;
      if (this.current) this.start();
    }
  }

  private finish(outcome: Outcome<Result>, dead: boolean): void {
    const done = this.leave(dead);
    done?.resolve(outcome);
    if (!dead) this.free();
  }

  /** The thread's own failure, or its end: of no use any more. */
  private fail(cause: Error): void {
    const { name } = this.options;
    const error =
      cause instanceof HeadstartError
        ? cause
        : new HeadstartError(
            {
              code: "thread-failed",
              where: name,
              message: `A thread of the ${name} failed: ${cause.message}.`,
              hint: "This is a defect in Headstart: please report it.",
            },
            { cause },
          );
    this.leave(true)?.reject(error);
  }

  private leave(dead: boolean): Waiting<Job, Result> | null {
    const { current } = this;
    this.current = null;
    clearTimeout(this.timer);
    this.worker.unref();
    if (dead) {
      this.worker.removeAllListeners();
      this.worker.on("error", () => {});
      void this.worker.terminate();
      this.gone();
    }
    return current;
  }
}

const ended = (name: string) =>
  new HeadstartError({
    code: "verifier-closed",
    where: name,
    message: `The ${name} was closed while it had work.`,
    hint: "Start again what asked for it.",
  });
