import { expect, test } from "vitest";
import {
  type BenchReport,
  benchReport,
  formatReport,
  type PeerReport,
  pairedRatios,
  type SideReport,
  spreadOf,
  strongestPeer,
} from "./report.ts";

const one = { median: 1, min: 1, max: 1 };
const sideOf = (name: string, median: number): SideReport => ({
  name,
  versions: "1.0",
  device: "cpu",
  threads: 2,
  firstStepSeconds: 1,
  millisecondsPerStep: { median, min: median, max: median },
  fastestStep: median,
});
const peerOf = (name: string, median: number): PeerReport => ({ ...sideOf(name, median), speedRatio: one, fastestRatio: 1, ratios: [1] });

test("a spread is the median and the ends, whatever the order", () => {
  expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
  expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 });
});

test("a ratio pairs the two sides of a round, so a machine that slows down leaves it as it is", () => {
  expect(pairedRatios([100, 200, 400], [150, 300, 600])).toEqual([1.5, 1.5, 1.5]);
  expect(() => pairedRatios([1, 2], [1])).toThrow(RangeError);
});

test("the strongest peer is the one with the shortest step", () => {
  expect(strongestPeer([peerOf("eager", 120), peerOf("compiled", 90)])).toBe("compiled");
  expect(strongestPeer([])).toBeNull();
});

test("the text tells ratios, the stronger peer and what could not be measured", () => {
  const report: BenchReport = {
    machine: { processor: "Processor", cores: 2, memoryGb: 8, node: "24.0.0" },
    busyShare: 0.25,
    rounds: 1,
    cases: [
      {
        key: "sft",
        label: "SFT step",
        parameters: 397_952,
        ours: { ...sideOf("Headstart", 80), eventLoopP99: 2.25 },
        peers: [{ ...peerOf("eager", 100), speedRatio: { median: 1.25, min: 1.1, max: 1.4 } }, peerOf("compiled", 90)],
        strongest: "compiled",
        failed: [{ name: "other", reason: "It ended with code 1." }],
        generation: {
          tokens: 1024,
          tokensPerSecond: { median: 310, min: 300, max: 320 },
          gigaflops: { median: 290, min: 280, max: 300 },
          gigabytes: { median: 25.25, min: 25, max: 26 },
          ceiling: { median: 400, min: 390, max: 410 },
          share: { median: 0.775, min: 0.75, max: 0.8 },
          fastestShare: 0.78,
        },
      },
    ],
    eventLoop: { p99: 7.36, max: 41.2, seconds: 27.8, steps: 24 },
    verifiers: [{ name: "math", responses: 1024, workers: 2, seconds: [0.75, 0.5, 1], paper: { seconds: 3.9, workers: 64 } }],
    decontamination: {
      problems: 5000,
      n: 9,
      bar: 20_000,
      kinds: [
        { name: "rows as they are", rowsPerSecond: { median: 200_000.4, min: 190_000, max: 210_000 } },
        { name: "in Chinese characters", rowsPerSecond: { median: 19_000, min: 18_000, max: 21_000 } },
      ],
    },
  };
  expect(benchReport.parse(report)).toEqual(report);
  const text = formatReport(report);
  expect(text).toContain("other programs used 25 % of it");
  expect(text).toContain("SFT step (397,952 parameters, cpu, 2 threads)");
  expect(text).toContain("speed ours / peer 1.25 (1.10–1.40), of the fastest steps 1.00\n");
  expect(text).toContain("1.00 (1.00–1.00), of the fastest steps 1.00; the stronger peer");
  expect(text).toContain("310 (300–320) tokens/s; 290 (280–300) GFLOP/s and 25.3 (25.0–26.0) GB/s allow 400 (390–410)\n");
  expect(text).toContain("ours / ceiling 0.78 (0.75–0.80), of the fastest 0.78\n");
  expect(text).toContain("10240 tokens/s\n"); // of the peer: 1024 in 100 ms
  expect(text).toContain("event-loop delay p99 7.4 ms, max 41 ms, over 28 s and 24 steps");
  expect(text).toContain(
    "5,000 test problems, n = 9, one core (at least 20,000 rows/s)\n  rows as they are: 200000 (190000–210000) rows/s\n",
  );
  expect(text).toContain("in Chinese characters: 19000 (18000–21000) rows/s; below the bar");
  expect(text).toContain("other: not measured. It ended with code 1.");
  expect(text).toContain("The math verifier on 1,024 responses with 2 workers\n  0.75 s (0.50–1.00); the paper's takes 3.9 s with 64");
});
