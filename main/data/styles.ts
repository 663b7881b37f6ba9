// The make-up of SFT data: the chances from which a trace's style is drawn.

/** How a trace works its operations out. `mixed` draws anew for each step; `direct` writes the answer alone. */
export type Manner = "whole" | "digits" | "mixed" | "decompose" | "direct";

/** Chances from which a trace's style is drawn: the make-up of SFT data. */
export interface StyleWeights {
  /** By digits of the longest operand: 1, 2, 3 and more. */
  manner: readonly [Readonly<Record<Manner, number>>, Readonly<Record<Manner, number>>, Readonly<Record<Manner, number>>];
  order: Readonly<Record<"left" | "right" | "regroup", number>>;
  /** Chance that a commutative step's operands are swapped. */
  commute: number;
  /** Chance that a trace checks its results. */
  check: number;
  /** Chance that a trace restates what is left after each step. */
  restate: number;
}

// Digit working is the likelier the longer the numbers: whole results of long numbers are what small models cannot learn.
export const defaultStyles: StyleWeights = {
  manner: [
    { whole: 0.8, digits: 0, mixed: 0, decompose: 0.15, direct: 0.05 },
    { whole: 0.2, digits: 0.55, mixed: 0.1, decompose: 0.13, direct: 0.02 },
    { whole: 0.08, digits: 0.7, mixed: 0.1, decompose: 0.1, direct: 0.02 },
  ],
  order: { left: 0.7, right: 0.15, regroup: 0.15 },
  commute: 0.15,
  check: 0.15,
  restate: 0.2,
};
