// A pipeline as it is being built: steps that can be off, and values that may not hold yet; what the contract says against it, at the
// place where it is written; and the fields of each kind of step, made from the contract's schemas. Pure.
import { z } from "zod";
import { issueInWords, valueOfIssue } from "../../../main/contract/issue-words.ts";
import { type PipelineConfig, type PipelineStep, pipelineConfig, pipelineStep } from "../../../main/contract/pipeline.ts";
import { type JsonSchema, shapesOf } from "../configure/recipe-schema.ts";
import { freshOf, keyOf, type Path } from "../configure/recipe-values.ts";

export type StepKind = PipelineStep["kind"];

/** A step as its form has it: the contract's fields, some of which may be empty. */
export type StepValues = { kind: StepKind } & Record<string, unknown>;

export interface DraftStep {
  /** Stays with the step while it is moved. */
  key: number;
  on: boolean;
  values: StepValues;
}

export interface PipelineDraft {
  name: string;
  seed: number | undefined;
  tokenizer: string | null;
  steps: DraftStep[];
}

export const stepLabels: Record<StepKind, string> = {
  merge: "Pools",
  unique: "Unique prompts",
  decontaminate: "Decontaminate",
  thin: "Thin short prompts",
  resample: "Resample by length",
  check: "Check responses",
};

/** What each does, in the menu of steps that can be added. */
export const stepMeanings: Record<Exclude<StepKind, "merge">, string> = {
  unique: "One row a prompt, with all its different responses",
  decontaminate: "Drop rows that share a run of words with a benchmark's problem",
  thin: "Keep some of the prompts whose responses are short",
  resample: "Keep a share of the responses of each length",
  check: "Drop responses that are cut, loop, or state no answer",
};

let schemas: Map<unknown, JsonSchema> | undefined;

export function stepSchema(kind: StepKind): JsonSchema {
  schemas ??= new Map(
    ((z.toJSONSchema(pipelineStep, { io: "input", unrepresentable: "any" }) as JsonSchema).oneOf ?? []).map((schema) => [
      schema.properties?.kind?.const,
      schema,
    ]),
  );
  const schema = schemas.get(kind);
  if (schema === undefined) throw new Error(`The contract has no step ${kind}.`);
  return schema;
}

/** A step before anything is decided: the contract's defaults, no pool yet, and two bins of length to begin with. */
export function freshStep(kind: StepKind): StepValues {
  const values = freshOf(stepSchema(kind)) as StepValues;
  if (kind === "merge") return { ...values, pools: [] };
  if (kind !== "resample") return values;
  return {
    ...values,
    bins: [
      { below: 2000, share: 0.5 },
      { below: null, share: 1 },
    ],
  };
}

export function freshDraft(): PipelineDraft {
  return {
    name: "",
    seed: 1,
    tokenizer: null,
    steps: (["merge", "unique", "decontaminate"] as const).map((kind, key) => ({ key, on: true, values: freshStep(kind) })),
  };
}

/** What made a dataset, to be changed and run again. */
export function draftOf(config: PipelineConfig): PipelineDraft {
  return {
    name: config.name,
    seed: config.seed,
    tokenizer: config.tokenizer,
    steps: config.steps.map((step, key) => ({ key, on: true, values: step })),
  };
}

export const freeKey = (steps: readonly DraftStep[]): number => 1 + Math.max(-1, ...steps.map(({ key }) => key));

/** Steps of one kind are told apart by number, in the report too. */
export function namesOf(steps: readonly DraftStep[]): string[] {
  const names = steps.map(({ values: { kind, name } }, i) => {
    if (typeof name === "string" && name !== "") return name;
    const before = steps.slice(0, i).filter((step) => step.values.kind === kind).length;
    return before === 0 ? stepLabels[kind] : `${stepLabels[kind]} ${before + 1}`;
  });
  return names;
}

