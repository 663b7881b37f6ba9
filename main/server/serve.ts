// The loopback server: the page and the router on one port of 127.0.0.1, behind the guard.
import { createReadStream } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { applyWSSHandler } from "@trpc/server/adapters/ws";
import type { Logger } from "pino";
import { WebSocketServer } from "ws";
import { HeadstartError } from "../contract/errors.ts";
import type { Host } from "../host/host.ts";
import { listPageFiles, pageHeaders } from "../host/page-files.ts";
import { appRouter } from "../host/router/index.ts";
import { Guard } from "./guard.ts";

export interface ServeOptions {
  host: Host;
  rendererFolder: string;
  /** 0: any free port. */
  port: number;
  log: Logger;
}

export interface RunningServer {
  /** Without the token. */
  address: string;
  /** The address to open, once, with the token. */
  entrance: string;
  close(): Promise<void>;
}

/** Where the page connects to, below the server's address. */
const socketPath = "/trpc";

export async function serve({ host, rendererFolder, port, log }: ServeOptions): Promise<RunningServer> {
  const files = listPageFiles(rendererFolder);
  const server = createServer();
  await listen(server, port);
  const guard = new Guard((server.address() as AddressInfo).port);
  const own = guard.address.replace("http://", "").replace(/\/$/, "");
  // 'self' does not stand for ws: in every Chromium, so the two addresses are written out.
  const headers = pageHeaders(`'self' ws://${own} ws://${own.replace("127.0.0.1", "localhost")}`);

  server.on("request", (request, response) => {
    const refuse = (status: number, reason: string) => {
      log.warn({ status, reason }, "refused a request");
      response.writeHead(status, { ...headers, "Content-Type": "text/plain; charset=utf-8" }).end(`${reason}\n`);
    };
    const url = guard.target(request.url);
    if (!url) return refuse(400, "What was asked for is no address.");
    const asked = { method: request.method ?? "GET", url, headers: request.headers };
    const admission = guard.page(asked);
    if (admission.admit === false) return refuse(admission.status, admission.reason);
    if (admission.admit === "enter") {
      log.info("a browser came in with the token");
      // A page that leads on, no redirect: after a redirect that began on a foreign page a Strict cookie would not be sent.
      const page = '<!doctype html><meta http-equiv="refresh" content="0;url=/"><title>Headstart</title>';
      return response
        .writeHead(200, {
          ...headers,
          "Set-Cookie": admission.cookie,
          "Cache-Control": "no-store",
          "Content-Type": "text/html; charset=utf-8",
        })
        .end(page);
    }
    const { pathname } = url;
    const file = files.get(pathname);
    // Browsers ask for it of their own accord, and a 404 would stand as an error in their console.
    if (!file && pathname === "/favicon.ico") return response.writeHead(204, headers).end();
    if (!file) return response.writeHead(404, { ...headers, "Content-Type": "text/plain" }).end("Not found\n");
    // What the build put into assets/ has its hash in its name.
    const cache = pathname.startsWith("/assets/") ? "private, max-age=31536000, immutable" : "no-cache";
    response.writeHead(200, { ...headers, "Content-Type": file.type, "Cache-Control": cache });
    if (asked.method === "HEAD") return response.end();
    createReadStream(file.path)
      .on("error", (error) => response.destroy(error))
      .pipe(response);
  });

  const wss = new WebSocketServer({ noServer: true, maxPayload: 1 << 20 });
  applyWSSHandler({
    wss,
    router: appRouter,
    createContext: () => ({ host }),
    keepAlive: { enabled: true },
    onError: ({ path, error }) => log.warn({ path, error: error.message }, "a call failed"),
  });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const url = guard.target(request.url);
    const admission = url && guard.socket({ method: "GET", url, headers: request.headers });
    if (admission?.admit !== true || url?.pathname !== socketPath) {
      const status = admission === null ? 400 : admission.admit === false ? admission.status : 404;
      log.warn({ status }, "refused a WebSocket");
      // Node leaves the socket's errors to who takes the upgrade: one without a listener would end the server.
      socket.on("error", () => socket.destroy());
      socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\n\r\n`);
      return;
    }
    wss.handleUpgrade(request, socket, head, (ws) => wss.emit("connection", ws, request));
  });

  host.setPage({ address: guard.address, newEntrance: () => guard.newEntrance() });
  log.info({ address: guard.address }, "serving");
  return {
    address: guard.address,
    entrance: guard.entrance,
    close: () =>
      new Promise((resolve) => {
        for (const client of wss.clients) client.terminate();
        wss.close();
        server.closeAllConnections?.();
        server.close(() => resolve());
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) =>
      reject(
        new HeadstartError(
          {
            code: "cannot-listen",
            where: `127.0.0.1:${port}`,
            message: cause.code === "EADDRINUSE" ? "The port is in use." : cause.message,
            hint: "Give another one with --port, or none for any free port.",
          },
          { cause },
        ),
      ),
    );
    server.listen(port, "127.0.0.1", resolve);
  });
}
