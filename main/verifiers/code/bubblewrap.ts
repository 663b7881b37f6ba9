// The boundary on Linux: each sandbox is CPython under bubblewrap, in namespaces of its own (users, processes, network, IPC, host name),
// on a root that holds /usr and a small private /tmp and nothing else: no home, no data folder, no /proc, no environment. A filter of
// system calls (seccomp.ts) and limits set inside it bound what it can use; it is killed as a whole, since the end of a process
// namespace's first process ends them all.
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, lstatSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { type CodeBoundary, type CodeLimits, codeLimits } from "../../contract/code-tests.ts";
import { candidate } from "./harness/candidate.ts";
import { checker } from "./harness/checker.ts";
import { literals } from "./harness/literals.ts";
import { LineChannel } from "./line-channel.ts";
import { probeFault } from "./probe.ts";
import { findProgram, findPython, type Python } from "./python-program.ts";
import type { CodeRunner, Ending, Role, Sandbox } from "./sandbox.ts";
import { seccompFilter } from "./seccomp.ts";

/** Room in /tmp. The number of files in it is bounded by the kernel's own default alone. */
const diskBytes = 64 * 2 ** 20;
const threads = 32;
const openFiles = 64;
const channelFd = 3;
const filterFd = 4;
/** For a sandbox to come up on a busy machine. */
const startMilliseconds = 60_000;

// A process whose user outside is root escapes the limit on threads, and may read root's files: there the sandbox is nobody's.
const nobody = 65534;
const user = () => (process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {});

/** Python: the limits, which only root outside could raise again, and the channel. */
const prelude = String.raw`
import os
import resource
import sys

memory, seconds = map(int, sys.argv[1:])
sys.argv[:] = ["program.py"]
for kind, most in (
    (resource.RLIMIT_AS, memory),
    (resource.RLIMIT_CPU, seconds),
    (resource.RLIMIT_FSIZE, ${diskBytes}),
    (resource.RLIMIT_NOFILE, ${openFiles}),
    (resource.RLIMIT_NPROC, ${threads}),
    (resource.RLIMIT_CORE, 0),
    (resource.RLIMIT_MEMLOCK, 0),
):
    resource.setrlimit(kind, (most, most))

incoming = open(${channelFd}, "rb", closefd=False)


def receive():
    line = incoming.readline()
    if not line.endswith(b"\n"):
        os._exit(0)
    return line


def send(text):
    rest = text.encode() + b"\n"
    while rest:
        rest = rest[os.write(${channelFd}, rest) :]
`;
const harness = { candidate: prelude + literals + candidate, checker: prelude + literals + checker };

/** /lib and the like, as the host has them: links into /usr, or folders of their own. */
function rootFolders(): string[] {
  return ["/bin", "/lib", "/lib64"].flatMap((path) => {
    if (!existsSync(path)) return [];
    return lstatSync(path).isSymbolicLink() ? ["--symlink", readlinkSync(path), path] : ["--ro-bind", path, path];
  });
}

function bwrapArguments(python: Python): string[] {
  const devices = ["null", "zero", "urandom"].flatMap((name) => ["--dev-bind", `/dev/${name}`, `/dev/${name}`]);
  return [
    ...["--unshare-all", "--unshare-user", "--uid", `${nobody}`, "--gid", `${nobody}`, "--hostname", "sandbox"],
    ...["--die-with-parent", "--new-session", "--clearenv"],
    // Without it the hash of a string, and so the order of a set, would differ from run to run, and with it a verdict could.
    ...["--setenv", "PYTHONHASHSEED", "0"],
    ...["--ro-bind", "/usr", "/usr", ...rootFolders()],
    // Not bwrap's own --dev: it is writable without a limit.
    ...[...devices, "--size", `${diskBytes}`, "--tmpfs", "/tmp"],
    ...(python.prefix.startsWith("/usr") ? [] : ["--ro-bind", python.prefix, python.prefix]),
    ...["--remount-ro", "/", "--chdir", "/tmp"],
    ...["--seccomp", `${filterFd}`],
    // No user's packages, no site's, no byte code written; the environment is the one above.
    ...[python.path, "-s", "-S", "-B", "-c"],
  ];
}

