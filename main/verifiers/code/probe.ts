// How a boundary is looked into: by a program that tries what must fail, in a sandbox like all others.
import { late, type Sandbox } from "./sandbox.ts";

/**
 * Why the sandbox, opened as a candidate's, is no boundary, or null. `source` is Python that defines `escapes`, which tries and returns
 * the names of what it could do. The sandbox is left open.
 */
export async function probeFault(sandbox: Sandbox, source: string, args: string[], startMilliseconds: number): Promise<string | null> {
  const call = JSON.stringify({ name: "escapes", args, kwargs: { dict: [] } });
  for (const [expected, answer] of [
    ["started", JSON.stringify({ sources: [source] })],
    ["loaded", call],
    ['{"returned":[]}', null],
  ] as const) {
    const line = await sandbox.receive(startMilliseconds);
    if (line === late) return "it did not answer";
    if (line === null) return (await sandbox.ended).how;
    if (line !== expected) return `a program in it could do what it must not: ${line}`;
    if (answer !== null) sandbox.send(answer);
  }
  return null;
}
