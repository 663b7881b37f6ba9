// The recipe's form, made from the contract's schema: each field's label, kind, unit, range and one-line meaning. Pure.
import { z } from "zod";
import { weakVsStrongRecipe } from "../../../main/contract/study.ts";

export type Path = (string | number)[];

export type FieldKind =
  | { kind: "number"; integer: boolean; nullable: boolean; min?: number; max?: number }
  | { kind: "text"; long: boolean }
  | { kind: "switch" }
  | { kind: "choice"; options: string[] }
  | { kind: "choices"; options: string[] }
  | { kind: "numbers" };

export interface Field {
  type: "field";
  path: Path;
  label: string;
  unit?: string;
  meaning?: string;
  input: FieldKind;
}

export interface FieldGroup {
  type: "group";
  path: Path;
  label: string;
  meaning?: string;
  children: (Field | FieldGroup)[];
}

interface JsonSchema {
  type?: string;
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  description?: string;
  unit?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
}

const words: Record<string, string> = {
  sft: "SFT",
  lora: "LoRA adapter",
  rank: "Rank r",
  alpha: "Alpha α",
  recompute: "Recompute activations",
  rl: "RL",
  gsm8k: "GSM8K",
  topP: "Top-p",
  klCoefficient: "KL coefficient",
  gsm8kMinSteps: "GSM8K: shortest chain",
  gsm8kMaxSteps: "GSM8K: longest chain",
  gsm8kMaxValue: "GSM8K: largest value",
  gsm8kWholeOnly: "GSM8K: whole numbers only",
  gsm8kOperations: "GSM8K: operations",
  count: "Problems",
  minSteps: "Fewest operations",
  maxSteps: "Most steps",
  "arithmetic.maxSteps": "Most operations",
  minDigits: "Fewest digits",
  maxDigits: "Most digits",
  devEval: "Evaluation on dev",
  finalEval: "Final evaluation",
  groupSize: "Group size G",
  beta1: "AdamW β₁",
  beta2: "AdamW β₂",
  epsilon: "AdamW ε",
  data: "Data",
  maxGradNorm: "Largest gradient norm",
  advantageStd: "Divide by group's std",
  overlongFilter: "Over-long filtering",
  overlongInGroupStats: "Filtered rollouts in group statistics",
  fixed: "Fixed T",
  candidates: "Candidates for T",
  steps: "Steps",
};

export function labelOf(key: string, within = ""): string {
  const known = words[`${within}.${key}`] ?? words[key];
  if (known !== undefined) return known;
  const spaced = key.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

function inputOf(schema: JsonSchema): FieldKind | null {
  if (schema.anyOf !== undefined) {
    const inner = schema.anyOf.find((s) => s.type !== "null");
    const input = inner === undefined ? null : inputOf(inner);
    return input?.kind === "number" ? { ...input, nullable: schema.anyOf.some((s) => s.type === "null") } : input;
  }
  if (schema.const !== undefined) return null;
  if (schema.enum !== undefined) return { kind: "choice", options: schema.enum.map(String) };
  switch (schema.type) {
    case "number":
    case "integer":
      return {
        kind: "number",
        integer: schema.type === "integer",
        nullable: false,
        min: schema.minimum ?? schema.exclusiveMinimum,
        // zod bounds integers by what a double holds exactly; that is no bound of the field.
        max: schema.maximum === Number.MAX_SAFE_INTEGER ? undefined : schema.maximum,
      };
    case "boolean":
      return { kind: "switch" };
    case "string":
      return { kind: "text", long: false };
    case "array":
      if (schema.items?.enum !== undefined) return { kind: "choices", options: schema.items.enum.map(String) };
      if (schema.items?.type === "number") return { kind: "numbers" };
      return null;
    default:
      return null;
  }
}

/** A group's own fields come before its inner groups, so that they are not torn apart. */
function nodesOf(schema: JsonSchema, path: Path, value: unknown): (Field | FieldGroup)[] {
  const nodes = Object.entries(schema.properties ?? {}).flatMap(([key, child]): (Field | FieldGroup)[] => {
    const at = [...path, key];
    const own = valueAt(value, [key]);
    const label = labelOf(key, String(path[path.length - 1]));
    if (child.properties !== undefined)
      return [{ type: "group", path: at, label, meaning: child.description, children: nodesOf(child, at, own) }];
    if (child.type === "array" && child.items?.properties !== undefined && Array.isArray(own))
      return own.map((item, i): FieldGroup => {
        const name: unknown = valueAt(item, ["name"]);
        return {
          type: "group",
          path: [...at, i],
          label: `Start: ${typeof name === "string" ? name : i + 1}`,
          children: nodesOf(child.items ?? {}, [...at, i], item),
        };
      });
    const input = inputOf(child);
    if (input === null) return [];
    const long = key === "description";
    return [
      {
        type: "field",
        path: at,
        label,
        unit: child.unit,
        meaning: child.description,
        input: input.kind === "text" ? { kind: "text", long } : input,
      },
    ];
  });
  return [...nodes.filter((node) => node.type === "field"), ...nodes.filter((node) => node.type === "group")];
}

/** Sections of the form: the study's own fields first, then one group each. */
export function recipeSections(recipe: unknown): FieldGroup[] {
  const schema = z.toJSONSchema(weakVsStrongRecipe, { io: "input", unrepresentable: "any" }) as JsonSchema;
  const nodes = nodesOf(schema, [], recipe);
  const own = nodes.filter((node) => node.type === "field");
  return [{ type: "group", path: [], label: "Study", children: own }, ...nodes.filter((node) => node.type === "group")];
}

export function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== "object" || at === null) return undefined;
    at = (at as Record<string | number, unknown>)[key];
  }
  return at;
}

/** A copy with one value changed; what is not on the way to it is shared. */
export function withValue<T>(value: T, path: Path, next: unknown): T {
  if (path.length === 0) return next as T;
  const [key, ...rest] = path;
  if (Array.isArray(value)) return value.map((item, i) => (i === key ? withValue(item, rest, next) : item)) as T;
  // An optional group begins with its first field.
  const record = (value ?? {}) as Record<string | number, unknown>;
  return { ...record, [key]: withValue(record[key], rest, next) } as T;
}

/** What contradicts, by the path of the field it is shown at. */
export function problemsOf(recipe: unknown): Map<string, string> {
  const parsed = weakVsStrongRecipe.safeParse(recipe);
  return new Map(parsed.success ? [] : parsed.error.issues.map((issue) => [issue.path.map(String).join("."), issue.message]));
}
