// The boundary on a desktop without bubblewrap: each sandbox is Pyodide in a hidden window of its own, a process that Chromium's sandbox
// keeps from files, network and other processes, with no preload and no Node. It is served the files that it needs from memory and
// answered its own harness's requests, nothing else, and ended by killing its process. Under --no-sandbox that process is an ordinary
// one, so there is no boundary then, and nothing is opened.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { App, BrowserWindowConstructorOptions, ProtocolRequest, ProtocolResponse, Session, BrowserWindow as Window } from "electron";
import { type CodeBoundary, type CodeLimits, codeLimits } from "../contract/code-tests.ts";
import { candidate } from "../verifiers/code/harness/candidate.ts";
import { checker } from "../verifiers/code/harness/checker.ts";
import { literals } from "../verifiers/code/harness/literals.ts";
import { LineChannel } from "../verifiers/code/line-channel.ts";
import { probeFault } from "../verifiers/code/probe.ts";
import type { CodeRunner, Ending, Role, Sandbox } from "../verifiers/code/sandbox.ts";
import { page, pageScript, workerScript } from "./pyodide-scripts.ts";

/** The part of Electron that is used; given, so that importing this file does not take Electron. */
export interface ElectronParts {
  app: App;
  BrowserWindow: new (options: BrowserWindowConstructorOptions) => Window;
  session: { fromPartition(partition: string): Session };
}

const scheme = "app"; // page.ts has made it a privileged one; in a session of its own it leads here.
const origin = `${scheme}://sandbox`;
const startMilliseconds = 60_000;
/** What the browser's own code and Pyodide take beside Python's memory. */
const ownMiB = 400;
const watchMilliseconds = 200;
const mostLogged = 100;

const prelude = "from headstart import receive, send\n";
/** "image": no harness; it sends Python's memory as it is after its start. */
const harness = { candidate: prelude + literals + candidate, checker: prelude + literals + checker, image: null };
const imageLimits = codeLimits.parse({ outputBytes: 2 ** 27 });

const types: Record<string, string> = { html: "text/html", js: "text/javascript", mjs: "text/javascript", wasm: "application/wasm" };
const headers = {
  // Workers included: each answer carries it.
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'",
  "X-Content-Type-Options": "nosniff",
};

type Respond = (response: ProtocolResponse) => void;

/** A window's session, which Electron never frees, and the sandbox that has it now. */
interface Slot {
  session: Session;
  answer: ((path: string, body: Buffer, respond: Respond) => void) | null;
}

const respondWith = (respond: Respond, text: string) =>
  respond({ statusCode: 200, headers, mimeType: "text/plain", data: Buffer.from(text) });
const refuse = (respond: Respond) => respond({ statusCode: 403, headers, mimeType: "text/plain", data: Buffer.from("") });

function prepareSession(session: Session, files: Map<string, Buffer>): Slot {
  const slot: Slot = { session, answer: null };
  session.protocol.registerBufferProtocol(scheme, (request: ProtocolRequest, respond: Respond) => {
    const { pathname } = new URL(request.url);
    if (request.method === "POST") {
      const body = Buffer.concat((request.uploadData ?? []).map(({ bytes }) => bytes ?? Buffer.alloc(0)));
      if (slot.answer) slot.answer(pathname, body, respond);
      else refuse(respond);
      return;
    }
    const data = files.get(pathname);
    if (!data || request.method !== "GET") return refuse(respond);
    const extension = pathname === "/" ? "html" : pathname.slice(pathname.lastIndexOf(".") + 1);
    respond({ statusCode: 200, headers, mimeType: types[extension] ?? "application/octet-stream", data });
  });
  session.webRequest.onBeforeRequest((details, decide) => decide({ cancel: !details.url.startsWith(`${origin}/`) }));
  session.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  session.setPermissionCheckHandler(() => false);
  session.on("will-download", (event) => event.preventDefault());
  session.enableNetworkEmulation({ offline: true });
  return slot;
}

function openWindow({ BrowserWindow }: ElectronParts, session: Session): Window {
  const window = new BrowserWindow({
    show: false,
    webPreferences: {
      session,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      disableDialogs: true,
      webgl: false,
      spellcheck: false,
      // It is never shown, and must not be slowed for that.
      backgroundThrottling: false,
    },
  });
  window.webContents.setWindowOpenHandler(() => ({ action: "deny" }));
  window.webContents.on("will-navigate", (event) => event.preventDefault());
  return window;
}

