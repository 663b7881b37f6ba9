// `npm test [-- PART ...]`: the set-up of `npm start`, then everything that holds the project: types, lint, the import rule, units,
// engine, end-to-end in Chromium and in the packed Electron app. What cannot run is counted as skipped, with its reason. The last
// line is `N passed, N failed, N skipped`.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureBuild } from "./build.mjs";
import { packForTests } from "./dist.mjs";
import { findChromium, findCommand, whyNoElectron } from "./e2e-needs.mjs";
import { ensureEngine } from "./engine.mjs";
import { modules, node24, root } from "./paths.mjs";
import { ensureInstalled, environment } from "./ready.mjs";
import { smollm2 } from "./smollm2.mjs";
import { ask, failWith, SetupError, say } from "./steps.mjs";
import { testElectronFolder } from "./test-electron.mjs";

const folder = mkdtempSync(join(tmpdir(), "headstart-test-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const bin = (name, file) => join(modules, name, file);
const biome = [bin("@biomejs/biome", "bin/biome"), "check"];
const playwright = [bin("@playwright/test", "cli.js"), "test", "-c", join("e2e", "playwright.config.ts")];

/** Runs a command on the terminal; true when it succeeded. */
function succeeds(command, args, env = environment()) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", () => resolve(false));
    child.on("close", (code) => resolve(code === 0));
  });
}

function report(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}

/** A check that passes or fails as a whole. */
async function check(args) {
  const ok = await succeeds(node24, args);
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1 };
}

