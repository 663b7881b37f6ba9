import { expect, test } from "vitest";
import { hashRecipe } from "./recipe-hash.ts";
import { smallRecipe } from "./testing/small-recipe.ts";

test("the hash is of what a recipe says, not of the order it says it in", () => {
  const { rl, data, ...rest } = smallRecipe;
  const reversed = Object.fromEntries(Object.entries(rl).reverse()) as typeof rl;
  expect(hashRecipe({ data, rl: reversed, ...rest })).toBe(hashRecipe(smallRecipe));
  expect(hashRecipe({ ...smallRecipe, rl: { ...rl, steps: rl.steps + 1 } })).not.toBe(hashRecipe(smallRecipe));
  expect(hashRecipe({ ...smallRecipe, starts: [...smallRecipe.starts].reverse() })).not.toBe(hashRecipe(smallRecipe));
});
