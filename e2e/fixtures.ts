// What a spec drives: a workbench with an empty data folder and an empty HOME, in the packed Electron app or as a page that the
// loopback server gives to Chromium. Specs cannot tell which; a test fails when the page logs an error.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { test as base, chromium, _electron as electron, expect, type Page } from "@playwright/test";

export { expect };

export interface Workbench {
  /** The page as it is now: another one after `reopen`. */
  readonly page: Page;
  readonly dataFolder: string;
  /** What a page may list files of. */
  readonly home: string;
  /** Chooses a file or folder that lies in `home` wherever one is asked for: by the dialog in Electron, by the list in a browser. */
  choose(name: string, what: "file" | "folder"): Promise<void>;
  /** What the page logged as errors; it must be empty in the end, so a spec that provokes one takes it out. */
  readonly errors: string[];
  /** Ends the host as a user does and opens a new one on the same data. */
  reopen(): Promise<void>;
}

interface OpenHost {
  page: Page;
  choose(path: string, what: "file" | "folder"): Promise<void>;
  close(): Promise<void>;
}

const root = fileURLToPath(new URL("..", import.meta.url));

/** Puts a tiny random checkpoint, as transformers saves it, where it can be chosen. */
export function bringTinyLlama({ home }: Workbench): void {
  cpSync(join(root, "main", "engine", "reference", "checkpoints", "tiny-llama"), join(home, "tiny-llama"), { recursive: true });
}

/** A path that `npm test -- e2e` gives. */
function fromSetUp(name: "HEADSTART_APP" | "HEADSTART_CHROMIUM"): string {
  const path = process.env[name];
  if (!path) throw new Error(`${name} is not set: run the specs by npm test -- e2e, which packs the app and finds Chromium.`);
  return path;
}

/** Nothing of the user's own environment reaches a host but the display. */
function environment(folder: string): Record<string, string> {
  const { PATH = "", DISPLAY = "", XAUTHORITY = "" } = process.env;
  return { PATH, DISPLAY, XAUTHORITY, HOME: join(folder, "home"), HEADSTART_DATA: join(folder, "data") };
}

async function openElectron(folder: string): Promise<OpenHost> {
  // Chromium refuses its sandbox to root, as whom containers run tests.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const app = await electron.launch({ executablePath: fromSetUp("HEADSTART_APP"), args, env: environment(folder) });
  const page = await app.firstWindow();
  return {
    page,
    choose: async (path, what) => {
      // Where a dialog chooses files only, a folder is chosen by a file in it.
      const answer = what === "folder" ? join(path, "config.json") : path;
      await app.evaluate(({ dialog }, chosen) => {
        dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] });
      }, answer);
      await page.getByRole("button", { name: /^Choose a .+…$/ }).click();
    },
    close: () => app.close(),
  };
}

/** The address that the server prints once it listens. */
async function addressOf(server: ChildProcess): Promise<string> {
  let output = "";
  for await (const chunk of server.stdout!) {
    output += chunk;
    const address = output.match(/http:\/\/127\.0\.0\.1:\d+\/\S*/);
    if (address) return address[0];
  }
  throw new Error(`The server ended before it listened. It printed: ${output}`);
}

async function openInChromium(folder: string): Promise<OpenHost> {
  const browser = await chromium.launch({ executablePath: fromSetUp("HEADSTART_CHROMIUM") });
  const server = spawn(process.execPath, [join(root, "out/main/cli.cjs"), "serve", "--no-open"], {
    env: environment(folder),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const page = await browser.newPage();
  await page.goto(await addressOf(server));
  // The address with the token leads on to the page itself.
  await page.waitForURL(({ pathname, search }) => pathname === "/" && search === "");
  return {
    page,
    choose: async (path, what) => {
      const list = page.getByRole("region", { name: "Choose from the folders of this machine" });
      await list.getByRole("row", { name: basename(path) }).click();
      if (what === "file") return;
      await expect(list.getByTitle(path)).toBeVisible();
      await list.getByRole("button", { name: "Choose this folder" }).click();
    },
    close: async () => {
      await browser.close();
      const ended = once(server, "exit");
      server.kill("SIGTERM");
      expect((await ended)[0], "exit code of the server").toBe(0);
    },
  };
}

export const test = base.extend<{ workbench: Workbench }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants a destructured first argument
  workbench: async ({}, use, testInfo) => {
    const folder = mkdtempSync(join(tmpdir(), "headstart-e2e-"));
    for (const name of ["home", "data"]) mkdirSync(join(folder, name));
    const errors: string[] = [];
    const open = async (): Promise<OpenHost> => {
      const host = await (testInfo.project.name === "electron" ? openElectron(folder) : openInChromium(folder));
      host.page.on("pageerror", (error) => errors.push(String(error)));
      host.page.on("console", (message) => {
        if (message.type() === "error") errors.push(message.text());
      });
      return host;
    };
    let host = await open();
    await use({
      get page() {
        return host.page;
      },
      dataFolder: join(folder, "data"),
      home: join(folder, "home"),
      choose: (name, what) => host.choose(join(folder, "home", name), what),
      errors,
      reopen: async () => {
        await host.close();
        host = await open();
      },
    });
    if (testInfo.status !== testInfo.expectedStatus)
      await testInfo.attach("page", { body: await host.page.screenshot(), contentType: "image/png" });
    await host.close();
    rmSync(folder, { recursive: true, force: true });
    expect(errors, "errors that the page logged").toEqual([]);
  },
});
