// Values of options, checked as they are read.
import { InvalidArgumentError } from "commander";

export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("a number is expected");
  return value;
}

export function parseCount(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError("a whole number from 1 is expected");
  return value;
}

export function parseSeed(text: string): number {
  const seed = Number(text);
  if (!Number.isSafeInteger(seed) || seed < 0) throw new InvalidArgumentError("a seed is a whole number from 0");
  return seed;
}

export function parseSeeds(text: string): number[] {
  const seeds = text.split(",").map((each) => parseSeed(each.trim()));
  if (new Set(seeds).size !== seeds.length) throw new InvalidArgumentError("a seed is named twice");
  return seeds;
}
