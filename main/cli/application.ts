// How a command reaches the application: as a client of the process that holds the data folder, else by holding it itself.
import { createTRPCClient, localLink, type TRPCClient } from "@trpc/client";
import type { SystemInfo } from "../contract/index.ts";
import { defaultDataFolder, resourcesFolder, threadEntries } from "../host/entries.ts";
import { createHost } from "../host/host.ts";
import { connectToHolder } from "../host/local-socket.ts";
import { refusalByHolder } from "../host/refusal.ts";
import { type AppRouter, appRouter } from "../host/router/index.ts";
import { preloadNative } from "../worker/preload-native.ts";

export interface Application {
  client: TRPCClient<AppRouter>;
  /** The other process that runs what is asked; null when this one does. */
  holder: SystemInfo | null;
  close(): Promise<void>;
}

export async function openApplication(): Promise<Application> {
  const dataFolder = defaultDataFolder();
  const held = await connectToHolder(dataFolder);
  if (held) {
    const holder = await held.client.system.info.query();
    return { client: held.client, holder, close: async () => held.close() };
  }
  preloadNative();
  const host = await createHost({
    dataFolder,
    resourcesFolder: resourcesFolder(),
    kind: "cli",
    entries: threadEntries(),
    // A command runs what it was asked to and leaves other interrupted studies to the app, the server or `study resume`.
    takeUp: false,
  }).catch(async (thrown) => {
    throw await refusalByHolder(dataFolder, thrown);
  });
  const client = createTRPCClient<AppRouter>({
    links: [localLink({ router: appRouter, createContext: async () => ({ host, local: true }) })],
  });
  return { client, holder: null, close: () => host.close() };
}

/** Opens, does, closes, whatever happens. */
export async function withApplication<T>(use: (application: Application) => Promise<T>): Promise<T> {
  const application = await openApplication();
  try {
    return await use(application);
  } finally {
    await application.close();
  }
}
