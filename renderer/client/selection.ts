// What the inspector shows, as one entry of the URL: kind and ids, each part escaped, so that any id is safe.

const kinds = {
  study: { studyId: "text" },
  stage: { studyId: "text", stageId: "text" },
  rollouts: { stageId: "text", step: "whole" },
  rollout: { stageId: "text", step: "whole", problemId: "text", sampleIndex: "whole" },
  samples: { evaluationId: "text" },
  "problem-samples": { evaluationId: "text", problemId: "text", sampleIndex: "whole" },
  /** One problem before and after RL, side by side. */
  change: { before: "text", after: "text", problemId: "text" },
  /** One problem in two evaluations, side by side. */
  pair: { before: "text", after: "text", problemId: "text" },
  problem: { datasetId: "text", problemId: "text" },
  /** A row of an imported dataset. */
  row: { datasetId: "text", row: "whole" },
  "bad-rows": { datasetId: "text" },
  checkpoint: { checkpointId: "text" },
  "import-checkpoint": {},
} as const;

type Values<Parts> = { -readonly [Name in keyof Parts]: Parts[Name] extends "whole" ? number : string };

export type Selection = { [Kind in keyof typeof kinds]: { kind: Kind } & Values<(typeof kinds)[Kind]> }[keyof typeof kinds];

export const selectionKey = "inspect";

export function writeSelection({ kind, ...values }: Selection): string {
  const parts = Object.keys(kinds[kind]).map((name) => (values as Record<string, string | number>)[name]);
  return [kind, ...parts.map(encodeURIComponent)].join("/");
}

/** Null for what is no selection: a link may be mistyped. */
export function readSelection(text: string | null): Selection | null {
  if (text === null) return null;
  const [kind, ...escaped] = text.split("/");
  if (!Object.hasOwn(kinds, kind)) return null;
  const parts = Object.entries<string>(kinds[kind as Selection["kind"]]);
  if (parts.length !== escaped.length) return null;
  const values: Record<string, string | number> = {};
  for (const [i, [name, type]] of parts.entries()) {
    let part: string;
    try {
      part = decodeURIComponent(escaped[i]);
    } catch {
      return null;
    }
    if (part === "" || (type === "whole" && !/^\d{1,15}$/.test(part))) return null;
    values[name] = type === "whole" ? Number(part) : part;
  }
  return { kind, ...values } as Selection;
}
