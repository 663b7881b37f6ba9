// Which problems RL asks, in which order: the pool in a new seeded order each pass, the same for every start. With dropSolved the
// problems whose every rollout in a pass was right are left out of the passes that follow (AceReason-Nemotron 1.0, code RL, stage 2).
import { randomStream, type SeedPart } from "../../analysis/random.ts";
import type { Problem } from "../../contract/dataset.ts";

/** Where the sequence stands; JSON. */
export interface PromptState {
  pass: number;
  /** Prompts taken of this pass. */
  index: number;
  /** Ids of this pass's problems; empty: all. */
  pool: string[];
  /** Problems whose last group was right throughout. */
  solved: string[];
}

export class PromptSequence {
  readonly #all: Problem[];
  readonly #seed: SeedPart;
  readonly #dropSolved: boolean;
  readonly #solved: Set<string>;
  #pool: Problem[];
  #order: Problem[];
  #pass: number;
  #index: number;

  constructor(pool: Problem[], seed: SeedPart, { dropSolved = false, from }: { dropSolved?: boolean; from?: PromptState } = {}) {
    const { pass = 0, index = 0, pool: left = [], solved = [] } = from ?? {};
    const kept = new Set(left);
    this.#all = pool;
    this.#seed = seed;
    this.#dropSolved = dropSolved;
    this.#solved = new Set(solved);
    this.#pool = left.length === 0 ? pool : pool.filter(({ id }) => kept.has(id));
    this.#pass = pass;
    this.#index = index;
    this.#order = this.#shuffled();
  }

  /** Distinct problems that the sequence still asks. */
  get left(): number {
    return this.#pool.length;
  }

  get state(): PromptState {
    const pool = this.#pool.length === this.#all.length ? [] : this.#pool.map(({ id }) => id);
    return { pass: this.#pass, index: this.#index, pool, solved: [...this.#solved] };
  }

  next(): Problem {
    if (this.#index === this.#order.length) {
      if (this.#dropSolved) this.#pool = this.#pool.filter(({ id }) => !this.#solved.has(id));
      this.#pass++;
      this.#index = 0;
      this.#order = this.#shuffled();
      if (this.#order.length === 0) throw new RangeError("every problem was dropped: ask for `left` first");
    }
    return this.#order[this.#index++];
  }

  /** What became of a problem's group. A group that spans the end of a pass counts for the one after. */
  record(problemId: string, allRight: boolean): void {
    if (!this.#dropSolved) return;
    if (allRight) this.#solved.add(problemId);
    else this.#solved.delete(problemId);
  }

  /** Whether `count` different problems can still be asked for; at a pass's end this looks at the pass that follows. */
  canAsk(count: number): boolean {
    const after = this.#pool.filter(({ id }) => !this.#dropSolved || !this.#solved.has(id)).length;
    const inPass = this.#order.length - this.#index;
    return inPass >= count || after >= count;
  }

  #shuffled(): Problem[] {
    return randomStream(this.#seed, "rl-prompts", this.#pass).shuffle(this.#pool);
  }
}