async function vitest(project) {
  const file = join(folder, `${project}.json`);
  const args = [
    bin("vitest", "vitest.mjs"),
    "run",
    "--project",
    project,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${file}`,
  ];
  const ok = await succeeds(node24, args);
  const { numPassedTests: passed = 0, numFailedTests = 0, numPendingTests = 0, numTodoTests = 0, testResults = [] } = report(file) ?? {};
  // A file that does not load has no tests to count, and neither has an error between tests.
  const failed = numFailedTests + testResults.filter((each) => each.status === "failed" && each.assertionResults.length === 0).length;
  const left = testResults.flatMap((each) => each.assertionResults).filter(({ status }) => status !== "passed" && status !== "failed");
  const reason = left.length > 0 ? `skipped by themselves: ${left.map(({ fullName }) => fullName).join("; ")}` : undefined;
  return { passed, failed: Math.max(failed, ok ? 0 : 1), skipped: numPendingTests + numTodoTests, reason };
}

async function specsOf(project) {
  const list = await ask(node24, [...playwright, "--project", project, "--list", "--reporter=json"], {
    env: environment(),
    timeout: 60_000,
  });
  const count = (suite) => (suite.specs ?? []).length + (suite.suites ?? []).reduce((sum, each) => sum + count(each), 0);
  return list ? count(JSON.parse(list)) : 1;
}

const skipped = async (project, reason) => ({ skipped: await specsOf(project), reason });

async function specs(project, env, prefix = []) {
  const file = join(folder, `${project}.json`);
  const [command, ...args] = [...prefix, node24, ...playwright, "--project", project, "--reporter=list,json"];
  const ok = await succeeds(command, args, { ...environment(), ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: file });
  const { expected: passed = 0, unexpected = 0, flaky = 0, skipped: left = 0 } = report(file)?.stats ?? {};
  return { passed, failed: Math.max(unexpected + flaky, ok ? 0 : 1), skipped: left };
}

async function chromium() {
  const path = findChromium();
  if (!path) return skipped("chromium", "no Chromium found (Debian: apt install chromium)");
  return specs("chromium", { HEADSTART_CHROMIUM: path });
}

// A network of its own in which only loopback is up: what the packed app would fetch, it cannot. Needs root.
const LOOPBACK = "import fcntl, socket, struct; fcntl.ioctl(socket.socket(), 0x8914, struct.pack('16sh22x', b'lo', 1))";
async function offline() {
  const possible = process.getuid?.() === 0 && (await ask("unshare", ["--net", "python3", "-c", LOOPBACK])) !== null;
  if (!possible) say("Electron's tests keep the network: cutting it off needs root and unshare");
  return possible ? ["unshare", "--net", "sh", "-c", `python3 -c "${LOOPBACK}" && exec "$@"`, "sh"] : [];
}

async function electron({ engine }) {
  const why = await whyNoElectron(join(await testElectronFolder(), "electron"));
  if (why) return skipped("electron", why);
  const app = await packForTests(engine);
  const display = process.env.DISPLAY ? [] : [findCommand("xvfb-run"), "-a", "-s", "-screen 0 1600x1000x24"];
  return specs("electron", { HEADSTART_APP: app }, [...(await offline()), ...display]);
}

const PARTS = [
  { name: "types", group: "lint", needs: [], run: () => check([bin("typescript", "bin/tsc"), "--noEmit"]) },
  { name: "lint", group: "lint", needs: [], run: () => check(biome) },
  { name: "imports", group: "lint", needs: [], run: () => vitest("imports") },
  { name: "units", group: "units", needs: ["engine"], run: () => vitest("units") },
  { name: "engine", group: "engine", needs: ["engine"], run: () => vitest("engine") },
  { name: "chromium", group: "e2e", needs: ["engine", "build"], run: chromium },
  { name: "electron", group: "e2e", needs: ["engine", "build"], run: electron },
];

/** Runs what is chosen; a part whose set-up failed is skipped, and the set-up itself counts as failed. */
async function runParts(chosen) {
  const results = [];
  const broken = new Map();
  const ready = {};
  const setUp = { engine: async () => Object.assign(ready, await ensureEngine()), build: ensureBuild };
  for (const need of new Set(chosen.flatMap((part) => part.needs))) {
    try {
      if (broken.size === 0) await setUp[need]();
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      broken.set(need, error.message);
      results.push({ name: `set-up: ${need}`, failed: 1, reason: error.message });
    }
  }
  for (const part of chosen) {
    const lacks = part.needs.find((need) => broken.has(need));
    say(lacks ? `${part.name}: skipped, as the ${lacks} is not there` : part.name);
    if (lacks) {
      results.push({ name: part.name, skipped: part.group === "e2e" ? await specsOf(part.name) : 1, reason: `no ${lacks}` });
      continue;
    }
    try {
      results.push({ name: part.name, ...(await part.run(ready)) });
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      results.push({ name: part.name, failed: 1, reason: error.message });
    }
  }
  return results;
}

function summary(results) {
  const total = (key) => results.reduce((sum, each) => sum + (each[key] ?? 0), 0);
  const line = ({ name, passed = 0, failed = 0, skipped: left = 0, reason }) =>
    `  ${name.padEnd(16)} ${passed} passed, ${failed} failed, ${left} skipped${reason ? ` (${reason})` : ""}`;
  return {
    text: [...results.map(line), `${total("passed")} passed, ${total("failed")} failed, ${total("skipped")} skipped`].join("\n"),
    failed: total("failed"),
  };
}

try {
  const asked = process.argv.slice(2);
  const unknown = asked.find((name) => !PARTS.some((part) => part.name === name || part.group === name));
  if (unknown)
    throw new SetupError(`There is no part "${unknown}" of the tests: they are ${PARTS.map((part) => part.name).join(", ")} and e2e.`);
  const chosen = PARTS.filter((part) => asked.length === 0 || asked.includes(part.name) || asked.includes(part.group));
  await ensureInstalled();
  process.env.HEADSTART_SMOLLM2 ??= await smollm2().catch((error) => {
    if (!(error instanceof SetupError)) throw error;
    say(`what tests a real checkpoint is skipped: ${error.message}`);
    return "";
  });
  const { text, failed } = summary(await runParts(chosen));
  console.log(`\n${text}`);
  process.exitCode = failed > 0 ? 1 : 0;
} catch (error) {
  failWith(error);
}
