import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dataConfig, type Problem, type Trace } from "../contract/dataset.ts";
import { presetLadder } from "../contract/ladder-preset.ts";
import { buildDataset } from "./dataset.ts";
import { type LadderSource, ladderCells } from "./ladder.ts";
import { distances, sorted } from "./ladder-distance.ts";
import { balancedInnerOrders, balancedOrder, countsBelow, interleave, lengthScale } from "./ladder-order.ts";
import { randomFrom } from "./random.ts";
import reference from "./reference/distances.json" with { type: "json" };
import { sftExamples } from "./select.ts";

const length = (text: string) => text.length;

function problem(id: string, source = "made", pool: Problem["pool"] = "sft"): Problem {
  return { id, source, domain: "math", pool, prompt: id, answer: "1", steps: 1, difficulty: 1 };
}

/** Problems whose responses have these lengths. */
function source(lengths: Record<string, number[]>, sources: (id: string) => string = () => "made"): LadderSource {
  const texts = new Map(Object.entries(lengths));
  return {
    problems: [...texts.keys()].map((id) => problem(id, sources(id))),
    traces: ({ id }, count) =>
      texts.get(id)!.slice(0, count).map((size, index): Trace => ({ problemId: id, index, text: String(index).padEnd(size, "x"), style: "" })), // biome-ignore format: one list
  };
}

/** Most responses short, some very long, as reasoning models' are; a problem's own length and noise within it. */
function skewed(count: number, responses: number, seed: number): LadderSource {
  const random = randomFrom(seed, "skewed");
  const lengths = Array.from({ length: count }, (_, i) => {
    const own = 4 + 1.3 * random.normal();
    return [`p${i}`, Array.from({ length: responses }, () => 2 + Math.round(Math.exp(own + 0.5 * random.normal())))] as const;
  });
  return source(Object.fromEntries(lengths));
}

const grid = (prompts: number[], responses: number[]) =>
  prompts.flatMap((p) => responses.map((r) => ({ name: `${p}x${r}`, prompts: p, responsesPerPrompt: r })));

describe("distances", () => {
  test("hand-worked: F and G step at their values, the area and the largest gap lie between them", () => {
    // F: ½ from 1, 1 from 3. G: 1 from 2. |F − G| is ½ on [1, 2) and on [2, 3).
    expect(distances(sorted([3, 1]), sorted([2]))).toEqual({ wasserstein: 1, ks: 0.5 });
    expect(distances(sorted([1, 1, 4]), sorted([1, 4, 4]))).toEqual({ wasserstein: 1, ks: expect.closeTo(1 / 3, 12) });
    expect(distances(sorted([0, 2]), sorted([10, 12]))).toEqual({ wasserstein: 10, ks: 1 });
    expect(distances(sorted([7]), sorted([7, 7]))).toEqual({ wasserstein: 0, ks: 0 });
    expect(() => distances(sorted([]), sorted([1]))).toThrow(RangeError);
  });

  test.each(reference)("scipy's", ({ a, b, wasserstein, ks }) => {
    const found = distances(sorted(a), sorted(b));
    expect(found.wasserstein).toBeCloseTo(wasserstein, 10);
    expect(found.ks).toBeCloseTo(ks, 10);
    expect(distances(sorted(b), sorted(a))).toEqual({ wasserstein: expect.closeTo(wasserstein, 10), ks: expect.closeTo(ks, 10) });
  });
});

