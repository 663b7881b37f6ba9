// headstart serve: the workbench as a page on loopback.
import { spawn } from "node:child_process";
import { type Command, InvalidArgumentError } from "commander";
import { defaultDataFolder, rendererFolder, resourcesFolder, threadEntries } from "../../host/entries.ts";
import { createHost } from "../../host/host.ts";
import { openLog } from "../../host/log.ts";
import { refusalByHolder } from "../../host/refusal.ts";
import { serve } from "../../server/serve.ts";
import { preloadNative } from "../../worker/preload-native.ts";
import { formatFailure } from "../failure.ts";

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError("a port is a whole number from 0 (any) to 65535");
  return port;
}

export function addServe(program: Command): void {
  program
    .command("serve")
    .description("serve the workbench to a browser of this machine (for another machine, tunnel the port by ssh)")
    .option("--port <port>", "port on 127.0.0.1; 0: any free one", parsePort, 0)
    .option("--no-open", "print the address only")
    .action(async ({ port, open }: { port: number; open: boolean }) => {
      const dataFolder = defaultDataFolder();
      preloadNative();
      const host = await createHost({
        dataFolder,
        resourcesFolder: resourcesFolder(),
        kind: "server",
        entries: threadEntries(),
        takeUp: true,
      }).catch(async (thrown) => {
        throw await refusalByHolder(dataFolder, thrown);
      });
      const log = openLog(dataFolder, "server");
      const server = await serve({ host, rendererFolder: rendererFolder(), port, log }).catch(async (thrown) => {
        await host.close();
        throw thrown;
      });
      process.stdout.write(`Headstart is at ${server.entrance}\nThe address lets one browser in, once. Ctrl-C ends the server.\n`);
      if (open) openInBrowser(server.entrance);
      host.engine(false).catch((thrown) => process.stderr.write(`${formatFailure(thrown)}\n`));
      await untilAskedToEnd();
      await server.close();
      await host.close();
    });
}

/** Where a desktop is there to do it; else the printed address is all. */
function openInBrowser(address: string): void {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  const opener = process.platform === "darwin" ? "open" : DISPLAY || WAYLAND_DISPLAY ? "xdg-open" : null;
  if (opener === null) return;
  spawn(opener, [address], { stdio: "ignore", detached: true })
    .on("error", () => process.stderr.write("No browser could be opened: open the address yourself.\n"))
    .unref();
}

function untilAskedToEnd(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}
