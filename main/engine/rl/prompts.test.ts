import { describe, expect, it } from "vitest";
import { randomStream } from "../../analysis/random.ts";
import { copyProblems } from "../testing.ts";
import { PromptSequence } from "./prompts.ts";

const pool = copyProblems(5).filter((problem) => problem.pool === "rl");
const take = (sequence: PromptSequence, count: number) => Array.from({ length: count }, () => sequence.next().id);

describe("the prompts of RL", () => {
  it("are the whole pool in a new seeded order each pass", () => {
    const orders = [0, 1].map((pass) => randomStream(7, "rl-prompts", pass).shuffle(pool).map(({ id }) => id)); // biome-ignore format: one thought
    expect(take(new PromptSequence(pool, null, 7), 10)).toEqual(orders.flat());
  });

  it("go on from where they stood", () => {
    const whole = new PromptSequence(pool, null, 7);
    take(whole, 7);
    const rest = new PromptSequence(pool, null, 7, { from: whole.state });
    expect(take(rest, 6)).toEqual(take(whole, 6));
  });

  it("come in one order for starts whose doors let different problems through", () => {
    const whole = take(new PromptSequence(pool, null, 7), 5);
    const [left, ...rest] = whole;
    const some = new PromptSequence(pool, rest, 7);
    expect(take(some, 4)).toEqual(whole.filter((id) => id !== left));
  });

  it("lose after a pass what it solved, and no more than that", () => {
    const sequence = new PromptSequence(pool, null, 7, { dropSolved: true });
    const [first, second] = take(sequence, 5);
    sequence.record(first, true);
    sequence.record(second, true);
    sequence.record(second, false); // seen again and not solved
    expect(sequence.left).toBe(4);
    expect(sequence.canAsk(4)).toBe(true);
    expect(sequence.canAsk(5)).toBe(false);
    expect(take(sequence, 4)).not.toContain(first);
    const rest = new PromptSequence(pool, null, 7, { dropSolved: true, from: JSON.parse(JSON.stringify(sequence.state)) });
    expect(rest.left).toBe(4);
    expect(take(rest, 4)).toEqual(take(sequence, 4));
  });
});
