// Examples as rows of tokens: padded (one a row) or packed (several a row that cannot see each other), with the positions
// whose next token is trained. SFT and GRPO build their batches here.
import type { TokenRows } from "../model/transformer.ts";

export interface TrainingExample {
  ids: number[];
  /** Leading tokens that are read and not trained. */
  promptLength: number;
}

export interface TrainingRows extends TokenRows {
  /** Flat index into [B·T] of the state that predicts each trained token, [N]. */
  positions: Int32Array;
  /** The trained tokens, [N]. */
  targets: Int32Array;
  /** Which example each trained token belongs to, [N]. */
  example: Int32Array;
}

/** Which examples share a row. Packing is first-fit in order of falling length; both are deterministic. */
export function assignRows(lengths: number[], rowLength: number, packing: boolean): number[][] {
  if (!packing) return lengths.map((_, i) => [i]);
  const order = lengths.map((_, i) => i).sort((a, b) => lengths[b] - lengths[a] || a - b);
  const rows: { examples: number[]; free: number }[] = [];
  for (const i of order) {
    let row = rows.find(({ free }) => free >= lengths[i]);
    if (!row) {
      row = { examples: [], free: rowLength };
      rows.push(row);
    }
    row.examples.push(i);
    row.free -= lengths[i];
  }
  return rows.map(({ examples }) => examples);
}

/** Rows in at most `parts` parts of about equal size, in order. */
export function inParts<T>(rows: T[], parts: number): T[][] {
  const count = Math.min(parts, rows.length);
  const bound = (i: number) => Math.round((i * rows.length) / count);
  return Array.from({ length: count }, (_, i) => rows.slice(bound(i), bound(i + 1)));
}

/** Lays out examples in rows of the length of the fullest row. `rows[r]` lists indices into `examples`. */
export function layOut(examples: TrainingExample[], rows: number[][], padId: number): TrainingRows {
  const length = Math.max(...rows.map((row) => row.reduce((sum, i) => sum + examples[i].ids.length, 0)));
  const ids = new Int32Array(rows.length * length).fill(padId);
  const visibleFrom = new Int32Array(rows.length * length);
  const positions: number[] = [];
  const targets: number[] = [];
  const owner: number[] = [];
  rows.forEach((row, b) => {
    let at = 0;
    for (const i of row) {
      const example = examples[i];
      example.ids.forEach((id, t) => {
        ids[b * length + at + t] = id;
        visibleFrom[b * length + at + t] = at;
        if (t < example.promptLength) return;
        positions.push(b * length + at + t - 1);
        targets.push(id);
        owner.push(i);
      });
      at += example.ids.length;
    }
    for (let t = at; t < length; t++) visibleFrom[b * length + t] = t; // padding sees itself only
  });
  return {
    ids,
    visibleFrom,
    batch: rows.length,
    length,
    positions: Int32Array.from(positions),
    targets: Int32Array.from(targets),
    example: Int32Array.from(owner),
  };
}
