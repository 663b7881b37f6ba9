import { expect, test } from "vitest";
import { partialEvents } from "./partial-events.ts";

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test("yields the parts in order and ends with the answer", async () => {
  const seen: number[] = [];
  const ask = async (onPartial: (event: number) => void) => {
    for (let i = 0; i < 5; i++) {
      onPartial(i);
      if (i % 2 === 0) await turn();
    }
  };
  for await (const event of partialEvents(ask)) seen.push(event);
  expect(seen).toEqual([0, 1, 2, 3, 4]);
});

test("fails as the answer fails, after the parts that came before", async () => {
  const seen: number[] = [];
  const ask = async (onPartial: (event: number) => void) => {
    onPartial(1);
    throw new Error("no such checkpoint");
  };
  const read = async () => {
    for await (const event of partialEvents(ask)) seen.push(event);
  };
  await expect(read()).rejects.toThrow("no such checkpoint");
  expect(seen).toEqual([1]);
});

test("stops the answer when the listener leaves", async () => {
  let stopped = false;
  const ask = (onPartial: (event: number) => void, stop: AbortSignal) =>
    new Promise<void>((resolve) => {
      onPartial(1);
      stop.addEventListener("abort", () => {
        stopped = true;
        resolve();
      });
    });
  for await (const event of partialEvents(ask)) {
    expect(event).toBe(1);
    break;
  }
  expect(stopped).toBe(true);
  const leaving = new AbortController();
  stopped = false;
  setTimeout(() => leaving.abort(), 5);
  for await (const _ of partialEvents(ask, leaving.signal));
  expect(stopped).toBe(true);
});
