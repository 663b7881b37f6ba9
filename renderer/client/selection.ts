// What the inspector shows, as one entry of the URL: kind and ids, each part escaped, so that any id is safe.

export type Selection =
  | { kind: "study"; studyId: string }
  | { kind: "stage"; studyId: string; stageId: string }
  | { kind: "rollouts"; stageId: string; step: number }
  | { kind: "rollout"; stageId: string; step: number; problemId: string; sampleIndex: number }
  | { kind: "samples"; evaluationId: string }
  | { kind: "problem-samples"; evaluationId: string; problemId: string; sampleIndex: number }
  /** One problem before and after RL, side by side. */
  | { kind: "change"; before: string; after: string; problemId: string }
  | { kind: "problem"; datasetId: string; problemId: string };

export const selectionKey = "inspect";

function partsOf(selection: Selection): (string | number)[] {
  switch (selection.kind) {
    case "study":
      return [selection.studyId];
    case "stage":
      return [selection.studyId, selection.stageId];
    case "rollouts":
      return [selection.stageId, selection.step];
    case "rollout":
      return [selection.stageId, selection.step, selection.problemId, selection.sampleIndex];
    case "samples":
      return [selection.evaluationId];
    case "problem-samples":
      return [selection.evaluationId, selection.problemId, selection.sampleIndex];
    case "change":
      return [selection.before, selection.after, selection.problemId];
    case "problem":
      return [selection.datasetId, selection.problemId];
  }
}

export function writeSelection(selection: Selection): string {
  return [selection.kind, ...partsOf(selection).map((part) => encodeURIComponent(part))].join("/");
}

/** Null for what is no selection: a link may be mistyped. */
export function readSelection(text: string | null): Selection | null {
  if (text === null) return null;
  const [kind, ...escaped] = text.split("/");
  let parts: string[];
  try {
    parts = escaped.map(decodeURIComponent);
  } catch {
    return null;
  }
  const [a, b, c, d] = parts;
  const has = (n: number) => parts.length === n && parts.every((part) => part !== "");
  const whole = (part: string) => /^\d+$/.test(part);
  switch (kind) {
    case "study":
      return has(1) ? { kind, studyId: a } : null;
    case "stage":
      return has(2) ? { kind, studyId: a, stageId: b } : null;
    case "rollouts":
      return has(2) && whole(b) ? { kind, stageId: a, step: Number(b) } : null;
    case "rollout":
      return has(4) && whole(b) && whole(d) ? { kind, stageId: a, step: Number(b), problemId: c, sampleIndex: Number(d) } : null;
    case "samples":
      return has(1) ? { kind, evaluationId: a } : null;
    case "problem-samples":
      return has(3) && whole(c) ? { kind, evaluationId: a, problemId: b, sampleIndex: Number(c) } : null;
    case "change":
      return has(3) ? { kind, before: a, after: b, problemId: c } : null;
    case "problem":
      return has(2) ? { kind, datasetId: a, problemId: b } : null;
    default:
      return null;
  }
}
