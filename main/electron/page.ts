// The page in Electron: a scheme of its own, app://headstart/, that serves the built files and nothing else. Unlike file://
// it has a real origin and takes the security headers.
import { readFile } from "node:fs/promises";
import { protocol, type Session } from "electron";
import { listPageFiles, pageHeaders } from "../host/page-files.ts";

const scheme = "app";
export const pageUrl = `${scheme}://headstart/`;

/** Before the app is ready. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
}

export function servePage(session: Session, rendererFolder: string): void {
  const files = listPageFiles(rendererFolder);
  const headers = pageHeaders("'self'");
  // protocol.handle is newer than the oldest Electron that is tested, and wants a Response, which its Node lacks.
  session.protocol.registerBufferProtocol(scheme, (request, respond) => {
    const url = new URL(request.url);
    const file = url.host === "headstart" ? files.get(url.pathname) : undefined;
    const refuse = (statusCode: number) => respond({ statusCode, headers, mimeType: "text/plain", data: Buffer.from("") });
    if (!file || request.method !== "GET") return refuse(404);
    readFile(file.path).then(
      (data) => respond({ statusCode: 200, headers: { ...headers, "Content-Type": file.type }, data }),
      () => refuse(500),
    );
  });
}
