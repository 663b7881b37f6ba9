// Which problems RL asks, in which order: a new seeded order each pass, the same for every start. With dropSolved the
// problems whose every rollout in a pass was right are left out of the passes that follow (AceReason-Nemotron 1.0, code RL, stage 2).
import { randomStream, type SeedPart } from "../../analysis/random.ts";
import type { RlProgress } from "../../contract/checkpoint.ts";
import type { Problem } from "../../contract/dataset.ts";

/** Where the sequence stands, as checkpoints keep it. */
export type PromptState = RlProgress["prompts"];

export class PromptSequence {
  readonly #all: readonly Problem[];
  readonly #seed: SeedPart;
  readonly #dropSolved: boolean;
  readonly #solved: Set<string>;
  /** Ids that this pass asks. */
  #pool: ReadonlySet<string>;
  #order: Problem[];
  #pass: number;
  #index: number;

  /**
   * `all` is shuffled, and then what is not in `pool` (null: nothing) is left out: starts whose doors let other problems through, or
   * that solved others, ask those they share in one order.
   */
  constructor(
    all: readonly Problem[],
    pool: readonly string[] | null,
    seed: SeedPart,
    { dropSolved = false, from }: { dropSolved?: boolean; from?: PromptState } = {},
  ) {
    const { pass = 0, index = 0, pool: left = [], solved = [] } = from ?? {};
    this.#all = all;
    this.#seed = seed;
    this.#dropSolved = dropSolved;
    this.#solved = new Set(solved);
    this.#pool = new Set(left.length > 0 ? left : (pool ?? all.map(({ id }) => id)));
    this.#pass = pass;
    this.#index = index;
    this.#order = this.#shuffled();
  }

  /** Different problems that can still be asked for, those of the pass that follows at a pass's end. */
  get left(): number {
    return this.#dropSolved ? [...this.#pool].filter((id) => !this.#solved.has(id)).length : this.#pool.size;
  }

  get state(): PromptState {
    return { pass: this.#pass, index: this.#index, pool: this.#dropSolved ? [...this.#pool] : [], solved: [...this.#solved] };
  }

  next(): Problem {
    if (this.#index === this.#order.length) {
      if (this.#dropSolved) this.#pool = new Set([...this.#pool].filter((id) => !this.#solved.has(id)));
      this.#pass++;
      this.#index = 0;
      this.#order = this.#shuffled();
      if (this.#order.length === 0) throw new RangeError("every problem was dropped: ask canAsk first");
    }
    return this.#order[this.#index++];
  }

  /** What became of a problem's group. A group that spans the end of a pass counts for the one after. */
  record(problemId: string, allRight: boolean): void {
    if (!this.#dropSolved) return;
    if (allRight) this.#solved.add(problemId);
    else this.#solved.delete(problemId);
  }

  /** Whether `count` different problems can still be asked for. */
  canAsk(count: number): boolean {
    return this.#order.length - this.#index >= count || this.left >= count;
  }

  #shuffled(): Problem[] {
    const order = randomStream(this.#seed, "rl-prompts", this.#pass).shuffle(this.#all);
    return order.filter(({ id }) => this.#pool.has(id));
  }
}