describe("orders", () => {
  const lognormal = (count: number, seed: string) => {
    const random = randomFrom(seed);
    return Array.from({ length: count }, () => Math.round(Math.exp(5 + random.normal())));
  };

  test("scales begin at quantiles, are finer in the upper tail, and count by share and by length", () => {
    const { edges, weights } = lengthScale(sorted(Array.from({ length: 128 }, (_, i) => i + 1)));
    expect(edges).toHaveLength(31 + 1); // of the tail 1 − 1/64; 1 − 1/128 is at the longest, where there is nothing to compare
    expect([edges[0], edges[15], edges[30]]).toEqual([5, 65, 125]);
    expect(weights[0]).toBeCloseTo(1 / edges.length + 4 / 127, 12);
    expect(lengthScale(sorted([7, 7, 7])).edges).toHaveLength(0);
    expect([...countsBelow([1, 5, 6], { edges: Float64Array.of(4, 5), weights })]).toEqual([1, 2]);
  });

  test("prefixes of a balanced order are nearer to the whole than a random order's", () => {
    const lengths = lognormal(400, "order");
    const scale = lengthScale(sorted(lengths));
    const order = balancedOrder(lengths.map((length) => countsBelow([length], scale)), scale, randomFrom(2)); // biome-ignore format: one call
    expect([...order].sort((a, b) => a - b)).toEqual(lengths.map((_, i) => i));
    const balanced = order.map((i) => lengths[i]);
    const random = randomFrom(3).shuffle(lengths);
    const sizes = [20, 50, 100, 200, 350];
    const apart = (list: number[]) => sizes.map((size) => distances(sorted(list.slice(0, size)), sorted(lengths)).ks);
    const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
    expect(sum(apart(balanced))).toBeLessThan(0.7 * sum(apart(random)));
    // At an edge hardly more than an item too many or too few; between two edges lies a 32nd.
    for (const [i, size] of sizes.entries()) expect(apart(balanced)[i]).toBeLessThan(1.5 / size + 1 / 32);
  });

  test("inner orders are permutations in which each length's rank is at each place equally often", () => {
    const counts = [0, 1, 2].map(() => [0, 0, 0]);
    for (let seed = 0; seed < 100; seed++) {
      const lengths = lognormal(150, `inner ${seed}`);
      const next = balancedInnerOrders(3, lengthScale(sorted(lengths)), randomFrom(seed));
      for (let i = 0; i < 150; i += 3) {
        const own = lengths.slice(i, i + 3);
        const order = next(own);
        expect([...order].sort()).toEqual([0, 1, 2]);
        const ranks = own.map((length, at) => own.filter((other, o) => other < length || (other === length && o < at)).length);
        order.forEach((index, place) => {
          counts[ranks[index]][place]++;
        });
      }
    }
    for (const rank of counts) for (const count of rank) expect(Math.abs(count / 5000 - 1 / 3)).toBeLessThan(0.025);
  });

  test("interleaved lists have their shares in every prefix to within one item", () => {
    const lists = [Array(70).fill("a"), Array(20).fill("b"), Array(10).fill("c"), []];
    const all = interleave(lists);
    expect(all).toHaveLength(100);
    for (let size = 1; size <= 100; size++)
      for (const [letter, share] of [["a", 0.7], ["b", 0.2], ["c", 0.1]] as const) // biome-ignore format: one list
        expect(Math.abs(all.slice(0, size).filter((each) => each === letter).length - share * size)).toBeLessThanOrEqual(1);
  });
});

