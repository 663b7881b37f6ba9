// The window: sandboxed, isolated, without Node, showing the app's own page and nothing else.
import { join } from "node:path";
import { app, BrowserWindow, type Session, screen, shell } from "electron";
import { pageUrl } from "./page.ts";
import { readWindowState, writeWindowState } from "./window-state.ts";

/** Denies what the page never needs: camera, location, notifications, downloads of other origins' permissions and the like. */
export function denyPermissions(session: Session): void {
  // Copying a plot or an error to the clipboard is the one thing the page asks for.
  const allowed = (permission: string) => permission === "clipboard-sanitized-write";
  session.setPermissionRequestHandler((_contents, permission, callback) => callback(allowed(permission)));
  session.setPermissionCheckHandler((_contents, permission) => allowed(permission));
}

export function createWindow(preload: string): BrowserWindow {
  const statePath = join(app.getPath("userData"), "window.json");
  const state = readWindowState(
    statePath,
    screen.getAllDisplays().map((display) => display.workArea),
  );
  const { maximized, ...bounds } = state;
  const window = new BrowserWindow({
    ...bounds,
    minWidth: 640,
    minHeight: 480,
    title: "Headstart",
    show: false,
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  });
  if (maximized) window.maximize();
  window.once("ready-to-show", () => window.show());
  window.on("close", () => writeWindowState(statePath, { ...window.getNormalBounds(), maximized: window.isMaximized() }));

  const { webContents } = window;
  const stay = (event: { preventDefault(): void }, url: string) => {
    if (!url.startsWith(pageUrl)) event.preventDefault();
  };
  webContents.on("will-navigate", stay);
  webContents.on("will-redirect", stay);
  webContents.on("will-attach-webview", (event) => event.preventDefault());
  webContents.setWindowOpenHandler(({ url }) => {
    // Links to sources open in the user's browser; nothing opens in the app.
    if (url.startsWith("https://")) void shell.openExternal(url);
    return { action: "deny" };
  });
  void window.loadURL(pageUrl);
  return window;
}
