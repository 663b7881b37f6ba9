import { expect, test } from "vitest";
import { bySize, faultsOf, largestPreset, presetResponses, promptStops, readChoices } from "./ladder-choices.ts";

/** 300 problems with a response, 60 with four. */
const available = [300, 200, 100, 60].map((problems, i) => ({ responses: i + 1, problems }));
const cell = (prompts: number, responsesPerPrompt: number) => ({ prompts, responsesPerPrompt });

test("the link says all choices; what is none of them is left out", () => {
  expect(readChoices("")).toEqual({ tokenizer: null, seed: 1, by: null, cells: [], next: null, preset: null });
  expect(readChoices("dataset=a-v1&tokenizer=tiny-base&seed=7&by=cells&cells=64x1,0x2,3x,64x4&next=8x2&v7=200x4")).toEqual({
    tokenizer: "tiny-base",
    seed: 7,
    by: "cells",
    cells: [cell(64, 1), cell(64, 4)],
    next: cell(8, 2),
    preset: { responses: 4, prompts: 200 },
  });
  expect(readChoices("v7=4&seed=x&by=luck")).toMatchObject({ seed: 1, by: null, preset: { responses: 4, prompts: null } });
});

test("prompts stop at powers of two, between them, and at what there is", () => {
  expect(promptStops(1, 60)).toEqual([1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 60]);
  expect(promptStops(24, 64)).toEqual([24, 32, 48, 64]);
  expect(promptStops(1, 1)).toEqual([1]);
});

test("the preset takes 24 problems with three responses, and begins with the v7 of most examples", () => {
  expect(presetResponses(available)).toEqual([3, 4]);
  expect(largestPreset(available)).toEqual({ responses: 3, prompts: null });
  expect(largestPreset(available.slice(0, 2))).toBeNull();
  expect(largestPreset(available.map((each) => ({ ...each, problems: each.problems / 10 })))).toBeNull();
});

test("a cell that cannot be had says why, by itself or beside the others", () => {
  expect(faultsOf([cell(60, 4), cell(60, 1)], available)).toEqual([null, null]);
  expect(faultsOf([cell(61, 4), cell(300, 1), cell(300, 1), cell(2, 5), cell(301, 1)], available)).toEqual([
    "60 problems have 4 different responses: at most 60 prompts, or at most 3 responses.",
    null,
    "The ladder has this cell already.",
    "No problem has 5 different responses: at most 4.",
    "300 problems have 1 different response: at most 300 prompts.",
  ]);
  expect(faultsOf([cell(150, 1), cell(50, 4)], available)).toEqual([
    "Every cell draws from the 60 problems with the 4 responses of 50 × 4: at most 60 prompts here, or at most 2 responses in every cell.",
    null,
  ]);
});

test("smallest first: by examples, then by prompts", () => {
  expect(bySize([cell(64, 4), cell(128, 2), cell(64, 1)])).toEqual([cell(64, 1), cell(64, 4), cell(128, 2)]);
});
