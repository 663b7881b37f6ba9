// The built page as both the server and Electron hand it out: the files listed once, so that no path of a request ever
// reaches the file system, and one strict content security policy.
import { readdirSync } from "node:fs";
import { extname, join } from "node:path";
import { HeadstartError } from "../contract/errors.ts";

export interface PageFile {
  path: string;
  type: string;
}

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff": "font/woff",
  ".woff2": "font/woff2",
};

/** By the path of their URL; "/" is the page itself. */
export function listPageFiles(folder: string): Map<string, PageFile> {
  const files = new Map<string, PageFile>();
  const walk = (at: string, prefix: string) => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) walk(path, `${prefix}${entry.name}/`);
      else if (entry.isFile())
        files.set(`${prefix}${entry.name}`, { path, type: types[extname(entry.name)] ?? "application/octet-stream" });
    }
  };
  try {
    walk(folder, "/");
  } catch {
    // Said below, with what to do: the folder is not there.
  }
  const index = files.get("/index.html");
  if (!index)
    throw new HeadstartError({
      code: "no-page",
      where: folder,
      message: "The page is not built.",
      hint: "Run npm start, which builds it.",
    });
  return files.set("/", index);
}

/** `connect`: where the page's scripts may connect to. Styles are set inline by the charts and the components. */
export function pageHeaders(connect: string): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src ${connect}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    "Content-Security-Policy": policy.join("; "),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
  };
}
