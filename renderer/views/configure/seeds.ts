// The seeds field: "1", "1, 2, 5" or "1-5". Pure.

const largest = 2_147_483_647;
const most = 32;

/** Seeds in the order in which they are written, each once; or what is wrong with the text. */
export function parseSeeds(text: string): { seeds: number[] } | { problem: string } {
  const parts = text.split(/[,;\s]+/).filter((part) => part !== "");
  if (parts.length === 0) return { problem: "Give at least one seed, such as 1." };
  const seeds: number[] = [];
  for (const part of parts) {
    const match = part.match(/^(\d+)(?:[-–](\d+))?$/);
    if (match === null) return { problem: `${part} is no seed: write 1, or 1, 2, 3, or 1-5.` };
    const from = Number(match[1]);
    const to = match[2] === undefined ? from : Number(match[2]);
    if (to > largest) return { problem: `${part} is too large for a seed: at most ${largest.toLocaleString("en-US")}.` };
    if (to < from) return { problem: `${part} runs backwards: write ${to}-${from}.` };
    if (to - from >= most) return { problem: `${part} are more than ${most} studies: start fewer at once.` };
    for (let seed = from; seed <= to; seed++) if (!seeds.includes(seed)) seeds.push(seed);
  }
  return seeds.length > most ? { problem: `These are ${seeds.length} studies: start at most ${most} at once.` } : { seeds };
}
