// One window's calls: messages of contract/ipc.ts in, calls of the router, messages out. Knows nothing of Electron.
import { callTRPCProcedure, getErrorShape, getTRPCErrorFromUnknown } from "@trpc/server";
import { type IpcErrorShape, type IpcReply, type IpcRequest, ipcRequest } from "../contract/ipc.ts";
import type { Host } from "../host/host.ts";
import { appRouter } from "../host/router/index.ts";

export interface IpcSession {
  /** Takes whatever came over the channel; what is no message of the protocol is dropped. */
  receive(message: unknown): void;
  /** Ends all calls: the window is gone or has loaded anew. */
  close(): void;
}

type Call = Exclude<IpcRequest, { type: "stop" }>;

export function createIpcSession(host: Host, send: (reply: IpcReply) => void): IpcSession {
  const calls = new Map<number, AbortController>();

  async function answer(call: Call, controller: AbortController): Promise<void> {
    const { id, type, path, input } = call;
    const { signal } = controller;
    // A stopped call says nothing more: its id may be of use again.
    const reply = (message: IpcReply) => {
      if (!signal.aborted) send(message);
    };
    try {
      const result: unknown = await callTRPCProcedure({
        router: appRouter,
        path,
        type,
        ctx: { host },
        getRawInput: async () => input,
        signal,
        batchIndex: 0,
      });
      if (type !== "subscription") return reply({ id, type: "result", data: result });
      for await (const data of result as AsyncIterable<unknown>) {
        if (signal.aborted) break;
        reply({ id, type: "data", data });
      }
      reply({ id, type: "complete" });
    } catch (thrown) {
      const error = getTRPCErrorFromUnknown(thrown);
      const shape = getErrorShape({ config: appRouter._def._config, error, type, path, input, ctx: { host } });
      reply({ id, type: "error", error: shape as IpcErrorShape });
    } finally {
      if (calls.get(id) === controller) calls.delete(id);
    }
  }

  return {
    receive(message) {
      const parsed = ipcRequest.safeParse(message);
      if (!parsed.success) return;
      const request = parsed.data;
      if (request.type === "stop") {
        calls.get(request.id)?.abort();
        calls.delete(request.id);
        return;
      }
      if (calls.has(request.id)) return;
      const controller = new AbortController();
      calls.set(request.id, controller);
      void answer(request, controller);
    },
    close() {
      for (const controller of calls.values()) controller.abort();
      calls.clear();
    },
  };
}
