// The link between a renderer window and Electron's main: tRPC calls as small messages. The preload exposes exactly
// `window.headstart`; everything else of the link (ids, the tRPC link object) is made from these messages on either side.
import { z } from "zod";
import type { ErrorRecord } from "./errors.ts";

/** Name of the one IPC channel, used in both directions. */
export const ipcChannel = "headstart";

export const ipcRequest = z.discriminatedUnion("type", [
  z.object({
    id: z.number().int().nonnegative(),
    type: z.enum(["query", "mutation", "subscription"]),
    path: z.string().meta({ description: "Procedure, e.g. studies.list" }),
    input: z.unknown(),
  }),
  z.object({
    id: z.number().int().nonnegative(),
    type: z.literal("stop").meta({ description: "End the subscription (or call) of this id" }),
  }),
]);
export type IpcRequest = z.infer<typeof ipcRequest>;

/** tRPC's error shape, as over WebSocket: a client makes it a TRPCClientError by `TRPCClientError.from({ error })`. */
export interface IpcErrorShape {
  code: number;
  message: string;
  data: { code: string; httpStatus: number; path?: string; record: ErrorRecord };
}

/** Query and mutation: one `result` or `error`. Subscription: `data`s, then `complete` or `error`. Nothing follows a `stop`. */
export type IpcReply =
  | { id: number; type: "result"; data: unknown }
  | { id: number; type: "data"; data: unknown }
  | { id: number; type: "complete" }
  | { id: number; type: "error"; error: IpcErrorShape };

/** What the preload puts on `window.headstart`; absent in a plain browser, where the WebSocket link is used. */
export interface HeadstartBridge {
  send(message: IpcRequest): void;
  /** Returns the function that ends it. */
  onMessage(callback: (message: IpcReply) => void): () => void;
}
