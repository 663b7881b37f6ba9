import { expect, test } from "vitest";
import { binOf, LengthCounter } from "./histogram.ts";
import { findLoop } from "./repetition.ts";
import { quotas } from "./resample.ts";

test("bins begin at 0, 1, 2, 3, 4, 6, 8, 11, 16 …, each length in the one that holds it", () => {
  const counter = new LengthCounter("tokens");
  for (const length of [0, 1, 2, 3, 5, 7, 8, 10, 11, 15, 16]) counter.add(length);
  const { bins, count, mean, max } = counter.histogram();
  expect(bins.map(({ from, count }) => [from, count])).toEqual([
    [0, 1],
    [1, 1],
    [2, 1],
    [3, 1],
    [4, 1],
    [6, 1],
    [8, 2],
    [11, 2],
    [16, 1],
  ]);
  expect(bins.every(({ to }, i) => i === bins.length - 1 || to === bins[i + 1].from)).toBe(true);
  expect([count, mean, max]).toEqual([11, 78 / 11, 16]);
  for (let k = 1; k < 60; k++) for (const near of [-1, 0, 1]) expect(binOf(Math.round(2 ** (k / 2)) + near)).toBeGreaterThanOrEqual(0);
  expect(new LengthCounter("tokens").histogram()).toEqual({ unit: "tokens", count: 0, mean: null, max: null, bins: [] });
});

test("quotas of the mix are whole parts of what the scarcest bin allows", () => {
  const bins = [
    { below: 10, share: 0.5 },
    { below: 20, share: 0.3 },
    { below: null, share: 0.2 },
  ];
  expect(quotas({ mode: "mix", bins }, [100, 30, 50])).toEqual([50, 30, 20]);
  expect(quotas({ mode: "mix", bins }, [100, 0, 50])).toEqual([0, 0, 0]);
  expect(quotas({ mode: "keep", bins }, [5, 10, 0])).toEqual([3, 3, 0]);
});

test("a loop is the same words five times and sixty words or more, wherever it stands", () => {
  const words = Array.from({ length: 70 }, (_, i) => `w${i}`);
  const loop = words.slice(0, 12).join(" ");
  expect(findLoop(words.join(" "))).toBeNull();
  expect(findLoop(Array(5).fill(loop).join(" "))).toMatchObject({ period: 12, from: 0 });
  expect(findLoop(Array(4).fill(loop).join(" "))).toBeNull();
  expect(findLoop(Array(6).fill(words.slice(0, 9).join(" ")).join(" "))).toBeNull(); // 54 words
  const text = `Well. ${Array(8).fill(loop).join(". ")}. That is all, after so many words.`;
  const found = findLoop(text)!;
  expect(text.slice(found.from, found.from + 5)).toBe("w0 w1");
  expect(findLoop(Array(60).fill("0").join(" "))).toMatchObject({ period: 1 });
  expect(findLoop(Array(59).fill("0").join(" "))).toBeNull();
});
