import { mkdirSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { createTRPCClient, createWSClient, wsLink } from "@trpc/client";
import pino from "pino";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import type { LiveEvent } from "../contract/index.ts";
import { connectToHolder } from "../host/local-socket.ts";
import type { AppRouter } from "../host/router/index.ts";
import { openHost, temporaryFolder, untilStatus } from "../host/testing/open-host.ts";
import { smallRecipe } from "../host/testing/small-recipe.ts";
import { serve } from "./serve.ts";

async function openServer() {
  const { host, dataFolder, caller } = await openHost();
  const rendererFolder = temporaryFolder();
  mkdirSync(join(rendererFolder, "assets"));
  writeFileSync(join(rendererFolder, "index.html"), "<!doctype html><title>page</title>");
  writeFileSync(join(rendererFolder, "assets/app-1.js"), "export {};");
  writeFileSync(join(dataFolder, "secret.txt"), "secret");
  const server = await serve({ host, rendererFolder, port: 0, log: pino({ enabled: false }) });
  onTestFinished(() => server.close());
  const { port } = new URL(server.address);
  const get = (path: string, headers: Record<string, string> = {}) =>
    new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>((resolve, reject) => {
      request({ host: "127.0.0.1", port, path, headers }, (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (chunk) => {
          body += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode!, headers: response.headers, body }));
      })
        .on("error", reject)
        .end();
    });
  const enter = async () => {
    const { headers, status } = await get(server.entrance.slice(server.address.length - 1));
    expect(status).toBe(200);
    return headers["set-cookie"]![0].split(";")[0];
  };
  const upgrade = (headers: Record<string, string>, path = "trpc") =>
    new Promise<number>((resolve) => {
      const socket = new WebSocket(server.address.replace("http", "ws") + path, { headers });
      socket.on("open", () => {
        socket.close();
        resolve(101);
      });
      socket.on("unexpected-response", (_request, response) => resolve(response.statusCode!));
      socket.on("error", () => {});
    });
  const origin = `http://127.0.0.1:${port}`;
  const pageClient = (cookie: string) => {
    class BrowserSocket extends WebSocket {
      constructor(url: string) {
        super(url, { headers: { cookie, origin } });
      }
    }
    const socket = createWSClient({
      url: `${server.address.replace("http", "ws")}trpc`,
      WebSocket: BrowserSocket as unknown as typeof globalThis.WebSocket,
    });
    onTestFinished(() => socket.close());
    return createTRPCClient<AppRouter>({ links: [wsLink({ client: socket })] });
  };
  return { host, dataFolder, caller, server, port, get, enter, upgrade, pageClient, origin };
}

test("the page is served with its policy, to who came in with the token", async () => {
  const { get, enter, server } = await openServer();
  expect((await get("/")).status).toBe(401);
  const cookie = await enter();
  const page = await get("/", { cookie });
  expect(page).toMatchObject({ status: 200, body: "<!doctype html><title>page</title>" });
  const policy = page.headers["content-security-policy"] as string;
  expect(policy).toContain("default-src 'none'; script-src 'self';");
  expect(policy).toContain(`connect-src 'self' ${server.address.replace("http", "ws").slice(0, -1)} `);
  const script = await get("/assets/app-1.js", { cookie });
  expect(script).toMatchObject({
    status: 200,
    headers: { "content-type": "text/javascript; charset=utf-8", "x-content-type-options": "nosniff" },
  });
});

test("a used token, a wrong Host, a wrong Origin and a missing cookie are refused", async () => {
  const { get, enter, server } = await openServer();
  const cookie = await enter();
  expect((await get(server.entrance.slice(server.address.length - 1))).status).toBe(401);
  expect((await get("/", { cookie, host: "evil.example" })).status).toBe(421);
  expect((await get("/", { cookie, origin: "http://evil.example" })).status).toBe(403);
  expect((await get("/assets/app-1.js")).status).toBe(401);
});

test("no path leaves the page's folder", async () => {
  const { get, enter } = await openServer();
  const cookie = await enter();
  for (const path of ["/../secret.txt", "/..%2fsecret.txt", "/assets/../../secret.txt", "//etc/passwd", "/assets", "/%00"])
    expect((await get(path, { cookie })).status).toBe(404);
});

test("a request target that is no URL is refused before anything else, and the server lives on", async () => {
  const { port, get, enter } = await openServer();
  const raw = (target: string, more = "") =>
    new Promise<string>((resolve, reject) => {
      let answer = "";
      const socket = connect(Number(port), "127.0.0.1", () =>
        socket.write(`GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${more || "Connection: close\r\n"}\r\n`),
      );
      socket.setEncoding("utf8").on("data", (text) => {
        answer += text;
      });
      socket.on("end", () => resolve(answer.split("\r\n")[0])).on("error", reject);
    });
  const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
  for (const target of ["//", "http://[", "http://", "//:99999/", "http://a:b:c/"]) {
    expect(await raw(target), target).toMatch(/^HTTP\/1.1 400 /);
    expect(await raw(target, upgrade), target).toMatch(/^HTTP\/1.1 400 /);
  }
  expect((await get("/", { cookie: await enter() })).status).toBe(200);
});

test("a new entrance is given through the socket of the data folder, never through the page's WebSocket", async () => {
  const { dataFolder, get, enter, pageClient, server } = await openServer();
  const cookie = await enter();
  await expect(pageClient(cookie).system.entrance.mutate()).rejects.toMatchObject({ data: { record: { code: "not-for-the-page" } } });
  const holder = (await connectToHolder(dataFolder))!;
  onTestFinished(() => holder.close());
  const entrance = await holder.client.system.entrance.mutate();
  expect(entrance).not.toBe(server.entrance);
  expect((await get(entrance.slice(server.address.length - 1))).headers["set-cookie"]![0].split(";")[0]).toBe(cookie);
  expect((await get(entrance.slice(server.address.length - 1))).status).toBe(401);
});

test("a WebSocket needs the cookie, our Origin and our path", async () => {
  const { upgrade, enter, origin } = await openServer();
  const cookie = await enter();
  expect(await upgrade({ origin })).toBe(401);
  expect(await upgrade({ cookie })).toBe(403);
  expect(await upgrade({ cookie, origin: "http://evil.example" })).toBe(403);
  expect(await upgrade({ cookie, origin, host: "evil.example" })).toBe(421);
  expect(await upgrade({ cookie, origin }, "other")).toBe(404);
  expect(await upgrade({ cookie, origin })).toBe(101);
});

test("the router answers over the WebSocket, events included", async () => {
  const { server, enter, pageClient, host, caller } = await openServer();
  const client = pageClient(await enter());
  expect(await client.system.info.query()).toMatchObject({ address: server.address });

  const heard: LiveEvent[] = [];
  await new Promise<void>((resolve) => {
    client.live.events.subscribe(undefined, { onStarted: () => resolve(), onData: (event) => heard.push(event) });
  });
  const { id } = await caller.studies.start({ recipe: smallRecipe });
  await untilStatus(host, id, "done");
  await expect.poll(() => heard.at(-1)).toEqual({ type: "study", studyId: id, status: "done" });
});

test("a port that is taken is refused in words", async () => {
  const { host, server, port } = await openServer();
  expect(server.address).toContain(port);
  const rendererFolder = temporaryFolder();
  const options = { host, rendererFolder, port: Number(port), log: pino({ enabled: false }) };
  await expect(serve(options)).rejects.toMatchObject({ code: "no-page" });
  writeFileSync(join(rendererFolder, "index.html"), "");
  await expect(serve(options)).rejects.toMatchObject({ code: "cannot-listen", message: "The port is in use." });
});
