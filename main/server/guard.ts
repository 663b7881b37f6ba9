// Who may talk to the loopback server. Other programs of this machine and any web page open in a browser can reach the port,
// so: the Host must be ours (a rebound name is not), the Origin must be ours (a foreign page's is not), and there must be the
// cookie that the one-time token of the printed address was turned into.
import { randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

export type Admission =
  | { admit: true }
  /** The token was right: this cookie goes out with a page that leads on to the address without the token. */
  | { admit: "enter"; cookie: string }
  | { admit: false; status: number; reason: string };

export interface GuardedRequest {
  method: string;
  /** What was asked for, parsed. */
  url: URL;
  headers: IncomingHttpHeaders;
}

const equal = (a: string, b: string) => {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
};

const refuse = (status: number, reason: string): Admission => ({ admit: false, status, reason });

export class Guard {
  readonly #port: number;
  readonly #session = randomBytes(32).toString("base64url");
  #token: string | null = randomBytes(32).toString("base64url");

  constructor(port: number) {
    this.#port = port;
  }

  /** The address to open, with the token. */
  get entrance(): string {
    return `${this.address}?token=${this.#token}`;
  }

  /** An address with a fresh token, for another browser or one that has lost its cookie. An earlier address ends with it. */
  newEntrance(): string {
    this.#token = randomBytes(32).toString("base64url");
    return this.entrance;
  }

  get address(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  /** The request target as a URL; null for what is none, such as `//`, which anyone may send before being let in. */
  target(requestTarget: string | undefined): URL | null {
    try {
      return new URL(requestTarget ?? "/", this.address);
    } catch {
      return null;
    }
  }

  page(request: GuardedRequest): Admission {
    if (request.method !== "GET" && request.method !== "HEAD") return refuse(405, "Only GET is served.");
    const { origin } = request.headers;
    if (!this.#isOurs(request.headers.host)) return refuse(421, "The Host header is not this server's.");
    if (origin !== undefined && !this.#isOurOrigin(origin)) return refuse(403, "The Origin header is not this server's.");
    const token = request.url.searchParams.get("token");
    if (token !== null) {
      // Only GET spends it: a preview that asks for the head of a link must not.
      if (this.#token === null || request.method !== "GET" || !equal(token, this.#token))
        return this.#hasCookie(request.headers) ? { admit: true } : refuse(401, usedUp);
      this.#token = null;
      return { admit: "enter", cookie: `${this.#cookieName}=${this.#session}; HttpOnly; SameSite=Strict; Path=/` };
    }
    return this.#hasCookie(request.headers) ? { admit: true } : refuse(401, noCookie);
  }

  socket(request: GuardedRequest): Admission {
    const { host, origin } = request.headers;
    if (!this.#isOurs(host)) return refuse(421, "The Host header is not this server's.");
    // Browsers always send it with a WebSocket; its absence is no browser, and nothing else has the cookie.
    if (origin === undefined || !this.#isOurOrigin(origin)) return refuse(403, "The Origin header is not this server's.");
    return this.#hasCookie(request.headers) ? { admit: true } : refuse(401, noCookie);
  }

  /** Cookies do not keep ports apart, so the name does. */
  get #cookieName(): string {
    return `headstart-${this.#port}`;
  }

  #isOurs(host: string | undefined): boolean {
    return host === `127.0.0.1:${this.#port}` || host === `localhost:${this.#port}`;
  }

  #isOurOrigin(origin: string): boolean {
    return origin.startsWith("http://") && this.#isOurs(origin.slice("http://".length));
  }

  #hasCookie(headers: IncomingHttpHeaders): boolean {
    for (const pair of (headers.cookie ?? "").split(";")) {
      const at = pair.indexOf("=");
      if (pair.slice(0, at).trim() === this.#cookieName && equal(pair.slice(at + 1).trim(), this.#session)) return true;
    }
    return false;
  }
}

const usedUp = "This address was used already, was replaced by a newer one, or is of another run. Run headstart serve again for a new one.";
const noCookie =
  "Open the address that headstart serve printed: it lets this browser in. Run headstart serve again, beside this one, for a new address.";