interface WindowSandbox extends Sandbox {
  /** Of role "image": what it sent. */
  image(): Buffer | null;
  /** Of its process; 0 before there is one. */
  pid(): number;
  stop(why: string): void;
  limits: CodeLimits;
}

function openSandbox(parts: ElectronParts, slot: Slot, role: Role | "image", limits: CodeLimits): WindowSandbox {
  const window = openWindow(parts, slot.session);
  const { webContents } = window;
  const fromHarness = new LineChannel();
  const toHarness = new LineChannel();
  const printed: Buffer[] = [];
  let image: Buffer | null = null;
  let bytes = 0;
  let ending: Omit<Ending, "output"> | null = null;

  const stop = (why: string) => {
    ending ??= { orderly: false, how: why };
    if (window.isDestroyed()) return;
    // Destroying the window alone would ask its process to end, which one that loops does not.
    if (webContents.getOSProcessId() > 0) webContents.forcefullyCrashRenderer();
    else window.destroy();
  };
  slot.answer = (path, body, respond) => {
    bytes += body.length;
    if (ending || bytes > limits.outputBytes) {
      stop(`more than ${limits.outputBytes} bytes of output`);
      return refuse(respond);
    }
    switch (path) {
      case "/task":
        return respondWith(respond, JSON.stringify({ harness: harness[role], memoryMiB: limits.memoryMiB }));
      case "/receive":
        void toHarness.receive(2 ** 31 - 1).then((line) => (typeof line === "string" ? respondWith(respond, line) : refuse(respond)));
        return;
      case "/exit": {
        const { orderly, how } = parseExit(body.toString());
        ending = { orderly, how };
        respondWith(respond, "");
        return stop(how);
      }
      case "/send":
        fromHarness.push(body.toString());
        break;
      case "/snapshot":
        image = body;
        return stop("made");
      case "/print":
        printed.push(body);
        break;
    }
    respondWith(respond, "");
  };

  const ended = new Promise<Ending>((resolve) => {
    webContents.once("render-process-gone", (_event, { reason }) => {
      ending ??= { orderly: false, how: `the window's process ended: ${reason}` };
      window.destroy();
    });
    window.once("closed", () => {
      slot.answer = null;
      ending ??= { orderly: false, how: "the window was closed" };
      toHarness.close();
      fromHarness.close();
      resolve({ ...ending, output: Buffer.concat(printed).toString() });
    });
  });
  // Nothing of ours logs, but Pyodide keeps the console for who looks for it, and each line is work for this process.
  let logged = 0;
  webContents.on("console-message", () => {
    if (++logged > mostLogged) stop("a flood of log lines");
  });
  window.loadURL(`${origin}/`).catch((error) => stop(`the window did not load: ${error.message}`));
  return {
    send: (line) => toHarness.push(line),
    receive: (milliseconds) => fromHarness.receive(milliseconds),
    ended,
    kill: () => stop("killed"),
    image: () => image,
    pid: () => (window.isDestroyed() ? 0 : webContents.getOSProcessId()),
    stop,
    limits,
  };
}

/** What the worker says of its end; the program may have written it. */
function parseExit(text: string): { orderly: boolean; how: string } {
  try {
    const { orderly, how } = JSON.parse(text);
    return { orderly: orderly === true, how: String(how).slice(0, 300) };
  } catch {
    return { orderly: false, how: "ended in disorder" };
  }
}

/** Why Chromium's own words make this process no boundary, or null. */
function whyNotSandboxed({ app }: ElectronParts, pid: number): string | null {
  if (process.platform === "linux") {
    // Mode 2: a filter of system calls, which Chromium sets last of all.
    const filtered = /^Seccomp:\t2$/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
    return filtered ? null : "its process runs without Chromium's filter of system calls";
  }
  const metric = app.getAppMetrics().find((each) => each.pid === pid);
  const held = process.platform === "darwin" ? metric?.sandboxed === true : ["untrusted", "low"].includes(metric?.integrityLevel ?? "");
  return held ? null : "its process is not sandboxed";
}

/** Python that looks for what it must not reach; gives what it found. */
const probe = `
import js


def escapes():
    names = ("process", "require", "module", "fetch", "Worker", "SharedWorker", "WebSocket", "WebTransport", "EventSource",
             "indexedDB", "caches", "navigator", "importScripts", "BroadcastChannel", "postMessage", "location")
    found = [name for name in names if hasattr(js, name)]
    for url in ("app://headstart/", "https://127.0.0.1/", "file:///etc/passwd", "data:text/plain,x"):
        try:
            request = js.XMLHttpRequest.new()
            request.open("GET", url, False)
            request.send()
            found.append(url)
        except BaseException:
            pass
    return found
`;

