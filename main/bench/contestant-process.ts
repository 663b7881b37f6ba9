// One side of a comparison as a long-lived child process: asked for N steps by a line of JSON, it answers with their times.
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

const turnMessage = z.object({ milliseconds: z.array(z.number()), eventLoopP99: z.number().optional() });
export type Turn = z.infer<typeof turnMessage>;

/** The longest that loading, a compilation or one turn may take. */
const limitMilliseconds = 300_000;

export class ContestantProcess {
  readonly name: string;
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;
  private errorTail = "";

  constructor(name: string, command: string, args: string[], env: NodeJS.ProcessEnv) {
    this.name = name;
    this.child = spawn(command, args, { env, stdio: ["pipe", "pipe", "pipe"] });
    this.child.stderr!.on("data", (chunk) => {
      this.errorTail = (this.errorTail + chunk).slice(-8000);
    });
    this.child.stdin!.on("error", () => {}); // its end shows as the end of its lines
    this.child.on("error", (error) => {
      this.errorTail += error.message;
    });
    this.lines = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
  }

  /** Waits until it has loaded and made its first step. */
  async ready(): Promise<Ready> {
    return readyMessage.parse(await this.next());
  }

  async run(steps: number): Promise<Turn> {
    this.child.stdin!.write(`${JSON.stringify({ steps })}\n`);
    return turnMessage.parse(await this.next());
  }

  /** Its input ends, and so does it; after a moment it is killed. */
  async close(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null || this.child.pid === undefined) return;
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.stdin!.end();
    const timer = setTimeout(() => this.child.kill("SIGKILL"), 3000);
    await ended;
    clearTimeout(timer);
  }

  private async next(): Promise<unknown> {
    const timer = setTimeout(() => this.child.kill("SIGKILL"), limitMilliseconds);
    const line = await this.lines.next();
    clearTimeout(timer);
    if (!line.done) return JSON.parse(line.value);
    const said = this.errorTail.trim().split("\n");
    const reason = said.filter((text) => /error/i.test(text)).pop() ?? said.pop();
    throw new HeadstartError({
      code: "bench-contestant-ended",
      where: `bench: ${this.name}`,
      message: `It ended before it answered. ${reason?.trim() || "It said nothing."}`,
      hint: "Its last words say why; the other cases can be run alone with --case.",
    });
  }
}
