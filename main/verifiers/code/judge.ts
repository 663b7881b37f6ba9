// The verdict on a program: it runs in one sandbox, its tests in another, and this process carries the lines between the two.
//
// The program gets the arguments of the call in hand, or the input of the run in hand. Expected values, later arguments and the
// comparison are in the checker's sandbox, or here (what is printed), so nothing that a program does to its own process, its exit code
// or its output earns a reward: that takes the checker's word over its own channel that all tests have passed.
import type { CodeLimits, CodeTests } from "../../contract/code-tests.ts";
import type { Verdict } from "../../contract/rollout.ts";
import { outputFault } from "./printed-output.ts";
import { type CodeRunner, late, type Role, type Sandbox } from "./sandbox.ts";

export interface CodeOutcome {
  /** error: the sandbox's fault or the tests', never the program's. */
  verdict: Extract<Verdict, "right" | "wrong" | "error">;
  reason: string;
}

const wrong = (reason: string): CodeOutcome => ({ verdict: "wrong", reason });
const error = (reason: string): CodeOutcome => ({ verdict: "error", reason });

/** For a sandbox to come up on a busy machine; none of the program's time. */
const startMilliseconds = 60_000;

/** Thrown where the outcome is known early. */
class Settled {
  readonly outcome: CodeOutcome;
  constructor(outcome: CodeOutcome) {
    this.outcome = outcome;
  }
}

type Tests<K extends CodeTests["kind"]> = Extract<CodeTests, { kind: K }>;

/** `program`: sources that run in order in one namespace (programOf). Runs until settled; rejects only where no sandbox can be opened. */
export async function judge(runner: CodeRunner, program: string[], tests: CodeTests, limits: CodeLimits): Promise<CodeOutcome> {
  const opened: Sandbox[] = [];
  const open = (role: Role): Sandbox => {
    const sandbox = runner.open(role, limits);
    opened.push(sandbox);
    return sandbox;
  };
  try {
    return await (tests.kind === "stdin" ? judgeRuns(open, program, tests, limits) : judgeCalls(open, program, tests, limits));
  } catch (thrown) {
    if (thrown instanceof Settled) return thrown.outcome;
    throw thrown;
  } finally {
    for (const sandbox of opened) sandbox.kill();
    await Promise.all(opened.map((sandbox) => sandbox.ended));
  }
}

async function started(sandbox: Sandbox): Promise<void> {
  const line = await sandbox.receive(startMilliseconds);
  if (line === late) throw new Settled(error(`the sandbox did not start within ${startMilliseconds / 1000} s`));
  if (line === null) throw new Settled(error(`the sandbox did not start: ${(await sandbox.ended).how}`));
}

/** Waits for sandboxes that have started, and counts the time: of one wait, and of all together. */
class Clock {
  private readonly limits: CodeLimits;
  private spent = 0;
  constructor(limits: CodeLimits) {
    this.limits = limits;
  }

  /** At most the time of one test, where that is what is waited for, and what is left of the time of all. */
  async receive(sandbox: Sandbox, what: "one test" | "all tests"): Promise<string | typeof late | null> {
    const left = 1000 * this.limits.totalSeconds - this.spent;
    const started = performance.now();
    const line = await sandbox.receive(what === "one test" ? Math.min(left, 1000 * this.limits.timeSeconds) : left);
    this.spent += performance.now() - started;
    return line;
  }

  tookTooLong(): string {
    const { timeSeconds, totalSeconds } = this.limits;
    return this.spent >= 1000 * totalSeconds - 1 ? `all tests took longer than ${totalSeconds} s` : `took longer than ${timeSeconds} s`;
  }
}

async function judgeCalls(
  open: (role: Role) => Sandbox,
  sources: string[],
  tests: Tests<"check" | "asserts" | "calls">,
  limits: CodeLimits,
): Promise<CodeOutcome> {
  const [checker, program] = [open("checker"), open("candidate")];
  await Promise.all([started(checker), started(program)]);
  const clock = new Clock(limits);
  const answer = async (doing: string): Promise<string> => {
    const line = await clock.receive(program, "one test");
    if (line === late) throw new Settled(wrong(`${doing}: ${clock.tookTooLong()}`));
    if (line === null) throw new Settled(wrong(`${doing}: the program ended (${(await program.ended).how})`));
    return line;
  };

  program.send(JSON.stringify({ sources }));
  const loaded = await answer("loading");
  if (loaded !== "loaded") return wrong(`the program does not run: ${said(loaded)}`);
  checker.send(JSON.stringify(tests));
  for (let calls = 1; ; calls++) {
    const line = await clock.receive(checker, "all tests");
    if (line === late) return wrong(`the tests: ${clock.tookTooLong()}`);
    if (line === null) return error(`the checker ended (${(await checker.ended).how})`);
    const [word, rest] = splitWord(line);
    if (word === "passed") return { verdict: "right", reason: JSON.parse(rest) };
    if (word === "failed") return wrong(JSON.parse(rest));
    if (word !== "call") return error(`the tests cannot be run: ${word === "broken" ? JSON.parse(rest) : line.slice(0, 200)}`);
    program.send(rest);
    checker.send(await answer(`call ${calls}`));
  }
}

async function judgeRuns(
  open: (role: Role) => Sandbox,
  sources: string[],
  { cases }: Tests<"stdin">,
  limits: CodeLimits,
): Promise<CodeOutcome> {
  const clock = new Clock(limits);
  for (const [i, { input, output }] of cases.entries()) {
    const at = `test ${i + 1} of ${cases.length}`;
    const program = open("candidate");
    await started(program);
    program.send(JSON.stringify({ sources, input }));
    const line = await clock.receive(program, "one test");
    if (line === late) return wrong(`${at}: ${clock.tookTooLong()}`);
    if (line !== null) return wrong(`${at}: ${said(line)}`);
    const ending = await program.ended;
    if (!ending.orderly) return wrong(`${at}: the program ended (${ending.how})`);
    const fault = outputFault(ending.output, output);
    if (fault) return wrong(`${at}: ${fault}`);
  }
  return { verdict: "right", reason: `all ${cases.length} tests pass` };
}

function splitWord(line: string): [word: string, rest: string] {
  const space = line.indexOf(" ");
  return space < 0 ? [line, ""] : [line.slice(0, space), line.slice(space + 1)];
}

/** The reason in the candidate's `failed "…"`. Its channel is the program's too, which may write anything there. */
function said(line: string): string {
  const [word, rest] = splitWord(line);
  try {
    const reason: unknown = word === "failed" && JSON.parse(rest);
    if (typeof reason === "string") return reason.slice(0, 300);
  } catch {
    // Not the harness's.
  }
  return "it wrote to the harness's channel";
}
