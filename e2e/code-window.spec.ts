// The boundary of a desktop without bubblewrap, as it is: programs in Pyodide in sandboxed windows of the packed Electron, run by a user
// who is not root, since Chromium refuses its sandbox to root.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import { build } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
const nobody = 65534;

let folder = "";
test.skip(!process.env.HEADSTART_APP, "windows are Electron's");
test.beforeAll(async () => {
  if (!process.env.HEADSTART_APP) return;
  folder = mkdtempSync(join(tmpdir(), "headstart-window-"));
  const packed = dirname(process.env.HEADSTART_APP);
  const inApp = join(packed, "resources", "app");
  cpSync(packed, join(folder, "electron"), { recursive: true, filter: (path) => path !== inApp });
  const app = join(folder, "electron", "resources", "app");
  mkdirSync(app, { recursive: true });
  cpSync(join(inApp, "out", "main", "pyodide"), join(app, "pyodide"), { recursive: true });
  writeFileSync(join(app, "package.json"), '{"name":"code-window","main":"main.cjs"}');
  await build({
    configFile: false,
    root,
    logLevel: "error",
    build: {
      target: "node16",
      ssr: "main/electron/testing/code-window-app.ts",
      outDir: app,
      emptyOutDir: false,
      rolldownOptions: { external: ["electron"], output: { format: "cjs", entryFileNames: "main.cjs" } },
    },
    ssr: { noExternal: true },
  });
});
test.afterAll(() => folder && rmSync(folder, { recursive: true, force: true }));

/** Runs the app to its end, as nobody where this is root; gives what it printed. */
async function run(...flags: string[]): Promise<Record<string, unknown>> {
  const home = mkdtempSync(join(folder, "home-"));
  const { PATH = "", DISPLAY = "", XAUTHORITY = "" } = process.env;
  const env: Record<string, string> = { PATH, DISPLAY, HOME: home, TMPDIR: home, CANARY_IN_ENVIRONMENT: "1" };
  env.PYODIDE = join(folder, "electron", "resources", "app", "pyodide");
  if (XAUTHORITY) {
    env.XAUTHORITY = join(home, "Xauthority");
    copyFileSync(XAUTHORITY, env.XAUTHORITY);
  }
  const user = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  if (user.uid) {
    chmodSync(folder, 0o755);
    for (const path of [home, env.XAUTHORITY]) if (path) chownSync(path, nobody, nobody);
  }
  const child = spawn(join(folder, "electron", "headstart"), flags, { ...user, env, cwd: home, stdio: ["ignore", "pipe", "pipe"] });
  let [printed, complaints] = ["", ""];
  child.stdout.on("data", (chunk) => {
    printed += chunk;
  });
  child.stderr.on("data", (chunk) => {
    complaints += chunk;
  });
  const [code] = await once(child, "close");
  const result = printed.split("\n").find((line) => line.startsWith("{"));
  if (code !== 0 || !result) throw new Error(`The app ended with ${code}: ${complaints.slice(-2000)}`);
  return JSON.parse(result);
}

test.setTimeout(600_000); // Forty programs, each in windows of its own.
test("programs in sandboxed windows are judged, and none gets out or earns what it has not", async () => {
  const { boundary, honest, attacks, connections, windows } = await run();
  expect(boundary).toMatchObject({ kind: "pyodide-window" });
  expect(honest).toMatchObject([{ verdict: "right" }, { verdict: "right" }, { verdict: "wrong" }]);
  const others = (attacks as { verdict: string }[]).filter(({ verdict }) => verdict !== "wrong");
  expect(others).toEqual([]);
  expect((attacks as unknown[]).length).toBeGreaterThan(35);
  expect({ connections, windows }).toEqual({ connections: 0, windows: 0 });
});

test("without Chromium's sandbox nothing runs, and it says so", async () => {
  const { boundary, honest } = await run("--no-sandbox");
  expect(boundary).toEqual({ kind: "none", detail: "The app runs under --no-sandbox, where a window is no boundary." });
  for (const verdict of honest as unknown[]) expect(verdict).toMatchObject({ reward: 0, verdict: "error" });
});
