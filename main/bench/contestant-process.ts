// One side of a comparison as a long-lived child process: asked by a line of JSON to work for some
// seconds, it answers with the times of its steps.
// Between its turns it waits, so that the others have the machine for themselves.
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { z } from "zod";
import { HeadstartError } from "../contract/errors.ts";

const readyMessage = z.object({
  ready: z.string(),
  device: z.enum(["cpu", "cuda"]),
  parameters: z.number().int(),
  threads: z.number().int(),
  firstStepSeconds: z.number(),
});
export type Ready = z.infer<typeof readyMessage>;

const rates = z.object({ gigaflops: z.number(), gigabytes: z.number() });

const turnMessage = z.object({
  milliseconds: z.array(z.number()),
  eventLoopP99: z.number().optional(),
  /** Of the roofline: means over the turn, and the fastest. See roofline.ts. */
  rates: rates.optional(),
  fastestRates: rates.optional(),
});
export type Turn = z.infer<typeof turnMessage>;

/** The longest that loading, a compilation or one turn may take. */
const limitMilliseconds = 300_000;

export class ContestantProcess {
  readonly name: string;
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;
  /** How it ended, in words. */
  private readonly ended: Promise<string>;
  private errorTail = "";

  constructor(name: string, command: string, args: string[], env: NodeJS.ProcessEnv) {
    this.name = name;
    this.child = spawn(command, args, { env, stdio: ["pipe", "pipe", "pipe"] });
    this.child.stderr!.on("data", (chunk) => {
      this.errorTail = (this.errorTail + chunk).slice(-8000);
    });
    this.child.stdin!.on("error", () => {}); // its end shows as the end of its lines
    this.ended = new Promise((resolve) => {
      this.child.once("error", (error) => resolve(`It could not start: ${error.message}.`));
      this.child.once("exit", (code, signal) => resolve(signal ? `It was ended by ${signal}.` : `It ended with code ${code}.`));
    });
    this.lines = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
  }

  /** Waits until it has loaded and made its first step. */
  async ready(): Promise<Ready> {
    return readyMessage.parse(await this.next());
  }

  /** Whole steps, until so many seconds have passed; at least one. */
  async run(seconds: number): Promise<Turn> {
    this.child.stdin!.write(`${JSON.stringify({ seconds })}\n`);
    return turnMessage.parse(await this.next());
  }

  /** Its input ends, and so does it; after a moment it is killed. */
  async close(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null || this.child.pid === undefined) return;
    this.child.stdin!.end();
    const timer = setTimeout(() => this.child.kill("SIGKILL"), 3000);
    await this.ended;
    clearTimeout(timer);
  }

  private async next(): Promise<unknown> {
    const timer = setTimeout(() => this.child.kill("SIGKILL"), limitMilliseconds);
    const line = await this.lines.next();
    clearTimeout(timer);
    if (!line.done) return JSON.parse(line.value);
    const how = await this.ended;
    const said = this.errorTail.trim().split("\n");
    const lastError = said.filter((text) => /error: /i.test(text)).pop();
    throw new HeadstartError({
      code: "bench-contestant-ended",
      where: `bench: ${this.name}`,
      message: lastError ? `${how} ${lastError.trim()}` : how,
      hint: "Its last words say why; the other cases can be run alone with --case.",
    });
  }
}