describe("ladder cells", () => {
  const pool = skewed(500, 6, 1);
  const cells = grid([50, 120, 400], [1, 2, 6]);
  const ladder = ladderCells(pool, cells, { seed: 3, length });
  const keys = (name: string) => ladder.examples(name).map(({ problem, trace }) => `${problem.id}/${trace.index}`);

  test("a cell's examples are within those of every cell that has as many of both; prompts are a prefix", () => {
    for (const small of cells)
      for (const large of cells) {
        if (small.prompts > large.prompts || small.responsesPerPrompt > large.responsesPerPrompt) continue;
        const within = new Set(keys(large.name));
        expect(keys(small.name).every((key) => within.has(key))).toBe(true);
      }
    const problems = (name: string) => [...new Set(ladder.examples(name).map(({ problem }) => problem.id))];
    expect(problems("400x1").slice(0, 50)).toEqual(problems("50x6"));
    for (const { name, prompts, responsesPerPrompt } of cells) {
      expect(keys(name)).toHaveLength(prompts * responsesPerPrompt);
      expect(new Set(keys(name)).size).toBe(prompts * responsesPerPrompt);
      expect(problems(name)).toHaveLength(prompts);
    }
  });

  test("the report counts what the examples are, and the largest cell is at no distance from itself", () => {
    expect(ladder.report).toMatchObject({ largest: "400x6", mostResponses: 6, eligible: 500, pool: 500 });
    for (const cell of ladder.report.cells) {
      const lengths = ladder.examples(cell.name).map(({ trace }) => trace.text.length);
      expect(cell.tokens).toBe(lengths.reduce((sum, each) => sum + each, 0));
      expect(cell).toMatchObject({ examples: lengths.length, meanLength: cell.tokens / lengths.length });
      expect(cell).toMatchObject(distances(sorted(lengths), sorted(ladder.examples("400x6").map(({ trace }) => trace.text.length))));
    }
    expect(ladder.report.cells[8]).toMatchObject({ wasserstein: 0, ks: 0 });
    expect(ladder.report.cells[0].ks).toBeGreaterThan(0);
  });

  test("the same seed gives the same cells, whatever other cells there are of no more responses; another seed others", () => {
    expect(ladderCells(pool, cells, { seed: 3, length }).examples("120x2")).toEqual(ladder.examples("120x2"));
    const fewer = ladderCells(pool, grid([50, 60], [1, 6]), { seed: 3, length });
    expect(fewer.examples("50x6")).toEqual(ladder.examples("50x6"));
    expect(ladderCells(pool, cells, { seed: 4, length }).examples("120x2")).not.toEqual(ladder.examples("120x2"));
  });

  test("every cell draws only from SFT problems with at least the largest number of responses, in all of them", () => {
    const lengths = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`p${i}`, Array(1 + (i % 4)).fill(10 + i)]));
    const uneven = source(lengths);
    const problems = [...uneven.problems, ...uneven.problems.map(({ id }) => problem(id, "made", "dev"))];
    const eligible = new Set(Object.keys(lengths).filter((id) => lengths[id].length >= 3));
    const small = ladderCells({ ...uneven, problems }, grid([10, 30], [1, 3]), { seed: 1, length });
    expect(small.report).toMatchObject({ eligible: 30, pool: 60 });
    for (const { name } of small.report.cells)
      for (const { problem } of small.examples(name)) expect(eligible.has(problem.id) && problem.pool === "sft").toBe(true);
  });

  test("every prefix has the sources' shares", () => {
    const lengths = Object.fromEntries(Array.from({ length: 90 }, (_, i) => [`p${i}`, [i % 3 === 0 ? 100 + i : 10 + i, 20]]));
    const mixed = ladderCells(
      source(lengths, (id) => (Number(id.slice(1)) % 3 === 0 ? "long" : "short")),
      grid([9, 30, 90], [1, 2]),
      { seed: 2, length },
    );
    for (const prompts of [9, 30, 90])
      expect(mixed.examples(`${prompts}x1`).filter(({ problem }) => problem.source === "long")).toHaveLength(prompts / 3);
  });

  test("responses that say the same are one", () => {
    const same = source(Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`p${i}`, [9, 9, 9]])));
    const traces = (each: Problem, count: number) =>
      same.traces(each, count).map((trace) => ({ ...trace, text: each.id === "p0" ? "x" : trace.text }));
    expect(ladderCells({ ...same, traces }, grid([19], [3]), { seed: 1, length }).report.eligible).toBe(19);
  });

  test("what a pool cannot give is refused with the cell and what there is", () => {
    const lengths = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`p${i}`, Array(i < 25 ? 4 : 2).fill(9)]));
    expect(() => ladderCells(source(lengths), grid([10, 30], [1, 3]), { seed: 1, length })).toThrow(
      expect.objectContaining({
        code: "too-few-problems",
        where: "ladder cell 30x3",
        message: 'The cell "30x3" asks for 30 prompts with 3 different responses each; of the SFT pool\'s 40 problems 25 have so many.',
        hint: "Lower every cell's prompts to at most 25, or every cell's responses to at most 2, which 40 problems have.",
      }),
    );
    // Possible by itself, and in the way of another.
    expect(() => ladderCells(source(lengths), [...grid([30], [1]), ...grid([10], [3])], { seed: 1, length })).toThrow(
      expect.objectContaining({
        where: "ladder cell 30x1",
        message: expect.stringContaining('asks for 30 prompts; of the SFT pool\'s 40 problems 25 have the 3 different responses that every problem must have because the cell "10x3"'), // biome-ignore format: one sentence
      }),
    );
    // No problem has so many: there is no number of prompts to lower to.
    expect(() => ladderCells(source(lengths), [...grid([30], [1]), ...grid([10], [50])], { seed: 1, length })).toThrow(
      expect.objectContaining({ where: "ladder cell 10x50", hint: "Lower every cell's responses to at most 2, which 40 problems have." }),
    );
    expect(() => ladderCells(source(lengths), grid([50], [1]), { seed: 1, length })).toThrow(/asks for 50 prompts/);
    expect(() => ladderCells(source(lengths), [], { seed: 1, length })).toThrow(/no cell/);
    expect(() => ladderCells(source(lengths), [...grid([1], [1]), ...grid([1], [1])], { seed: 1, length })).toThrow(/Two cells/);
    expect(() => ladderCells(source(lengths), grid([1], [1]), { seed: 1, length }).examples("2x2")).toThrow(RangeError);
  });
});

