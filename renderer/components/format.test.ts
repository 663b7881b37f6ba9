import { describe, expect, test } from "vitest";
import { metrics } from "../../main/contract/metrics.ts";
import * as format from "./format.ts";

const estimate = { value: 0.6241, standardError: 0.0092, low: 0.606, high: 0.642, problems: 1138, samplesPerProblem: 4 };
const plain = (text: string) => text.replace(/\u202f/g, " ");

describe("numbers in text", () => {
  test("a share with its interval and sample size", () => {
    expect(plain(format.percentWithN(estimate))).toBe("62.4 % ± 1.8 (n = 1,138 × 4)");
    expect(plain(format.percentInterval({ ...estimate, value: 0, low: 0, high: 0.142 }))).toBe("0.0 % [0.0, 14.2]");
  });
  test("differences are signed, with a true minus, and zero has no sign", () => {
    expect(format.points({ ...estimate, value: 0.114, low: 0.093, high: 0.135 })).toBe("+11.4 ± 2.1");
    expect(format.points({ ...estimate, value: -0.02, low: -0.05, high: 0.01 })).toBe("−2.0 ± 3.0");
    expect(format.signed(-0.0001, 1)).toBe("0.0");
    expect(format.interval({ low: -0.05, high: 0.01 }, 100, 1)).toBe("[−5.0, +1.0]");
  });
  test("an interval that spans or touches zero is not distinguishable", () => {
    expect(format.distinguishable({ low: 0.01, high: 0.2 })).toBe(true);
    expect(format.distinguishable({ low: -0.3, high: -0.1 })).toBe(true);
    expect(format.distinguishable({ low: -0.1, high: 0.1 })).toBe(false);
    expect(format.distinguishable({ low: 0, high: 0.1 })).toBe(false);
  });
  test("durations and time left", () => {
    expect(format.duration(754)).toBe("12 min 34 s");
    expect(format.duration(59.4)).toBe("59 s");
    expect(format.duration(3725)).toBe("1 h 02 min");
    expect(format.eta(4)).toBe("a few seconds left");
    expect(format.eta(44)).toBe("about 40 s left");
    expect(format.eta(750)).toBe("about 13 min left");
    expect(format.eta(7200)).toBe("about 2.0 h left");
  });
  test("counts, bytes and small numbers", () => {
    expect(format.count(1234567)).toBe("1,234,567");
    expect(format.bytes(512)).toBe("512 B");
    expect(format.bytes(2_450_000)).toBe("2.5 MB");
    expect(format.compact(0.0001)).toBe("1.0e−4");
    expect(format.compact(-12.34567)).toBe("−12.35");
  });
  test("metric values carry the unit of the contract", () => {
    expect(plain(format.metricValue(metrics.reward, 0.345))).toBe("34.5 %");
    expect(format.metricValue(metrics.entropy, 0.3012)).toBe("0.301 nats");
    expect(format.metricValue(metrics.responseTokens, 31.25)).toBe("31.3 tokens");
  });
  test("a response of several lines stays one row", () => {
    expect(format.oneLine("a\nb")).toBe("a ⏎ b");
  });
});
