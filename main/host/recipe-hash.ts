// The hash that names a frozen recipe: of its JSON with sorted keys, so that the order in which fields were written does not matter.
import { createHash } from "node:crypto";
import type { StudyRecipe } from "../contract/index.ts";

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

export function hashRecipe(recipe: StudyRecipe): string {
  return createHash("sha256")
    .update(JSON.stringify(sorted(recipe)))
    .digest("hex");
}
