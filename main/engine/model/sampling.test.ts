import { describe, expect, it } from "vitest";
import { randomStream } from "../../analysis/random.ts";
import { reference } from "../reference/reference.ts";
import { drawToken } from "./sampling.ts";

const { temperature, topP, logits, logprobs, entropies, kept } = reference.sampling as {
  temperature: number;
  topP: number;
  logits: { shape: [number, number]; data: number[] };
  logprobs: { data: number[] };
  entropies: number[];
  kept: number[][];
};
const [rows, vocab] = logits.shape;
const values = Float32Array.from(logits.data);

describe("drawing a token", () => {
  it("reports the log-prob and entropy of softmax(logits / T), as PyTorch computes them", () => {
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < 40; i++) {
        const draw = drawToken(values, row, vocab, { temperature, topP: 1 }, randomStream("draw", row, i).uniform());
        expect(draw.entropy).toBeCloseTo(entropies[row], 5);
        expect(draw.logprob).toBeCloseTo(logprobs.data[row * vocab + draw.id], 5);
      }
    }
  });

  it("draws each token as often as its probability says", () => {
    const draws = 20_000;
    const random = randomStream("frequencies");
    const counts = new Array(vocab).fill(0);
    for (let i = 0; i < draws; i++) counts[drawToken(values, 0, vocab, { temperature, topP: 1 }, random.uniform()).id]++;
    counts.forEach((count, id) => {
      const p = Math.exp(logprobs.data[id]);
      expect(Math.abs(count / draws - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / draws) + 1e-9);
    });
  });

  it("top-p draws exactly from the nucleus that transformers keeps", () => {
    for (let row = 0; row < rows; row++) {
      const drawn = new Set<number>();
      const random = randomStream("nucleus", row);
      for (let i = 0; i < 20_000; i++) drawn.add(drawToken(values, row, vocab, { temperature, topP }, random.uniform()).id);
      expect([...drawn].sort((a, b) => a - b)).toEqual(kept[row].flatMap((keep, id) => (keep ? [id] : [])));
    }
  });

  it("is greedy at T = 0", () => {
    for (let row = 0; row < rows; row++) {
      const line = logits.data.slice(row * vocab, (row + 1) * vocab);
      expect(drawToken(values, row, vocab, { temperature: 0, topP: 1 }, 0).id).toBe(line.indexOf(Math.max(...line)));
    }
  });
});
