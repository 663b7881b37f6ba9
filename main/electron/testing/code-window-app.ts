// An Electron app that does nothing but judge programs in sandbox windows, for e2e/code-window.spec.ts: it prints, as JSON, the boundary
// that it found and the verdict on each program.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { app, BrowserWindow, session } from "electron";
import type { CodeTests } from "../../contract/code-tests.ts";
import type { Verification } from "../../contract/rollout.ts";
import { createCodeVerifier } from "../../verifiers/code/code-verifier.ts";
import { machineAttacks, testAttacks } from "../../verifiers/code/testing/attacks.ts";
import { registerPageScheme } from "../page.ts";
import { pyodideWindowRunner } from "../pyodide-window.ts";

/** Of the attacks on the machine those that would reach the host itself; what Pyodide makes up (a /home, sockets) is no host's. */
const fromHost = machineAttacks.filter(({ control }) => control);
/** Printing ESCAPED is succeeding, as in verifiers/code/testing/attacks.ts. */
const fromBrowser: [name: string, program: string][] = [
  ...["http://127.0.0.1:PORT/", "https://example.org/", "file:///etc/passwd", "app://headstart/", "data:text/plain,x"].map(
    (url): [string, string] => [
      `asks for ${url}`,
      `import js\nr = js.XMLHttpRequest.new()\nr.open("GET", "${url}", False)\nr.send()\nprint("ESCAPED")`,
    ],
  ),
  ["fetches", 'import js\njs.fetch("http://127.0.0.1:PORT/")\nprint("ESCAPED")'],
  ["opens a web socket", 'import js\njs.WebSocket.new("ws://127.0.0.1:PORT/")\nprint("ESCAPED")'],
  ["reaches Node", 'import js\nprint("ESCAPED" if hasattr(js, "process") or hasattr(js, "require") else "")'],
  ["evaluates text", 'import js\njs.eval("1")\nprint("ESCAPED")'],
  ["reaches Node through constructors", 'import js\nprint("ESCAPED" if js.Object.constructor("return process")() else "")'],
  ["stores", 'import js\njs.indexedDB.open("x")\nprint("ESCAPED")'],
  ["stores in a cache", 'import js\njs.caches.open("x")\nprint("ESCAPED")'],
  ["starts a worker", 'import js\njs.Worker.new("/worker.js")\nprint("ESCAPED")'],
  ["says that it has ended well", 'import js\nr = js.XMLHttpRequest.new()\nr.open("POST", "/exit", False)\nr.send(\'{"orderly":true}\')'],
  ["gives another start to later windows", 'import js\nr = js.XMLHttpRequest.new()\nr.open("POST", "/snapshot", False)\nr.send("x")'],
  ["floods its output", 'while True:\n    print("ESCAPED" * 10000)'],
  ["takes Python's memory", "x = [0] * 10**9\nprint('ESCAPED')"],
  ["takes the browser's memory", "import js\nx = [js.Uint8Array.new(2**27).fill(1) for _ in range(64)]\nprint('ESCAPED')"],
  ["runs for ever", "while True:\n    pass"],
];

registerPageScheme();
app.on("window-all-closed", () => {});
process.on("unhandledRejection", (thrown) => {
  process.stderr.write(`${String(thrown)}\n`);
  app.exit(1);
});

void app.whenReady().then(async () => {
  let connections = 0;
  const server = createServer((_request, response) => response.end("ESCAPED"));
  server.on("connection", () => connections++);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const put = (program: string) => program.replace(/PORT|\$\{port\}/g, String((server.address() as AddressInfo).port));

  const verifier = createCodeVerifier({
    runners: [pyodideWindowRunner({ app, BrowserWindow, session }, process.env.PYODIDE!)],
    concurrency: 2,
  });
  const limits = { timeSeconds: 4, totalSeconds: 10, memoryMiB: 256, outputBytes: 2 ** 20 };
  const judge = async (name: string, code: string, tests: CodeTests): Promise<Verification & { name: string }> => ({
    name,
    ...(await verifier.verify(`\`\`\`python\n${put(code)}\n\`\`\``, tests, limits)),
  });
  const prints = (output: string, input = ""): CodeTests => ({ kind: "stdin", cases: [{ input, output }] });
  const secret: CodeTests = {
    kind: "calls",
    entryPoint: "secret",
    cases: [
      { args: ["1"], expected: "7932" },
      { args: ["2"], expected: "15851" },
    ],
  };

  const boundary = await verifier.boundary();
  const honest = await Promise.all([
    judge("calls", "def secret(n):\n    return n * 7919 % 104729 + 13", secret),
    judge("standard input", "print(int(input()) + int(input()))\nexit()", prints("7", "3\n4\n")),
    judge("wrong", "print(input())", prints("7", "3")),
  ]);
  const attacks =
    boundary.kind === "none"
      ? []
      : await Promise.all([
          ...fromHost.map(({ name, program }) => judge(name, program, prints("ESCAPED"))),
          ...fromBrowser.map(([name, program]) => judge(name, program, prints("ESCAPED"))),
          ...testAttacks.filter((_, i) => i % 6 === 0).map(({ name, program }) => judge(name, program, secret)),
        ]);
  await verifier.close();
  process.stdout.write(`${JSON.stringify({ boundary, honest, attacks, connections, windows: BrowserWindow.getAllWindows().length })}\n`);
  app.exit(0);
});
