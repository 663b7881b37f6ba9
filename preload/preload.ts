// Exposes the IPC link to the page, and nothing else.
import { contextBridge, type IpcRendererEvent, ipcRenderer } from "electron";
import type { HeadstartBridge, IpcReply } from "../main/contract/ipc.ts";

// The channel's name is repeated here: a sandboxed preload is one file and must not pull the contract's schemas in.
const channel = "headstart";

const bridge: HeadstartBridge = {
  send(message) {
    ipcRenderer.send(channel, message);
  },
  onMessage(callback) {
    const listener = (_event: IpcRendererEvent, message: IpcReply) => callback(message);
    ipcRenderer.on(channel, listener);
    return () => ipcRenderer.removeListener(channel, listener);
  },
};

contextBridge.exposeInMainWorld("headstart", bridge);
