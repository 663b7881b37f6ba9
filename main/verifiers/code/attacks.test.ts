// Every attack of testing/attacks.ts under bubblewrap: none gets out, none earns a reward, each ends within its limits, nothing is left.
import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { CodeLimits, CodeTests } from "../../contract/code-tests.ts";
import { bubblewrapRunner } from "./bubblewrap.ts";
import { createCodeVerifier } from "./code-verifier.ts";
import { findPython } from "./python-program.ts";
import { machineAttacks, type Surroundings, testAttacks } from "./testing/attacks.ts";

vi.setConfig({ testTimeout: 60_000 });
// More than cores, since many of them only wait.
const verifier = createCodeVerifier({ runners: [bubblewrapRunner()], concurrency: 4 });
const boundary = await verifier.boundary();
const python = await findPython();

// An odd size, which stands among the arguments of every process of these sandboxes and of no other.
const limits: CodeLimits = { timeSeconds: 0.6, totalSeconds: 2, memoryMiB: 333, outputBytes: 2 ** 21 };
const mark = String(limits.memoryMiB * 2 ** 20);

const folder = mkdtempSync(join(tmpdir(), "headstart-canary-"));
const surroundings: Surroundings = {
  canary: join(folder, "canary"),
  folder,
  port: "",
  socketName: `headstart-canary-${process.pid}`,
  pid: String(process.pid),
  home: homedir(),
};
const put = (program: string) => program.replace(/\$\{(\w+)\}/g, (_, name: keyof Surroundings) => surroundings[name]);
const block = (code: string) => `\`\`\`python\n${code}\n\`\`\``;

let connections = 0;
const servers: Server[] = [];
async function listen(address: object): Promise<Server> {
  const server = createServer((socket) => {
    connections++;
    socket.destroy();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(address, resolve));
  return server;
}

beforeAll(async () => {
  chmodSync(folder, 0o777);
  writeFileSync(surroundings.canary, "CANARY");
  process.env.CANARY_IN_ENVIRONMENT = "1";
  const tcp = await listen({ host: "127.0.0.1", port: 0 });
  await listen({ path: `\0${surroundings.socketName}` });
  surroundings.port = String((tcp.address() as { port: number }).port);
});
afterAll(async () => {
  await verifier.close();
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true, force: true });
  rmSync(`/tmp/link-${process.pid}`, { force: true });
});

/** Processes of these sandboxes, by number. */
function processesLeft(): string[] {
  return readdirSync("/proc").filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, "utf8").includes(mark);
    } catch {
      return false; // It has just ended.
    }
  });
}

const prints: CodeTests = { kind: "stdin", cases: [{ input: "", output: "ESCAPED" }] };
const secret = (n: number) => ((n * 7919) % 104729) + 13;
const numbers = [1, 2, 10, 100, 1000];
const asserts = numbers.map((n) => `assert secret(${n}) == ${secret(n)}`);
const answers: CodeTests[] = [
  { kind: "asserts", setup: "", asserts },
  {
    kind: "check",
    prompt: "def secret(n):\n",
    entryPoint: "secret",
    test: `def check(candidate):\n${asserts.map((line) => `    ${line.replace("secret", "candidate")}`).join("\n")}\n`,
  },
  { kind: "calls", entryPoint: "secret", cases: numbers.map((n) => ({ args: [`${n}`], expected: `${secret(n)}` })) },
];

if (boundary.kind === "none") console.warn(`The attacks are not run: ${boundary.detail}`);

describe.skipIf(boundary.kind === "none")("attacks", () => {
  it("what is right earns its reward under the same tests and limits", async () => {
    const right = { reward: 1, verdict: "right" };
    const limits = { memoryMiB: 333 };
    for (const tests of answers)
      expect(await verifier.verify(block("def secret(n):\n    return n * 7919 % 104729 + 13"), tests, limits)).toMatchObject(right);
    expect(await verifier.verify(block('print("ESCAPED")'), prints, limits)).toMatchObject(right);
  });

  it.each(machineAttacks.filter(({ control }) => control))("outside of a sandbox it works: $name", async ({ program }) => {
    if ("problem" in python) throw new Error(python.problem);
    const { stdout } = await promisify(execFile)(python.path, ["-S", "-B", "-c", put(program)], { cwd: folder });
    expect(stdout).toContain("ESCAPED");
  });

  describe("in a sandbox", () => {
    let before = { connections: 0, files: "" };
    const files = () => readdirSync(folder).sort().join(" ");
    beforeAll(() => {
      for (const name of ["written", "linked", "sitecustomize.py"]) rmSync(join(folder, name));
      before = { connections, files: files() };
    });

    it.concurrent.each(machineAttacks)("none gets out: $name", async ({ program }) => {
      expect(await verifier.verify(block(put(program)), prints, limits)).toMatchObject({ reward: 0, verdict: "wrong" });
    });

    // Under one form of tests each, in turn; under all three with HEADSTART_LONG_TESTS=1.
    const each = testAttacks.map((attack, i) => ({
      ...attack,
      forms: process.env.HEADSTART_LONG_TESTS === "1" ? answers : [answers[i % answers.length]],
    }));
    it.concurrent.each(each)("none earns a reward: $name", async ({ program, forms }) => {
      for (const tests of forms)
        expect(await verifier.verify(block(program), tests, limits)).toMatchObject({ reward: 0, verdict: "wrong" });
    });

    afterAll(() => {
      expect({ connections, files: files() }).toEqual(before);
      expect(processesLeft()).toEqual([]);
    });
  });
});
