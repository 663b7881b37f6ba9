// Live events from the scheduler to whoever listens. Each listener has a bounded queue: one that falls behind loses what
// it had not read and hears "missed" instead, so that a slow client can never slow training or fill the memory.
import type { LiveEvent } from "../contract/index.ts";

const queueLimit = 1_000;

interface Listener {
  queue: LiveEvent[];
  wake: () => void;
}

export class LiveEvents {
  readonly #listeners = new Set<Listener>();

  emit(event: LiveEvent): void {
    for (const listener of this.#listeners) {
      if (listener.queue.length >= queueLimit) listener.queue = [{ type: "missed" }];
      listener.queue.push(event);
      listener.wake();
    }
  }

  /** Everything emitted from this call on, until the signal aborts. Listening begins with the call, not with the first read. */
  subscribe(signal?: AbortSignal): AsyncGenerator<LiveEvent, void, undefined> {
    const listener: Listener = { queue: [], wake: () => {} };
    const listeners = this.#listeners;
    listeners.add(listener);
    signal?.addEventListener(
      "abort",
      () => {
        listeners.delete(listener);
        listener.wake();
      },
      { once: true },
    );
    return (async function* () {
      try {
        while (signal?.aborted !== true) {
          const event = listener.queue.shift();
          if (event !== undefined) yield event;
          else
            await new Promise<void>((resolve) => {
              listener.wake = resolve;
            });
        }
      } finally {
        listeners.delete(listener);
      }
    })();
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }
}
