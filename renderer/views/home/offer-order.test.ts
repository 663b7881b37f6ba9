import { expect, test } from "vitest";
import type { Preset } from "../../../main/contract/api.ts";
import type { StudyKind } from "../../../main/contract/study.ts";
import { inOrder } from "./offer-order.ts";

test("what measures comes before what is small, kinds stay together, and within a kind the list's order holds", () => {
  const preset = (key: string, kind: StudyKind, minutes: number) => ({ key, minutes, recipe: { kind } }) as Preset;
  const listed = [
    preset("rl-tiny", "rl", 1),
    preset("ladder-tiny", "ladder", 1),
    preset("ladder", "ladder", 25),
    preset("weak-mid-strong", "weak-vs-strong", 28),
    preset("ladder-tokens", "ladder", 20),
  ];
  expect(inOrder(listed).map(({ key }) => key)).toEqual(["weak-mid-strong", "ladder", "ladder-tokens", "ladder-tiny", "rl-tiny"]);
});
