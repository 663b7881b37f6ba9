import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../host/testing/open-host.ts";
import { readWindowState, writeWindowState } from "./window-state.ts";

const display = { x: 0, y: 0, width: 1920, height: 1080 };
const initial = { width: 1440, height: 900, maximized: false };

test("the window opens where it was closed", () => {
  const path = join(temporaryFolder(), "window.json");
  const state = { x: 200, y: 100, width: 1000, height: 700, maximized: true };
  writeWindowState(path, state);
  expect(readWindowState(path, [display])).toEqual(state);
});

test("where no display shows it any more, it keeps its size only", () => {
  const path = join(temporaryFolder(), "window.json");
  writeWindowState(path, { x: 2500, y: 100, width: 1000, height: 700, maximized: false });
  expect(readWindowState(path, [display])).toEqual({ width: 1000, height: 700, maximized: false });
  expect(readWindowState(path, [display, { ...display, x: 1920 }])).toMatchObject({ x: 2500 });
});

test("without a state that can be read it opens as at first", () => {
  const path = join(temporaryFolder(), "window.json");
  expect(readWindowState(path, [display])).toEqual(initial);
  for (const text of ["{", "{}", '{"width":10,"height":10,"maximized":false}']) {
    writeFileSync(path, text);
    expect(readWindowState(path, [display])).toEqual(initial);
  }
});
