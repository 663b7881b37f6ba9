// Where the window was when it was last closed, kept in a small file of the app's own folder.
import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";

const windowState = z.object({
  x: z.number().int().optional(),
  y: z.number().int().optional(),
  width: z.number().int().min(640).max(20_000),
  height: z.number().int().min(480).max(20_000),
  maximized: z.boolean(),
});
export type WindowState = z.infer<typeof windowState>;

export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

const initial: WindowState = { width: 1440, height: 900, maximized: false };

/** The stored state, placed anew when no display shows enough of it to be grabbed: a screen may be gone since. */
export function readWindowState(path: string, displays: Area[]): WindowState {
  let state = initial;
  try {
    state = windowState.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    // Absent at first, and never worth a word: the window opens in the middle.
  }
  const { x, y, width, height, maximized } = state;
  if (x === undefined || y === undefined) return state;
  const overlap = (from: number, length: number, areaFrom: number, areaLength: number) =>
    Math.min(from + length, areaFrom + areaLength) - Math.max(from, areaFrom);
  const seen = displays.some((area) => overlap(x, width, area.x, area.width) >= 100 && overlap(y, height, area.y, area.height) >= 100);
  return seen ? state : { width, height, maximized };
}

export function writeWindowState(path: string, state: WindowState): void {
  try {
    writeFileSync(path, JSON.stringify(state));
  } catch {
    // Losing where the window was must not keep it from closing.
  }
}
