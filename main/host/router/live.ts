// live: what happens while a client listens; details are then read through the other procedures.
import type { LiveEvent } from "../../contract/index.ts";
import { notReady, procedure, router } from "./trpc.ts";

export const live = router({
  events: procedure.subscription(async function* (): AsyncGenerator<LiveEvent, void, unknown> {
    yield notReady();
  }),
});
