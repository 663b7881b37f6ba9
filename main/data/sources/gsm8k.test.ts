import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { dataConfig } from "../../contract/dataset.ts";
import { print } from "../expression.ts";
import { composeSolution, readGsm8k } from "./gsm8k.ts";

const composed = (solution: string): string => {
  const result = composeSolution(solution);
  return typeof result === "string" ? result : print(result);
};

describe("composeSolution", () => {
  it.each([
    ["<<48/2=24>>24 in May. <<48+24=72>>72\n#### 72", "48+(48/2)"],
    ["<<12/60=0.2>> <<0.2*50=10>>\n#### 10", "(12/60)*50"],
    ["<<100/2=50>> <<15*2=30>> <<100-50-30-15=5>>\n#### 5", "100-(100/2)-(15*2)-15"],
    // The 6 of each step is another one: the one not used yet, the latest first.
    ["<<2*3=6>> <<4+2=6>> <<6+1=7>> <<6*7=42>>\n#### 42", "(2*3)*((4+2)+1)"],
    ["<<5=5>> <<5+5=10>>\n#### 10", "5+5"],
    ["<<+2+3=5>>\n#### 5", "2+3"],
    ["<<1000+200=1,200>>\n#### 1,200", "1000+200"],
    ["<<100/3=33>> <<33*2=66>>\n#### 66", "unchecked"],
    ["<<2*3=6>>\n#### 7", "answer"],
    ["<<2*3=6>> <<4*5=20>>\n#### 20", "unused"],
    ["<<2x=6>>\n#### 6", "unparsable"],
    ["six\n#### 6", "noSteps"],
  ])("%j: %s", (solution, expected) => {
    expect(composed(solution)).toBe(expected);
  });
});

describe("readGsm8k", () => {
  const record = (answer: string) => JSON.stringify({ question: "How many?", answer });
  const config = dataConfig.parse({});

  it("keeps question and line, counts what it drops, and keeps test prompts out that are in train", () => {
    const { train, test } = readGsm8k(
      {
        gsm8kTrain: [record("<<1+2=3>>\n#### 3"), record("<<1+2=3>>\n#### 3"), "not json", record("<<4*5=20>>\n#### 20")].join("\n"),
        gsm8kTest: [record("<<1+2=3>>\n#### 3"), record("<<7*8=56>>\n#### 56"), ""].join("\n"),
      },
      config,
    );
    expect(train.drafts.map(({ id, prompt, answer }) => [id, prompt, answer])).toEqual([
      ["gsm8k-train-1", "1+2=?", "3"],
      ["gsm8k-train-4", "4*5=?", "20"],
    ]);
    expect(Object.fromEntries(train.dropped)).toEqual({ duplicate: 1, unreadable: 1 });
    expect(test.drafts).toEqual([
      expect.objectContaining({ id: "gsm8k-test-2", prompt: "7*8=?", pool: "test", question: "How many?", sourceId: "test.jsonl:2" }),
    ]);
    expect(Object.fromEntries(test.dropped)).toEqual({ inTrain: 1 });
  });

  it.each([
    [{ gsm8kMaxSteps: 1 }, "<<1+2+3=6>>\n#### 6", "tooLong"],
    [{ gsm8kMaxValue: 50 }, "<<10*10=100>> <<100/10=10>>\n#### 10", "tooLarge"],
    [{ gsm8kWholeOnly: true }, "<<5/2=2.5>> <<2.5*2=5>>\n#### 5", "notWhole"],
    [{ gsm8kOperations: ["+" as const] }, "<<2*3=6>>\n#### 6", "operation"],
    [{}, "<<(1/3)+(2/3)=1>>\n#### 1", "endless"],
  ])("%j drops %j: %s", (change, solution, reason) => {
    const { train } = readGsm8k({ gsm8kTrain: record(solution), gsm8kTest: "" }, { ...config, ...change });
    expect([...train.dropped]).toEqual([[reason, 1]]);
  });

  it("the shipped files give the problems we say they give", () => {
    const file = (name: string) => readFileSync(new URL(`../../../resources/gsm8k/${name}.jsonl`, import.meta.url), "utf8");
    const { train, test } = readGsm8k({ gsm8kTrain: file("train"), gsm8kTest: file("test") }, config);
    expect(train.drafts.length).toBe(5454);
    expect(test.drafts.length).toBe(950);
  });
});
