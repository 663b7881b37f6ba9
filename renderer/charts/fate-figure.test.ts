import { describe, expect, test } from "vitest";
import type { FateMap } from "../../main/contract/fate-map.ts";
import { readSelection } from "../client/selection.ts";
import { fateFigure, mostColumns, orderedProblems } from "./fate-figure.ts";
import { figureToCsv, startStyles } from "./figure.ts";

const problem = (problemId: string, ...rates: number[][]): FateMap["problems"][number] => ({ problemId, source: "gsm8k", rates });
const map: FateMap = {
  schemaVersion: 1,
  samplesPerProblem: 4,
  starts: ["weak", "strong"],
  points: [["before RL", "8K", "end"], ["before RL", "end"]], // biome-ignore format: one thought
  evaluationIds: [["w0", "w1", "w2"], ["s0", "s1"]], // biome-ignore format: one thought
  problems: [
    problem("a", [0.5, 0.5, 0.25], [1, 1]),
    problem("b", [0, 0.25, 1], [0.5, 1]),
    problem("c", [0, 0, 0], [0.25, 0.75]),
    problem("d", [0, 0, 1], [0.25, 1]),
  ],
  fates: [],
  pairs: [],
};
const styles = startStyles(map.starts);
const ids = (order: "before" | "change") => orderedProblems(map, order).map(({ problemId }) => problemId);

describe("the fate map", () => {
  test("is ordered by the weakest start, ties by its end and then by the other starts", () => {
    expect(ids("before")).toEqual(["c", "d", "b", "a"]);
    expect(ids("change")).toEqual(["a", "c", "b", "d"]);
  });

  test("has a row a start and point, the weakest on top, and a gap between starts", () => {
    const { y, cells } = fateFigure(map, "before", styles);
    expect(y.categories).toEqual(["strong, end", "strong, before RL", "", "weak, end", "weak, 8K", "weak, before RL"]);
    expect(cells?.values[5]).toEqual([0, 0, 0, 0.5]);
    expect(cells?.values[0]).toEqual([0.75, 1, 1, 1]);
    expect(cells?.values[2]).toEqual([null, null, null, null]);
    expect(cells?.styles.map((style) => style?.hue)).toEqual([1, 1, undefined, 0, 0, 0]);
  });

  test("a cell says its problem's way from each start and opens its samples before and after", () => {
    const { cells } = fateFigure(map, "before", styles);
    expect(cells?.columns[0].hover.replace(/\u202f/g, " ")).toBe("c, from gsm8k\nweak: 0 % → 0 % → 0 %\nstrong: 25 % → 75 %\nn = 4 each");
    expect(readSelection(cells?.keys[4][0] ?? null)).toEqual({ kind: "change", before: "w0", after: "w2", problemId: "c" });
    expect(readSelection(cells?.keys[1][3] ?? null)).toEqual({ kind: "change", before: "s0", after: "s1", problemId: "a" });
    expect(cells?.keys[2][0]).toBeNull();
  });

  test("its CSV has a row a problem", () => {
    const [head, first] = figureToCsv(fateFigure(map, "before", styles)).split("\n");
    expect(head).toBe('problem,source,"weak, before RL","weak, 8K","weak, end","strong, before RL","strong, end"');
    expect(first).toBe("c,gsm8k,0,0,0,0.25,0.75");
  });

  test("of very many problems columns are drawn evenly along the order, and it says so", () => {
    const many = { ...map, problems: Array.from({ length: 3 * mostColumns }, (_, i) => problem(`p${String(i).padStart(5, "0")}`, [i / (3 * mostColumns), 0, 0], [0, 0])) }; // biome-ignore format: one thought
    const { cells, subtitle } = fateFigure(many, "before", styles);
    expect(cells?.columns).toHaveLength(mostColumns);
    expect(cells?.columns.slice(0, 2).map(({ facts }) => facts[0])).toEqual(["p00001", "p00004"]);
    expect(subtitle).toContain("2,000 of 6,000 problems");
    expect(fateFigure(map, "before", styles).subtitle).not.toContain("evenly");
  });
});