function openSandbox(bwrap: string, args: string[], filter: Uint8Array, role: Role, limits: CodeLimits): Sandbox {
  const own = [harness[role], `${limits.memoryMiB * 2 ** 20}`, `${Math.ceil(limits.totalSeconds)}`];
  const child: ChildProcess = spawn(bwrap, [...args, ...own], {
    ...user(),
    cwd: "/",
    env: {},
    stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
  });
  // Where there are no file descriptors left, there are no streams either, and the error comes later.
  child.on("error", () => {});
  if (!child.stdio) throw new Error("a sandbox could not be started: too many open files");
  const channel = child.stdio[channelFd] as Duplex;
  const filterPipe = child.stdio[filterFd] as Duplex;
  const lines = new LineChannel();
  const printed: Buffer[] = [];
  let complaint = "";
  let partial: Buffer[] = [];
  let bytes = 0;
  let killedFor = "";

  const kill = (why: string) => {
    killedFor ||= why;
    child.kill("SIGKILL");
    // Should bwrap die before its child was tied to it, the harness ends here, having loaded nothing.
    channel.end();
  };
  const within = (chunk: Buffer): boolean => {
    bytes += chunk.length;
    if (bytes > limits.outputBytes) kill(`more than ${limits.outputBytes} bytes of output`);
    return bytes <= limits.outputBytes;
  };
  child.stdout!.on("data", (chunk: Buffer) => {
    if (within(chunk)) printed.push(chunk);
  });
  child.stderr!.on("data", (chunk: Buffer) => {
    if (within(chunk) && complaint.length < 1000) complaint += chunk;
  });
  channel.on("data", (chunk: Buffer) => {
    if (!within(chunk)) return;
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      lines.push(Buffer.concat([...partial, chunk.subarray(from, at)]).toString());
      partial = [];
      from = at + 1;
    }
    if (from < chunk.length) partial.push(chunk.subarray(from));
  });
  // What is written to a sandbox that has ended is of no account: its end is told by `ended`.
  for (const stream of [channel, filterPipe]) stream.on("error", () => {});
  filterPipe.end(filter);

  const ended = new Promise<Ending>((resolve) => {
    const settle = (orderly: boolean, how: string) => {
      lines.close();
      resolve({ orderly, how, output: Buffer.concat(printed).toString() });
    };
    child.once("error", (error) => settle(false, error.message));
    // Not "exit": the streams close when the last process in the sandbox has gone.
    child.once("close", (code, signal) => {
      if (killedFor) settle(false, killedFor);
      else if (code === 0) settle(true, "exit code 0");
      else settle(false, [signal ?? exitCode(code ?? -1), complaint.trim().split("\n").at(-1)?.slice(0, 300)].filter(Boolean).join(": "));
    });
  });
  return {
    send: (line) => void channel.write(`${line}\n`),
    receive: (milliseconds) => lines.receive(milliseconds),
    ended,
    kill: () => kill("killed"),
  };
}

/** bwrap gives 128 and the number of the signal that ended the program. */
function exitCode(code: number): string {
  const signals: Record<number, string> = { 6: "SIGABRT", 9: "SIGKILL", 11: "SIGSEGV", 24: "SIGXCPU: out of CPU time", 31: "SIGSYS" };
  return signals[code - 128] ?? `exit code ${code}`;
}

/** Python that tries what must fail; gives the names of what did not. */
const probe = `
import os
import threading


def escapes(canary):
    import _socket

    thread = threading.Thread(target=open, args=("/tmp/probe", "w"))
    thread.start()
    thread.join()
    attempts = {
        "start a process": os.fork,
        "open a socket": _socket.socket,
        "write outside of /tmp": lambda: open("/usr/headstart-probe", "w"),
        "make a file in /": lambda: open("/headstart-probe", "w"),
        "read a file of the host": lambda: open(canary),
        "see processes": lambda: os.listdir("/proc/self"),
    }
    done = [] if os.path.exists("/tmp/probe") else ["no thread could write to /tmp"]
    for name, attempt in attempts.items():
        try:
            attempt()
            done.append(name)
        except OSError:
            pass
    return done
`;

/** A file that everyone on this machine can read, for as long as `use` takes. */
async function withCanary<T>(use: (path: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "headstart-canary-"));
  try {
    chmodSync(folder, 0o755);
    const path = join(folder, "canary");
    writeFileSync(path, "");
    return await use(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const none = (detail: string): CodeBoundary => ({ kind: "none", detail });

export function bubblewrapRunner(): CodeRunner {
  const filter = seccompFilter();
  const open = new Set<Sandbox>();
  let ready: { bwrap: string; args: string[] } | null = null;
  let closed = false;
  let looked: Promise<CodeBoundary> | null = null;

  function start(bwrap: string, args: string[], role: Role, limits: CodeLimits): Sandbox {
    const sandbox = openSandbox(bwrap, args, filter, role, limits);
    open.add(sandbox);
    void sandbox.ended.then(() => open.delete(sandbox));
    return sandbox;
  }

  async function look(): Promise<CodeBoundary> {
    if (process.platform !== "linux" || process.arch !== "x64")
      return none(`bubblewrap needs Linux on x64; this is ${process.platform} on ${process.arch}.`);
    const bwrap = findProgram("bwrap");
    if (!bwrap) return none("bubblewrap is not installed (Debian, Ubuntu: apt install bubblewrap).");
    const python = await findPython();
    if ("problem" in python) return none(python.problem);
    const args = bwrapArguments(python);
    const why = await withCanary(async (canary) => {
      const sandbox = start(bwrap, args, "candidate", codeLimits.parse({}));
      const fault = await probeFault(sandbox, probe, [canary], startMilliseconds);
      sandbox.kill();
      await sandbox.ended;
      return fault;
    });
    if (why) return none(`bubblewrap does not hold here: ${why}. It needs user namespaces for ordinary users, and Linux 5.14 or newer.`);
    ready = { bwrap, args };
    return { kind: "bubblewrap", detail: `bubblewrap, Python ${python.version} at ${python.path}` };
  }

  return {
    boundary: () => {
      looked ??= look();
      return looked;
    },
    open(role, limits) {
      if (!ready || closed) throw new Error("No sandbox is opened without a boundary, or after the runner was closed.");
      return start(ready.bwrap, ready.args, role, limits);
    },
    async close() {
      closed = true;
      for (const sandbox of open) sandbox.kill();
      await Promise.all([...open].map((sandbox) => sandbox.ended));
    },
  };
}
