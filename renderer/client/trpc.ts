// The typed client of the application's router: over IPC in Electron, over a WebSocket on loopback in a plain browser.
import { createTRPCClient, createWSClient, wsLink } from "@trpc/client";
import type { AppRouter } from "../../main/host/router/index.ts";
import { ipcLink } from "./ipc-link.ts";

export type Client = ReturnType<typeof createTRPCClient<AppRouter>>;

export interface Connection {
  onOpen: () => void;
  onClose: () => void;
}

export function createClient(connection: Connection): Client {
  const bridge = window.headstart;
  if (bridge !== undefined) {
    queueMicrotask(connection.onOpen);
    return createTRPCClient<AppRouter>({ links: [ipcLink(bridge)] });
  }
  const { protocol, host } = window.location;
  const socket = createWSClient({
    url: `${protocol === "https:" ? "wss" : "ws"}://${host}/trpc`,
    onOpen: connection.onOpen,
    onClose: connection.onClose,
    retryDelayMs: (attempt) => Math.min(5000, 200 * 2 ** attempt),
    keepAlive: { enabled: true, intervalMs: 10_000, pongTimeoutMs: 5_000 },
  });
  return createTRPCClient<AppRouter>({ links: [wsLink<AppRouter>({ client: socket })] });
}
