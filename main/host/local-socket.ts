// The socket in the data folder through which a second process is a client of the one that holds the folder: tRPC over
// WebSocket on a Unix socket that only its owner can open (mode 0600).
import { closeSync, openSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { createTRPCClient, createWSClient, type TRPCClient, wsLink } from "@trpc/client";
import { applyWSSHandler } from "@trpc/server/adapters/ws";
import { WebSocket, WebSocketServer } from "ws";
import type { Host } from "./host.ts";
import { type AppRouter, appRouter } from "./router/index.ts";

export interface LocalSocket {
  path: string;
  close(): Promise<void>;
}

/** The kernel takes at most 107 bytes as a socket's address; a longer one goes through an open descriptor of its folder. */
function withAddress<T>(folder: string, name: string, use: (address: string) => T): T {
  const path = join(folder, name);
  if (Buffer.byteLength(path) <= 100 || process.platform !== "linux") return use(path);
  const descriptor = openSync(folder, "r");
  try {
    return use(`/proc/self/fd/${descriptor}/${name}`);
  } finally {
    closeSync(descriptor);
  }
}

const socketName = "host.sock";

/** To be called by the holder of the data folder's lock only: a socket file that is there already is a dead one's. */
export async function serveLocalSocket(host: Host): Promise<LocalSocket> {
  const path = join(host.dataFolder, socketName);
  rmSync(path, { force: true });
  const server = createServer((_request, response) => response.writeHead(404).end());
  const wss = new WebSocketServer({ server, maxPayload: 1 << 20 });
  applyWSSHandler({ wss, router: appRouter, createContext: () => ({ host, local: true }) });
  // listen() binds before it returns, so with this mask nobody else can open the socket even for a moment.
  const umask = process.umask(0o177);
  let listening: Promise<void>;
  try {
    listening = new Promise((resolve, reject) => {
      server.once("error", reject);
      withAddress(host.dataFolder, socketName, (address) => server.listen(address, resolve));
    });
  } finally {
    process.umask(umask);
  }
  await listening;
  return {
    path,
    close: () =>
      new Promise((resolve) => {
        for (const client of wss.clients) client.terminate();
        wss.close();
        server.close(() => {
          rmSync(path, { force: true });
          resolve();
        });
      }),
  };
}

export interface HolderClient {
  client: TRPCClient<AppRouter>;
  close(): void;
}

/** Null when nobody listens there. */
export async function connectToHolder(dataFolder: string): Promise<HolderClient | null> {
  const dial = () => withAddress(dataFolder, socketName, (address) => connect(address));
  const reachable = await new Promise<boolean>((resolve) => {
    const probe: Socket = dial();
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });
  if (!reachable) return null;
  class UnixWebSocket extends WebSocket {
    constructor() {
      super("ws://localhost/", { createConnection: dial });
    }
  }
  const ws = createWSClient({ url: "ws://localhost/", WebSocket: UnixWebSocket as unknown as typeof globalThis.WebSocket });
  return { client: createTRPCClient<AppRouter>({ links: [wsLink({ client: ws })] }), close: () => ws.close() };
}
