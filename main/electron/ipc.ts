// Electron's end of the IPC link: messages are taken only from the main frame of the app's own windows while it shows the
// app's own page, and answered to the window they came from.
import { type BrowserWindow, ipcMain } from "electron";
import { ipcChannel } from "../contract/ipc.ts";
import type { Host } from "../host/host.ts";
import { createIpcSession, type IpcSession } from "./ipc-session.ts";
import { pageUrl } from "./page.ts";

/** By the id of the window's web contents. */
const sessions = new Map<number, { window: BrowserWindow; session: IpcSession }>();

export function listenToWindows(): void {
  ipcMain.on(ipcChannel, (event, message: unknown) => {
    const entry = sessions.get(event.sender.id);
    const frame = event.senderFrame;
    if (!entry || !frame || frame.parent !== null || !frame.url.startsWith(pageUrl)) return;
    entry.session.receive(message);
  });
}

export function connectWindow(window: BrowserWindow, host: Host): void {
  const { webContents } = window;
  const { id } = webContents;
  const open = () =>
    createIpcSession(host, (reply) => {
      if (!webContents.isDestroyed()) webContents.send(ipcChannel, reply);
    });
  const entry = { window, session: open() };
  sessions.set(id, entry);
  // A page that loads anew counts its calls from the start: those of the old one must not answer them.
  webContents.on("did-start-navigation", (_event, _url, isInPlace, isMainFrame) => {
    if (!isMainFrame || isInPlace) return;
    entry.session.close();
    entry.session = open();
  });
  window.on("closed", () => {
    entry.session.close();
    sessions.delete(id);
  });
}