describe("matching", () => {
  /** First P of a random order, first R of each problem's responses: what sftExamples does. */
  function unmatched(pool: LadderSource, cells: ReturnType<typeof grid>, seed: number) {
    const dataset = { problems: [...pool.problems], traces: (each: Problem, count: number) => [...pool.traces(each, count)] };
    const lengths = cells.map((cell) => sorted(sftExamples(dataset, cell, seed).map(({ trace }) => trace.text.length)));
    return lengths.map((own) => distances(own, lengths[lengths.length - 1]));
  }

  test("on a skewed pool cells are nearer to the largest than by unmatched selection, in both distances", () => {
    const cells = grid([40, 100, 400], [1, 4]);
    const sums = { matched: { wasserstein: 0, ks: 0 }, plain: { wasserstein: 0, ks: 0 } };
    for (let seed = 1; seed <= 20; seed++) {
      const pool = skewed(600, 4, seed);
      const add = (to: keyof typeof sums, each: { wasserstein: number; ks: number }) => {
        sums[to].wasserstein += each.wasserstein;
        sums[to].ks += each.ks;
      };
      for (const each of ladderCells(pool, cells, { seed, length }).report.cells) add("matched", each);
      for (const each of unmatched(pool, cells, seed)) add("plain", each);
    }
    expect(sums.matched.wasserstein).toBeLessThan(0.65 * sums.plain.wasserstein);
    expect(sums.matched.ks).toBeLessThan(0.5 * sums.plain.ks);
  });

  test("where a pool's first responses are its shortest, unmatched selection is biased and the ladder is not", () => {
    const random = randomFrom("rising");
    const rising = source(
      Object.fromEntries(
        Array.from({ length: 300 }, (_, i) => {
          const own = 20 + random.integer(0, 200);
          return [`p${i}`, [own, own + 30, own + 60, own + 90]];
        }),
      ),
    );
    const cells = grid([100, 300], [1, 4]);
    const mean = (name: string) =>
      ladderCells(rising, cells, { seed: 1, length }).report.cells.find((cell) => cell.name === name)!.meanLength;
    expect(unmatched(rising, cells, 1)[2].wasserstein).toBeGreaterThan(40); // 300 × 1 is 45 shorter on average
    expect(Math.abs(mean("300x1") - mean("300x4"))).toBeLessThan(2);
  });

  test("the arithmetic that studies generate makes a ladder", () => {
    const dataset = buildDataset(dataConfig.parse({ gsm8k: false, arithmetic: { count: 1200, minSteps: 2 } }), null);
    const { report, examples } = ladderCells(dataset, grid([50, 200], [1, 4]), { seed: 1, length });
    expect(report.eligible).toBeGreaterThan(200);
    expect(Math.max(...report.cells.map(({ ks }) => ks))).toBeLessThan(0.12);
    expect(examples("200x4")).toHaveLength(800);
  });
});

test("the preset has the paper's form at any size, and refuses what is too small for it", () => {
  const names = ["v1", "v2", "v3", "v4", "v5", "v6", "v7"];
  fc.assert(
    fc.property(fc.integer({ min: 24, max: 400_000 }), fc.integer({ min: 3, max: 64 }), (prompts, responses) => {
      const cells = presetLadder({ prompts, responses });
      expect(cells.map(({ name }) => name)).toEqual(names);
      const [v1, v2, v3, v4, v5, v6, v7] = cells;
      expect([v1, v2, v3, v4].every(({ responsesPerPrompt }) => responsesPerPrompt === 1)).toBe(true);
      expect(v1.prompts < v2.prompts && v2.prompts < v3.prompts && v3.prompts < v4.prompts && v4.prompts < v5.prompts).toBe(true);
      expect(v5.prompts).toBeLessThan(v6.prompts);
      expect(v5.responsesPerPrompt).toBeGreaterThan(1);
      expect(v6.responsesPerPrompt).toBeGreaterThanOrEqual(v5.responsesPerPrompt);
      expect(v7).toEqual({ name: "v7", prompts, responsesPerPrompt: responses });
      expect(v6.prompts).toBe(prompts);
      expect(v6.responsesPerPrompt).toBeLessThan(responses);
    }),
    { seed: 9 },
  );
  expect(presetLadder({ prompts: 383_000, responses: 6 }).map((cell) => [cell.prompts, cell.responsesPerPrompt])).toEqual([
    [36_000, 1],
    [72_770, 1],
    [126_390, 1],
    [142_390, 1],
    [229_800, 2],
    [383_000, 3],
    [383_000, 6],
  ]);
  expect(() => presetLadder({ prompts: 100, responses: 2 })).toThrow(/there are 100 with 2/);
});
