import { expect, test } from "vitest";
import type { LiveEvent } from "../contract/index.ts";
import { LiveEvents } from "./live-events.ts";

const event = (step: number): LiveEvent => ({ type: "rollouts", studyId: "s", stageId: "t", start: "weak", step, count: 1 });

test("listening begins with the call, and every listener hears everything", async () => {
  const events = new LiveEvents();
  const [a, b] = [events.subscribe(), events.subscribe()];
  events.emit(event(1));
  events.emit(event(2));
  for (const listener of [a, b]) expect([(await listener.next()).value, (await listener.next()).value]).toEqual([event(1), event(2)]);
  const waiting = a.next();
  events.emit(event(3));
  expect((await waiting).value).toEqual(event(3));
});

test("aborting ends a listener that waits, and forgets it", async () => {
  const events = new LiveEvents();
  const controller = new AbortController();
  const listener = events.subscribe(controller.signal);
  const waiting = listener.next();
  controller.abort();
  expect((await waiting).done).toBe(true);
  expect(events.listenerCount).toBe(0);
});

test("a listener that falls behind loses what it had not read and is told so; others do not", async () => {
  const events = new LiveEvents();
  const [slow, quick] = [events.subscribe(), events.subscribe()];
  const read: LiveEvent[] = [];
  for (let step = 0; step < 1_500; step++) {
    events.emit(event(step));
    read.push((await quick.next()).value as LiveEvent);
  }
  expect(read).toHaveLength(1_500);
  expect(read.some(({ type }) => type === "missed")).toBe(false);
  expect((await slow.next()).value).toEqual({ type: "missed" });
  expect((await slow.next()).value).toEqual(event(1_000));
});

test("an already aborted signal ends at once", async () => {
  const events = new LiveEvents();
  expect((await events.subscribe(AbortSignal.abort()).next()).done).toBe(true);
  expect(events.listenerCount).toBe(0);
});