const none = (detail: string): CodeBoundary => ({ kind: "none", detail });

/** `folder` holds Pyodide's own files: pyodide.mjs, pyodide.asm.mjs, pyodide.asm.wasm, python_stdlib.zip, pyodide-lock.json. */
export function pyodideWindowRunner(parts: ElectronParts, folder: string): CodeRunner {
  const slots: Slot[] = [];
  const idle: Slot[] = [];
  const open = new Set<WindowSandbox>();
  let files: Map<string, Buffer> | null = null;
  let watch: ReturnType<typeof setInterval> | null = null;
  let looked: Promise<CodeBoundary> | null = null;
  let holds = false;
  let closed = false;

  function takeSlot(): Slot {
    const free = idle.pop();
    if (free) return free;
    // No "persist:" before the name: what it stores is in memory, and goes.
    const slot = prepareSession(parts.session.fromPartition(`sandbox-${slots.length}`), files!);
    slots.push(slot);
    return slot;
  }

  /** Memory that Python's own limit does not count: Chromium has none to set. */
  function watchMemory(): void {
    watch ??= setInterval(() => {
      const metrics = new Map(parts.app.getAppMetrics().map(({ pid, memory }) => [pid, memory.workingSetSize / 1024]));
      for (const sandbox of open)
        if ((metrics.get(sandbox.pid()) ?? 0) > sandbox.limits.memoryMiB + ownMiB)
          sandbox.stop(`more than ${sandbox.limits.memoryMiB} MiB of memory`);
      if (open.size === 0 && watch) {
        clearInterval(watch);
        watch = null;
      }
    }, watchMilliseconds);
  }

  function start(role: Role | "image", limits: CodeLimits): WindowSandbox {
    const slot = takeSlot();
    const sandbox = openSandbox(parts, slot, role, limits);
    open.add(sandbox);
    watchMemory();
    void sandbox.ended.then(() => {
      open.delete(sandbox);
      // One that cannot be cleaned is not used again.
      slot.session.clearStorageData().then(
        () => idle.push(slot),
        () => {},
      );
    });
    return sandbox;
  }

  async function look(): Promise<CodeBoundary> {
    for (const flag of ["no-sandbox", "disable-seccomp-filter-sandbox", "single-process"])
      if (parts.app.commandLine.hasSwitch(flag)) return none(`The app runs under --${flag}, where a window is no boundary.`);
    try {
      files = pyodideFiles(folder);
    } catch (thrown) {
      return none(`Pyodide's files cannot be read: ${(thrown as Error).message}`);
    }
    await parts.app.whenReady();
    const first = start("image", imageLimits);
    const timer = setTimeout(() => first.stop("did not start"), startMilliseconds);
    const { how } = await first.ended;
    clearTimeout(timer);
    const image = first.image();
    if (!image) return none(`Python does not start in a hidden window: ${how}.`);
    files.set("/snapshot", image);
    const sandbox = start("candidate", codeLimits.parse({}));
    const why = (await probeFault(sandbox, probe, [], startMilliseconds)) ?? whyNotSandboxed(parts, sandbox.pid());
    sandbox.kill();
    await sandbox.ended;
    if (why) return none(`A hidden window does not hold here: ${why}.`);
    holds = true;
    return { kind: "pyodide-window", detail: `Pyodide in a sandboxed window, Chromium ${process.versions.chrome}` };
  }

  return {
    boundary: () => {
      looked ??= look();
      return looked;
    },
    open(role, limits) {
      if (!holds || closed) throw new Error("No sandbox is opened without a boundary, or after the runner was closed.");
      return start(role, limits);
    },
    async close() {
      closed = true;
      for (const sandbox of open) sandbox.kill();
      await Promise.all([...open].map((sandbox) => sandbox.ended));
    },
  };
}

function pyodideFiles(folder: string): Map<string, Buffer> {
  const names = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"];
  const scripts: [string, Buffer][] = [
    ["/", Buffer.from(page)],
    ["/page.js", Buffer.from(pageScript)],
    ["/worker.js", Buffer.from(workerScript)],
  ];
  return new Map([...scripts, ...names.map((name): [string, Buffer] => [`/${name}`, readFileSync(join(folder, name))])]);
}
