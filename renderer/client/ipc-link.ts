// tRPC over Electron's IPC: each call is a small message with an id (protocol: main/contract/ipc.ts).
import { TRPCClientError, type TRPCLink } from "@trpc/client";
import { observable } from "@trpc/server/observable";
import type { HeadstartBridge, IpcReply } from "../../main/contract/ipc.ts";
import type { AppRouter } from "../../main/host/router/index.ts";

export function ipcLink(bridge: HeadstartBridge): TRPCLink<AppRouter> {
  let nextId = 0;
  const pending = new Map<number, (reply: IpcReply) => void>();
  bridge.onMessage((reply) => pending.get(reply.id)?.(reply));

  return () =>
    ({ op }) =>
      observable((observer) => {
        const id = nextId++;
        let open = true;
        const end = () => {
          open = false;
          pending.delete(id);
        };
        pending.set(id, (reply) => {
          switch (reply.type) {
            case "result":
              end();
              observer.next({ result: { type: "data", data: reply.data } });
              observer.complete();
              break;
            case "data":
              observer.next({ result: { type: "data", data: reply.data } });
              break;
            case "complete":
              end();
              observer.next({ result: { type: "stopped" } });
              observer.complete();
              break;
            case "error":
              end();
              observer.error(TRPCClientError.from({ error: reply.error }));
              break;
          }
        });
        bridge.send({ id, type: op.type, path: op.path, input: op.input });
        if (op.type === "subscription") observer.next({ result: { type: "started" } });
        return () => {
          if (!open) return;
          end();
          bridge.send({ id, type: "stop" });
        };
      });
}
