import { expect, test } from "vitest";
import type { Preset } from "../../../main/contract/api.ts";
import type { StudyRecipe } from "../../../main/contract/study.ts";
import { originOf } from "./origin.ts";

const preset = (key: string, kind: string) => ({ key, minutes: 1, recipe: { kind, name: key } }) as Preset;
const presets = [preset("quick", "weak-vs-strong"), preset("small-ladder", "ladder"), preset("rl", "rl")];
const key = (what: string | null, from: string | null = null) => originOf(what, from, presets, undefined).key;

test("a link names a preset, or a kind: its first preset, or empty where there is none", () => {
  expect(key(null)).toBe("preset quick");
  expect(key("small-ladder")).toBe("preset small-ladder");
  expect(key("ladder")).toBe("preset small-ladder");
  expect(key("rl")).toBe("preset rl");
  expect(key("epochs")).toBe("empty epochs");
  expect(key("gone")).toBe("preset quick");
});

test("a kind can be begun empty, or from a study that ran", () => {
  expect(originOf("ladder", "empty", presets, undefined)).toMatchObject({
    key: "empty ladder",
    recipe: { kind: "ladder", name: "Data ladder" },
  });
  const past = { kind: "ladder", name: "Mine" } as StudyRecipe;
  expect(originOf("ladder", "mine-1a2b", presets, past)).toEqual({ key: "study mine-1a2b", recipe: past });
});
