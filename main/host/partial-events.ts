// An answer that comes in parts, as an async generator: what tRPC's subscriptions send.

/** Yields the parts in order until the answer is whole; a listener that leaves stops it. Rejects as the answer does. */
export async function* partialEvents<Event>(
  ask: (onPartial: (event: Event) => void, stop: AbortSignal) => Promise<unknown>,
  signal?: AbortSignal,
): AsyncGenerator<Event> {
  const queue: Event[] = [];
  let wake = () => {};
  let outcome: { error?: unknown } | null = null;
  const stopper = new AbortController();
  const stop = () => {
    stopper.abort();
    wake();
  };
  signal?.addEventListener("abort", stop, { once: true });
  ask((event) => {
    queue.push(event);
    wake();
  }, stopper.signal).then(
    () => {
      outcome = {};
      wake();
    },
    (error: unknown) => {
      outcome = { error };
      wake();
    },
  );
  const ended = (): { error?: unknown } | null => outcome;
  try {
    while (signal?.aborted !== true) {
      const event = queue.shift();
      if (event !== undefined) {
        yield event;
        continue;
      }
      const end = ended();
      if (end && "error" in end) throw end.error;
      if (end) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    stop();
  }
}
