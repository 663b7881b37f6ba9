// Whether a file holds the tensors that its config describes, found out before any is read.
import { HeadstartError } from "../contract/errors.ts";
import { type ParameterShape, parameterShapes } from "../contract/parameter-shapes.ts";
import type { ModelConfig } from "../contract/recipe.ts";
import type { WeightFile } from "./weight-file.ts";

/** Tensors that some files keep though they follow from the config: RoPE's frequencies, and the head where it is tied. */
const derived = /(\.rotary_emb\.inv_freq|^lm_head\.weight)$/;

/** Throws unless every parameter of the config is there with its shape, and nothing besides that would take part in the model. */
export function checkTensors(config: ModelConfig, weights: WeightFile, where: string): void {
  checkShapes(parameterShapes(config), weights, where, derived);
}

/** Throws unless the tensors are these, with their shapes; others may be there if `besides` matches their names. */
export function checkShapes(shapes: readonly ParameterShape[], weights: WeightFile, where: string, besides?: RegExp): void {
  const mismatch = (message: string) =>
    new HeadstartError({
      code: "checkpoint-mismatch",
      where,
      message,
      hint: "Use the weights with the config they were written with, and check that no shard is missing.",
    });
  for (const { name, shape } of shapes) {
    if (!weights.has(name)) throw mismatch(`Tensor ${name} (${shape.join("×")}), which the config asks for, is missing.`);
    const found = weights.shape(name);
    if (found.join() !== shape.join())
      throw mismatch(`Tensor ${name} is ${found.join("×") || "a single value"} where the config asks for ${shape.join("×")}.`);
  }
  const expected = new Set(shapes.map(({ name }) => name));
  const unknown = weights.names().find((name) => !expected.has(name) && !besides?.test(name));
  if (unknown !== undefined) throw mismatch(`Tensor ${unknown} has no place in the model that the config describes.`);
}
