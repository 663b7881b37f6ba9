import { describe, expect, it } from "vitest";
import { fairnessReport, type RunDescription } from "../contract/fair-comparison.ts";
import { fairComparison, flatSettings } from "./fair-comparison.ts";

const found = (...values: number[]): RunDescription["temperatures"] => [{ stage: "", values, source: "found" }];
const fixed: RunDescription["temperatures"] = [{ stage: "", values: [0.8], source: "fixed" }];

const run = (start: string, changes: Partial<RunDescription> = {}, settings: RunDescription["settings"] = {}): RunDescription => ({
  start,
  temperatures: found(0.8),
  seeds: [1, 2, 3],
  ...changes,
  settings: {
    ...flatSettings({ steps: 60, maxResponseTokens: 64, optimizer: { learningRate: 1e-4 }, evalEvery: 20 }, "rl"),
    ...flatSettings([{ name: "Math 8K", door: { max: 0.375 } }], "stages"),
    ...flatSettings({ temperature: 0.6, samplesPerProblem: 4 }, "evaluation"),
    "data.hash": "a1",
    "prompts.hash": "b2",
    engine: "cpu",
    codeVersion: "1.0",
    ...settings,
  },
});

describe("the fair-comparison guard", () => {
  it("finds nothing where the runs differ in their start alone", () => {
    expect(fairComparison([run("weak"), run("strong")])).toEqual({
      fair: true,
      findings: [],
      sentence: "The runs differ in their start alone.",
    });
  });

  it("lists every difference, those that break the comparison first, each with its sentence", () => {
    const other = { "rl.maxResponseTokens": 96, "rl.evalEvery": 10, "evaluation.temperature": 1, "prompts.hash": "c3", engine: "cuda" };
    const report = fairComparison([run("weak"), run("strong", { temperatures: found(1), seeds: [1, 2] }, other)]);
    expect(fairnessReport.parse(report)).toEqual(report);
    expect(report.findings.map(({ field, grade }) => [field, grade === "to be known" ? 0 : 1])).toEqual([
      ["seeds", 1],
      ["evaluation.temperature", 1],
      ["prompts.hash", 1],
      ["rl.maxResponseTokens", 1],
      ["temperature", 0],
      ["engine", 0],
      ["rl.evalEvery", 0],
    ]);
    expect(report.sentence).toBe(
      "Not a fair comparison: 4 differences break it (seeds, evaluation.temperature, prompts.hash, rl.maxResponseTokens).",
    );
    expect(report.findings[3].sentence).toBe(
      "The response budget of RL differs (weak 64, strong 96): it decides how many responses are cut, and so who can learn.",
    );
  });

  it("a temperature that was not found for each start breaks it, one T for all included", () => {
    const both = fairComparison([run("weak", { temperatures: fixed }), run("strong", { temperatures: fixed })]);
    expect(both.fair).toBe(false);
    expect(both.findings[0].sentence).toMatch(/^The sampling temperature was fixed for every start, not found/);
    const one = fairComparison([run("weak", { temperatures: fixed }), run("strong")]);
    expect(one.findings[0].sentence).toMatch(/^The sampling temperature was fixed for weak/);
    // Found per start and different is the method itself.
    const apart = fairComparison([run("weak", { temperatures: found(0.6, 0.7) }), run("strong", { temperatures: found(1, 1) })]);
    expect([apart.fair, apart.findings[0].grade]).toEqual([true, "to be known"]);
    expect(apart.findings[0].sentence).toContain("(weak 0.6/0.7 found, strong 1 found)");
  });

  it("a temperature fixed at a later stage breaks it as one at the first does", () => {
    const stages: RunDescription["temperatures"] = [
      { stage: "Math 8K", values: [0.8], source: "found" },
      { stage: "Math 16K", values: [1], source: "fixed" },
    ];
    const report = fairComparison([run("weak", { temperatures: stages }), run("strong", { temperatures: stages })]);
    expect(report.findings.map(({ field, grade }) => [field, grade])).toEqual([["temperature, Math 16K", "breaks the comparison"]]);
    expect(report.findings[0].sentence).toMatch(/^The sampling temperature of stage Math 16K was fixed for every start/);
  });

  it("a stage more, a door's filter and a setting no rule knows are listed too", () => {
    const more = flatSettings([{ name: "Math 8K", door: { max: 0.5 } }, { name: "Math 16K" }], "stages");
    const report = fairComparison([run("weak"), run("strong", {}, { ...more, "door.1.survivors": 120, moon: "full" })]);
    expect(report.findings.map(({ field }) => field)).toEqual(["stages.1.door.max", "stages.2.name", "door.1.survivors", "moon"]);
    expect(report.findings[1].sentence).toBe(
      "The setting stages.2.name differs (weak not set, strong Math 16K): the starts went through other stages.",
    );
    expect(report.findings.slice(2).map(({ grade }) => grade)).toEqual(["to be known", "to be known"]);
  });

  it("names the odd one among several starts, and refuses one alone", () => {
    const [finding] = fairComparison([run("weak"), run("mid"), run("strong", {}, { "rl.steps": 80 })]).findings;
    expect(finding.values).toEqual([
      { start: "weak", value: "60" },
      { start: "mid", value: "60" },
      { start: "strong", value: "80" },
    ]);
    expect(() => fairComparison([run("weak")])).toThrow("compared with nothing");
  });

  it("flattens settings to their paths", () => {
    expect(flatSettings({ a: { b: 1, c: undefined }, list: ["x", null] }, "rl")).toEqual({
      "rl.a.b": 1,
      "rl.list.1": "x",
      "rl.list.2": null,
    });
  });
});
