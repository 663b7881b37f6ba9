// headstart serve: the workbench as a page on loopback.
import { type Command, InvalidArgumentError } from "commander";
import { defaultDataFolder, rendererFolder, resourcesFolder, threadEntries } from "../../host/entries.ts";
import { createHost } from "../../host/host.ts";
import { connectToHolder } from "../../host/local-socket.ts";
import { openLog } from "../../host/log.ts";
import { refusalByHolder } from "../../host/refusal.ts";
import { serve } from "../../server/serve.ts";
import { preloadNative } from "../../worker/preload-native.ts";
import { formatFailure } from "../failure.ts";
import { openInBrowser } from "../open-browser.ts";

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
      if (await enterRunningServer(dataFolder, open)) return;
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
      const opening = open ? openInBrowser(dataFolder, server.entrance) : null;
      host.engine(false).catch((thrown) => process.stderr.write(`${formatFailure(thrown)}\n`));
      await untilAskedToEnd();
      opening?.remove();
      await server.close();
      await host.close();
    });
}

/** True when a server holds the data folder: another browser, or one that has lost its cookie, is let in to that one. */
export async function enterRunningServer(dataFolder: string, open: boolean): Promise<boolean> {
  const holder = await connectToHolder(dataFolder);
  if (!holder) return false;
  try {
    const { pid, address } = await holder.client.system.info.query();
    if (address === null) return false;
    const entrance = await holder.client.system.entrance.mutate();
    process.stdout.write(`Headstart is served by process ${pid} already: ${entrance}\nThe address lets one browser in, once.\n`);
    const opening = open ? openInBrowser(dataFolder, entrance) : null;
    if (opening) await Promise.race([opening.removed, untilAskedToEnd()]);
    opening?.remove();
    return true;
  } finally {
    holder.close();
  }
}

function untilAskedToEnd(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}
