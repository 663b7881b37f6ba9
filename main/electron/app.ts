// The application in Electron. The first import loads the native engine and must stay first.
// biome-ignore assist/source/organizeImports: see above
import { nativeFailure } from "./native-first.ts";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { app, BrowserWindow, dialog, session } from "electron";
import { HeadstartError, toErrorRecord } from "../contract/errors.ts";
import { defaultDataFolder, preloadFile, pyodideFolder, rendererFolder, resourcesFolder, threadEntries } from "../host/entries.ts";
import { createHost, type Host } from "../host/host.ts";
import { openLog } from "../host/log.ts";
import { refusalByHolder } from "../host/refusal.ts";
import { chooseFile } from "./choose-file.ts";
import { connectWindow, listenToWindows } from "./ipc.ts";
import { installMenu } from "./menu.ts";
import { registerPageScheme, servePage } from "./page.ts";
import { pyodideWindowRunner } from "./pyodide-window.ts";
import { createWindow, denyPermissions } from "./window.ts";

const dataFolder = defaultDataFolder();
// Chromium's own files lie in the data folder too: one app a data folder, and nothing of it elsewhere.
const chromiumFolder = join(dataFolder, "electron");
mkdirSync(chromiumFolder, { recursive: true, mode: 0o700 });
app.setPath("userData", chromiumFolder);
registerPageScheme();

/** The workbench's window; programs that are verified have hidden ones of their own. */
let workbench: BrowserWindow | null = null;

function openWindow(host: Host): void {
  workbench = createWindow(preloadFile());
  workbench.on("closed", () => {
    workbench = null;
    app.quit();
  });
  connectWindow(workbench, host);
}

async function start(): Promise<void> {
  if (nativeFailure)
    throw new HeadstartError(
      {
        code: "no-engine",
        where: "native engine",
        message: `The native engine could not be loaded: ${nativeFailure.message}`,
        hint: "Run npm start in the project once: it sets the engine up.",
      },
      { cause: nativeFailure },
    );
  const host = await createHost({
    dataFolder,
    resourcesFolder: resourcesFolder(),
    kind: "electron",
    entries: threadEntries(),
    takeUp: true,
    chooseFile: (input) => chooseFile(workbench, input),
    codeRunners: [pyodideWindowRunner({ app, BrowserWindow, session }, pyodideFolder())],
  }).catch(async (thrown) => {
    throw await refusalByHolder(dataFolder, thrown);
  });
  const log = openLog(dataFolder, "electron");
  log.info({ electron: process.versions.electron }, "started");
  process.on("unhandledRejection", (thrown) => log.error(toErrorRecord(thrown, "main")));

  servePage(session.defaultSession, rendererFolder());
  denyPermissions(session.defaultSession);
  listenToWindows();
  installMenu(dataFolder);
  openWindow(host);
  host.engine(false).catch((thrown) => log.error(toErrorRecord(thrown, "engine")));

  app.on("second-instance", () => {
    if (workbench?.isMinimized()) workbench.restore();
    workbench?.focus();
  });
  app.on("activate", () => {
    if (!workbench) openWindow(host);
  });
  app.on("window-all-closed", () => {}); // a verifier's window may close while none else is open

  // The stage ends at its next step, the store after its last commit; then the app does.
  let closed = false;
  app.on("will-quit", (event) => {
    if (closed) return;
    event.preventDefault();
    host
      .close()
      .catch((thrown) => log.error(toErrorRecord(thrown, "closing")))
      .finally(() => {
        closed = true;
        app.exit(0);
      });
  });
}

function refuse(thrown: unknown): void {
  const { where, message, hint } = toErrorRecord(thrown, "Headstart");
  process.stderr.write(`${where}: ${message} ${hint}\n`);
  dialog.showErrorBox("Headstart cannot start", `${where}\n\n${message}\n\n${hint}`);
  app.exit(1);
}

// A second start with the same data folder brings the first one's window to the front and ends.
if (app.requestSingleInstanceLock()) app.whenReady().then(start).catch(refuse);
else app.exit(0);
