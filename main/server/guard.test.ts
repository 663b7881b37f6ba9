import { expect, test } from "vitest";
import { Guard, type GuardedRequest } from "./guard.ts";

const request = (url: string, headers: GuardedRequest["headers"] = {}, method = "GET"): GuardedRequest => ({
  method,
  url: new URL(url, "http://127.0.0.1:4747"),
  headers: { host: "127.0.0.1:4747", ...headers },
});

function entered() {
  const guard = new Guard(4747);
  const path = guard.entrance.slice(guard.address.length - 1);
  const admission = guard.page(request(path));
  if (admission.admit !== "enter") throw new Error("not let in");
  return { guard, path, setCookie: admission.cookie, cookie: admission.cookie.split(";")[0] };
}

test("the token of the printed address becomes a cookie that scripts and foreign pages cannot use", () => {
  const { guard, path, cookie, setCookie } = entered();
  expect(setCookie).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
  expect(cookie).not.toContain(path.split("=")[1]);
  expect(guard.page(request("/", { cookie }))).toEqual({ admit: true });
  expect(guard.page(request("/", { cookie: `theme=dark; ${cookie}` }))).toEqual({ admit: true });
});

test("a token works once", () => {
  const { guard, path, cookie } = entered();
  expect(guard.page(request(path))).toMatchObject({ admit: false, status: 401, reason: expect.stringContaining("used already") });
  // The browser that came in with it may load the address again.
  expect(guard.page(request(path, { cookie }))).toEqual({ admit: true });
});

test("a new entrance lets another browser in and ends the one before; who is in stays in", () => {
  const { guard, cookie, path } = entered();
  const unused = guard.newEntrance();
  const fresh = guard.newEntrance();
  for (const stale of [path, unused]) expect(guard.page(request(stale))).toMatchObject({ admit: false, status: 401 });
  expect(guard.page(request(fresh))).toMatchObject({ admit: "enter" });
  expect(guard.page(request(fresh))).toMatchObject({ admit: false, status: 401 });
  expect(guard.page(request("/", { cookie }))).toEqual({ admit: true });
});

test("what is no URL has no target", () => {
  const guard = new Guard(4747);
  for (const target of ["//", "http://[", "http://", "//:99999/", "http://a:b:c/"]) expect(guard.target(target), target).toBeNull();
  expect(guard.target("/a?b=c")?.href).toBe("http://127.0.0.1:4747/a?b=c");
  expect(guard.target(undefined)?.pathname).toBe("/");
});

test("a wrong token, or a HEAD, does not spend the right one", () => {
  const guard = new Guard(4747);
  const path = guard.entrance.slice(guard.address.length - 1);
  expect(guard.page(request("/?token=x"))).toMatchObject({ admit: false, status: 401 });
  expect(guard.page(request(path, {}, "HEAD"))).toMatchObject({ admit: false, status: 401 });
  expect(guard.page(request(path))).toMatchObject({ admit: "enter" });
});

test("without the cookie, or with another run's, nothing is served", () => {
  const { guard, cookie } = entered();
  const other = entered().cookie;
  for (const headers of [{}, { cookie: other }, { cookie: `${cookie}x` }, { cookie: cookie.slice(0, -1) }, { cookie: "headstart-4747=" }]) {
    expect(guard.page(request("/", headers))).toMatchObject({ admit: false, status: 401 });
    expect(guard.socket(request("/trpc", { origin: "http://127.0.0.1:4747", ...headers }))).toMatchObject({ admit: false, status: 401 });
  }
});

test("another Host is refused, whatever else is right: a rebound name is no loopback", () => {
  const { guard, cookie, path } = entered();
  for (const host of ["evil.example:4747", "127.0.0.1", "127.0.0.1:4748", "127.0.0.1:4747.evil.example", undefined]) {
    expect(guard.page(request(path, { host, cookie }))).toMatchObject({ admit: false, status: 421 });
    expect(guard.socket(request("/trpc", { host, cookie, origin: "http://127.0.0.1:4747" }))).toMatchObject({ admit: false, status: 421 });
  }
  expect(guard.page(request("/", { host: "localhost:4747", cookie }))).toEqual({ admit: true });
});

test("another Origin is refused, and a WebSocket needs one", () => {
  const { guard, cookie } = entered();
  for (const origin of ["http://evil.example", "http://127.0.0.1:4748", "https://127.0.0.1:4747", "null"]) {
    expect(guard.page(request("/", { origin, cookie }))).toMatchObject({ admit: false, status: 403 });
    expect(guard.socket(request("/trpc", { origin, cookie }))).toMatchObject({ admit: false, status: 403 });
  }
  expect(guard.socket(request("/trpc", { cookie }))).toMatchObject({ admit: false, status: 403 });
  expect(guard.socket(request("/trpc", { cookie, origin: "http://localhost:4747" }))).toEqual({ admit: true });
});

test("only reading is served", () => {
  const { guard, cookie } = entered();
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "CONNECT"])
    expect(guard.page(request("/", { cookie }, method))).toMatchObject({ admit: false, status: 405 });
});

test("two servers never share a token or a cookie's name", () => {
  const [a, b] = [new Guard(1), new Guard(2)];
  expect(a.entrance.split("=")[1]).not.toBe(b.entrance.split("=")[1]);
  const cookieOf = (guard: Guard, host: string) => {
    const admission = guard.page(request(guard.entrance.slice(guard.address.length - 1), { host }));
    return admission.admit === "enter" ? admission.cookie.split("=")[0] : null;
  };
  expect([cookieOf(a, "127.0.0.1:1"), cookieOf(b, "127.0.0.1:2")]).toEqual(["headstart-1", "headstart-2"]);
});
