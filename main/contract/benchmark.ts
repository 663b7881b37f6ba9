// A benchmark: which imported rows it is, and the protocol it is evaluated by. Benchmarks come by file; Headstart ships the ones
// whose licences allow it.
import type { RowShape } from "./imported-dataset.ts";
import type { EvalConfig } from "./recipe.ts";

export interface Benchmark {
  key: string;
  name: string;
  domain: "math" | "code";
  /** Shape of the imported rows it is read from. */
  shape: RowShape;
  /** Problems in the published set; null where it grows. */
  problems: number | null;
  /** As in the recipe: put after each problem, or around it where it says {problem}. */
  instruction: string;
  /** Only rows dated in this window, [from, to). */
  dates: { from: string; to: string } | null;
  eval: EvalConfig;
  /** What the protocol's numbers come from. */
  provenance: string;
  /** File among the shipped resources; null: the user brings it. */
  shipped: string | null;
}
