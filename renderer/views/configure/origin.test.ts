import { expect, test } from "vitest";
import type { Preset } from "../../../main/contract/api.ts";
import type { StudyRecipe } from "../../../main/contract/study.ts";
import { originOf } from "./origin.ts";

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

test("a checkpoint in the link is what RL, SFT and an evaluation begin from; other kinds have none", () => {
  const on = (what: string) => originOf(what, { from: null, checkpoint: "step-120" }, presets, undefined);
  expect(on("rl")).toEqual({ key: "preset rl on step-120", recipe: { kind: "rl", name: "rl", checkpoint: "step-120" } });
  expect(on("sft").recipe).toMatchObject({ kind: "sft", checkpoint: "step-120" });
  expect(on("ladder")).toMatchObject({ key: "preset small-ladder" });
});
