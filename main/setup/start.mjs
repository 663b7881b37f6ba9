// `npm start`: takes a clone to the open workbench. In Electron where its binary and a display are there, else as a page on
// loopback; it says which and why.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { node24, root } from "./paths.mjs";
import { ensureReady, handOver } from "./ready.mjs";
import { failWith, SetupError, say } from "./steps.mjs";
import { ensureElectron } from "./users-electron.mjs";

const HELP = `npm start [-- options]: sets Headstart up and opens the workbench.

  --engine cpu|cuda  the native engine's build (default: cuda where an NVIDIA driver is found)
  --server           open as a page on 127.0.0.1, not in a window of its own
  --port N           the page's port (default: a free one)
  --no-open          print the page's address only
  --help             this text

HEADSTART_DATA sets the data folder. The command line: npm run -s headstart -- --help`;

function options() {
  try {
    const { values } = parseArgs({
      options: {
        engine: { type: "string" },
        server: { type: "boolean" },
        port: { type: "string" },
        "no-open": { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
    return values;
  } catch (error) {
    throw new SetupError(`${error.message}. \`npm start -- --help\` lists the options.`);
  }
}

const hasDisplay = () => Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

/** The Electron binary to open a window with, or why there will be a page. */
async function windowOrWhyNot({ server }) {
  if (server) return { why: "--server" };
  if (!hasDisplay()) return { why: "no display (neither DISPLAY nor WAYLAND_DISPLAY is set)" };
  if (process.getuid?.() === 0) return { why: "Electron's sandbox does not run as root" };
  return ensureElectron();
}

function openPage({ port, "no-open": noOpen }) {
  const args = [...(port ? ["--port", port] : []), ...(noOpen ? ["--no-open"] : [])];
  return handOver(node24, [join(root, "out", "main", "cli.cjs"), "serve", ...args]);
}

try {
  const chosen = options();
  if (chosen.help) console.log(HELP);
  else {
    const { engine, why } = await ensureReady({ wanted: chosen.engine });
    say(`the engine is TensorFlow for ${engine} (${why})`);
    const { binary, why: whyPage } = await windowOrWhyNot(chosen);
    if (binary) {
      say("opening in Electron");
      const code = await handOver(binary, [root]);
      if (code !== 0) say(`Electron ended with code ${code}; \`npm start -- --server\` opens the workbench as a page instead`);
      process.exitCode = code;
    } else {
      say(`opening as a page on this machine: ${whyPage}`);
      process.exitCode = await openPage(chosen);
    }
  }
} catch (error) {
  failWith(error);
}
