// live: what happens while a client listens; details are then read through the other procedures.
import type { LiveEvent } from "../../contract/index.ts";
import { procedure, router } from "./trpc.ts";

export const live = router({
  events: procedure.subscription(({ ctx, signal }): AsyncGenerator<LiveEvent, void, undefined> => ctx.host.events.subscribe(signal)),
});
