// The shipped recipes, as their files say them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { HeadstartError, type Preset, studyRecipe } from "../contract/index.ts";

/** resources/recipes/index.yaml names the files and their order. */
export function readPresets(resourcesFolder: string): Preset[] {
  const folder = join(resourcesFolder, "recipes");
  const read = (name: string): unknown => parse(readFileSync(join(folder, name), "utf8"));
  const index = read("index.yaml") as { key: string; minutes: number }[];
  return index.map(({ key, minutes }) => ({ key, minutes, recipe: studyRecipe.parse(read(`${key}.yaml`)) }));
}

export function presetOf(resourcesFolder: string, key: string): Preset {
  const presets = readPresets(resourcesFolder);
  const preset = presets.find((candidate) => candidate.key === key);
  if (preset) return preset;
  throw new HeadstartError({
    code: "unknown-preset",
    where: "studies.start preset",
    message: `There is no preset "${key}".`,
    hint: `Choose one of ${presets.map((known) => known.key).join(", ")}.`,
  });
}
