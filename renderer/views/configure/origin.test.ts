import { expect, test } from "vitest";
import type { Preset } from "../../../main/contract/api.ts";
import type { StudyRecipe } from "../../../main/contract/study.ts";
import { ladderLink, readLadderLink } from "./ladder-link.ts";
import { originOf } from "./origin.ts";
import { problemsOf } from "./recipe-schema.ts";

const preset = (key: string, kind: string) => ({ key, minutes: 1, recipe: { kind, name: key } }) as Preset;
const presets = [preset("quick", "weak-vs-strong"), preset("small-ladder", "ladder"), preset("rl", "rl")];
const key = (what: string | null, from: string | null = null) => originOf(what, { from, checkpoint: null }, presets, undefined).key;

test("a link names a preset, or a kind: its first preset, or empty where there is none", () => {
  expect(key(null)).toBe("preset quick");
  expect(key("small-ladder")).toBe("preset small-ladder");
  expect(key("ladder")).toBe("preset small-ladder");
  expect(key("rl")).toBe("preset rl");
  expect(key("epochs")).toBe("empty epochs");
  expect(key("gone")).toBe("preset quick");
});

test("a kind can be begun empty, or from a study that ran", () => {
  expect(originOf("ladder", { from: "empty", checkpoint: null }, presets, undefined)).toMatchObject({
    key: "empty ladder",
    recipe: { kind: "ladder", name: "Data ladder" },
  });
  const past = { kind: "ladder", name: "Mine" } as StudyRecipe;
  expect(originOf("ladder", { from: "mine-1a2b", checkpoint: null }, presets, past)).toEqual({ key: "study mine-1a2b", recipe: past });
});

test("a fork is RL of a checkpoint with its study's problems and rules; one dataset's rows are no pools", () => {
  const data = { gsm8k: false };
  const past = {
    kind: "weak-vs-strong",
    name: "Two",
    data,
    starts: [],
    rl: { steps: 7 },
    stages: [{ name: "One" }],
  } as unknown as StudyRecipe;
  const { recipe } = originOf("rl", { from: "two-1a2b", checkpoint: "step-30" }, presets, past);
  expect(recipe).toMatchObject({
    kind: "rl",
    name: "RL after Two",
    checkpoint: "step-30",
    data,
    rl: { steps: 7 },
    stages: [{ name: "One" }],
  });
  expect(recipe).not.toHaveProperty("starts");
  const rows = { kind: "sft", name: "Rows", data: { dataset: "a-v1" }, sft: {} } as unknown as StudyRecipe;
  expect(originOf("rl", { from: "rows-1a2b", checkpoint: "step-30" }, presets, rows).recipe).not.toHaveProperty("data.dataset");
});

test("a checkpoint in the link is what RL, SFT and an evaluation begin from; other kinds have none", () => {
  const on = (what: string) => originOf(what, { from: null, checkpoint: "step-120" }, presets, undefined);
  expect(on("rl")).toEqual({ key: "preset rl on step-120", recipe: { kind: "rl", name: "rl", checkpoint: "step-120" } });
  expect(on("sft").recipe).toMatchObject({ kind: "sft", checkpoint: "step-120" });
  expect(on("ladder")).toMatchObject({ key: "preset small-ladder" });
});

test("a ladder that was built on a dataset comes with its rows, cells and base; dev and test are left to be chosen", () => {
  const cells = [
    { prompts: 64, responsesPerPrompt: 1 },
    { prompts: 64, responsesPerPrompt: 4 },
  ];
  const [path, query] = ladderLink({ dataset: "pool-v1", cells, base: "tiny-base", seed: 3 }).split("?");
  expect(path).toBe("/configure/ladder");
  const ladder = readLadderLink(query);
  expect(ladder).toEqual({ dataset: "pool-v1", cells, base: "tiny-base", seed: 3 });
  const { recipe } = originOf("ladder", { from: null, checkpoint: null, ladder }, presets, undefined);
  expect(recipe).toMatchObject({
    kind: "ladder",
    base: "tiny-base",
    cells,
    data: { kind: "imported", sft: { dataset: "pool-v1", order: "file" } },
  });
  expect([...problemsOf(recipe).keys()]).toEqual(["data.dev.dataset", "data.test.dataset"]);
  expect(readLadderLink("from=empty")).toBeNull();
});