/** What is run: the steps that are on. `name` is what the draft lacks until it is made. */
export function configOf(draft: PipelineDraft, name = draft.name): unknown {
  const names = namesOf(draft.steps);
  return {
    name,
    seed: draft.seed,
    tokenizer: draft.tokenizer,
    steps: draft.steps.flatMap(({ on, values }, i) => (on ? [{ ...values, name: names[i] }] : [])),
  };
}

export const stepsThatRun = (draft: PipelineDraft): DraftStep[] => draft.steps.filter(({ on }) => on);

export type Checked = { config: PipelineConfig; problems: Map<string, string> } | { config: null; problems: Map<string, string> };

/** The config that a preview runs, or what is against it by step's key and field: `2.below`, or `seed`. */
export function checked(draft: PipelineDraft): Checked {
  const parsed = pipelineConfig.safeParse(configOf(draft, "preview"));
  if (parsed.success) return { config: parsed.data, problems: new Map() };
  const running = stepsThatRun(draft);
  const problems = new Map<string, string>();
  for (const issue of parsed.error.issues) {
    const [head, at, ...rest] = issue.path as Path;
    const place = head === "steps" && typeof at === "number" ? keyOf([running[at].key, ...rest]) : String(head ?? "steps");
    const value = valueOfIssue(issue, configOf(draft));
    if (!problems.has(place)) problems.set(place, inWords(issue, value, String(rest[0] ?? "")));
  }
  return { config: null, problems };
}

/** A list that lacks its first entry says what to choose. */
function inWords(issue: z.core.$ZodIssue, value: unknown, field: string): string {
  if (issue.code === "too_small" && issue.origin === "array" && field === "pools") return "Choose a dataset.";
  if (issue.code === "too_small" && issue.origin === "array" && field === "benchmarks") return "Choose a benchmark.";
  return issueInWords(issue, value);
}

const number = (value: unknown) => (typeof value === "number" ? value.toLocaleString("en-US") : "?");

/** A step's settings in a few words, for its row. */
export function stepInWords({ kind, ...values }: StepValues): string {
  const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
  switch (kind) {
    case "merge": {
      const pools = list(values.pools).map((pool) => (pool as { dataset?: string }).dataset || "?");
      return `${pools.join(" + ") || "nothing chosen"}${values.needResponse ? ", with a response" : ""}`;
    }
    case "unique":
      return "responses of equal prompts together";
    case "decontaminate":
      return `${number(values.n)} words, ${list(values.benchmarks).join(", ") || "nothing chosen"}`;
    case "thin":
      return `below ${number(values.below)}, keep ${typeof values.keep === "number" ? Math.round(values.keep * 1000) / 10 : "?"} %`;
    case "resample":
      return `${list(values.bins).length} bins, ${values.mode === "mix" ? "as a mix" : "a share of each"}`;
    case "check": {
      const on = [
        values.think !== "ignore" && `thinking ${values.think}`,
        ...(["answer", "whole", "loops", "verified"] as const).map((key) => values[key] === true && { answer: "answer", whole: "whole", loops: "no loops", verified: "verified" }[key]), // biome-ignore format: one list
        typeof values.maxLength === "number" && `up to ${number(values.maxLength)}`,
      ].filter((word) => typeof word === "string");
      return on.join(", ") || "nothing";
    }
  }
}

/** The single fields of a step's form; pools, benchmarks and bins have editors of their own. */
export function singleFields(kind: StepKind): { key: string; schema: JsonSchema; nullable: boolean; required: boolean }[] {
  const schema = stepSchema(kind);
  const own = new Set(["kind", "name", "pools", "benchmarks", "bins"]);
  return Object.entries(schema.properties ?? {})
    .filter(([key]) => !own.has(key))
    .map(([key, inner]) => ({
      key,
      schema: { ...shapesOf(inner)[0], description: inner.description, unit: inner.unit },
      nullable: (inner.anyOf ?? []).some(({ type }) => type === "null"),
      required: (schema.required ?? []).includes(key) || inner.default !== undefined,
    }));
}
