// zod's own messages as a person who writes a recipe or fills in a form needs them; the contract's own stay.
import type { z } from "zod";

/** How a message begins where something is still to be filled in. */
export const needs = "Needs";

const typeWords: Record<string, string> = {
  int: "a whole number",
  number: "a number",
  string: "text",
  boolean: "true or false",
  array: "a list",
  object: "settings of its own",
};

/** The value that an issue is about; `root` is what its path begins at. */
export const valueOfIssue = (issue: z.core.$ZodIssue, root: unknown): unknown =>
  issue.path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | null | undefined)?.[key], root);

/** What an issue asks of the value that stands at its path; undefined, null and "" are nothing yet. */
export function issueInWords(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === "custom") return issue.message;
  if (value === undefined || value === null || value === "") return `${needs} a value.`;
  switch (issue.code) {
    case "too_small": {
      if (issue.origin === "array")
        return Array.isArray(value) && value.length === 0 ? `${needs} at least ${issue.minimum}.` : `At least ${issue.minimum} of them.`;
      const unit = issue.origin === "string" ? " characters" : "";
      return issue.inclusive ? `At least ${issue.minimum}${unit}.` : `More than ${issue.minimum}${unit}.`;
    }
    case "too_big":
      return issue.origin === "array" ? `At most ${issue.maximum} of them.` : `At most ${issue.maximum}${issue.origin === "string" ? " characters" : ""}.`; // biome-ignore format: one thought
    case "invalid_type": {
      const words = typeWords[issue.expected];
      return words ? `This must be ${words}.` : issue.message;
    }
    case "invalid_value":
      return issue.values.length === 1
        ? `This must be ${String(issue.values[0])}.`
        : `Choose one of ${issue.values.map(String).join(", ")}.`;
    case "invalid_union":
      return "options" in issue ? `Choose one of ${(issue.options as unknown[]).map(String).join(", ")}.` : issue.message;
    case "unrecognized_keys":
      return issue.keys.length === 1 ? `${issue.keys[0]} is no setting here.` : `${issue.keys.join(", ")} are no settings here.`;
    default:
      return issue.message;
  }
}
