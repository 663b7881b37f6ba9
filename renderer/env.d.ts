/// <reference types="vite/client" />
import type { HeadstartBridge } from "../main/contract/ipc.ts";

declare global {
  interface Window {
    /** Put there by the preload in Electron; absent in a plain browser. */
    headstart?: HeadstartBridge;
  }
}
