import { describe, expect, it } from "vitest";
import { paperValue as schema } from "../contract/paper.ts";
import { paperValues, publishedValue } from "./paper.ts";

const value = (key: string) => publishedValue(key).value;

describe("published numbers", () => {
  it("have one key each and all say where they stand", () => {
    expect(new Set(paperValues.map(({ key }) => key)).size).toBe(paperValues.length);
    for (const each of paperValues) expect(schema.parse(each)).toEqual(each);
    expect(() => publishedValue("no.such")).toThrow(RangeError);
  });

  it("disputed ones have both values, wherever they occur", () => {
    for (const key of ["start.strong.after.aime25", "model.acereason-1.1-7b.aime25"])
      expect(publishedValue(key)).toMatchObject({ value: 64.8, status: "disputed", other: { value: 63.2, source: "conclusion" } });
    for (const key of ["start.strong.after.lcb5", "model.acereason-1.1-7b.lcb5"])
      expect(publishedValue(key)).toMatchObject({ value: 57.2, status: "disputed", other: { value: 52.8 } });
    expect(publishedValue("start.strong.before.aime25")).toMatchObject({ value: 48.4, other: { value: 49.3 } });
    for (const { status, other } of paperValues) if (status === "disputed") expect(other).toBeDefined();
    expect(paperValues.filter(({ status }) => status === "disputed")).toHaveLength(6);
  });

  it("the regression's coefficients are a standard deviation's, their ratio 1.83", () => {
    const [a, b] = [publishedValue("regression.prompts"), publishedValue("regression.responses")];
    expect(a.value / b.value).toBeCloseTo(1.83, 2);
    for (const each of [a, b])
      expect([each.unit, each.note]).toEqual(["points a standard deviation", expect.stringContaining("not points a doubling")]);
    expect(value("regression.degreesOfFreedom")).toBe(value("regression.points") - 3);
  });

  it("gaps are our arithmetic: they narrow on three benchmarks; on AIME25 they grow or narrow by which of its values are taken", () => {
    expect(["aime24", "aime25", "lcb5", "lcb6"].map((b) => [value(`gap.before.${b}`), value(`gap.after.${b}`)])).toEqual([
      [6.5, 3.6],
      [9.4, 11.2],
      [11.2, 5.4],
      [9.7, 8],
    ]);
    const after = publishedValue("gap.after.aime25");
    expect(after).toMatchObject({ status: "inference", other: { value: 9.6 } });
    const before = publishedValue("gap.before.aime25");
    expect(before.other).toMatchObject({ value: 10.3, source: "with the data study's value of the strong start" });
    expect(after.other!.value).toBeGreaterThan(before.value);
    expect(after.other!.value).toBeLessThan(before.other!.value);
    expect(publishedValue("gap.after.lcb5").other!.value).toBe(1);
  });

  it("the shrinking gain in pass@k and the over-long pair have their status", () => {
    expect(value("passAtK.gain.aime25.8")).toBeGreaterThan(value("passAtK.gain.aime25.128"));
    expect(value("passAtK.acereason-1.0-7b.aime25.1024")).toBe(96.1);
    expect([publishedValue("overlong.32k.off.aime24").status, publishedValue("temperature.0.85.aime24").status]).toEqual([
      "single note",
      "single note",
    ]);
    expect(value("1.0.14b.codeforces.elo")).toBe(2024);
  });
});
