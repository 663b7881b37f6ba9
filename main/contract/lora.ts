// Low-rank adapters (Hu et al. 2021) as PEFT has them: W·x + alpha / rank · B·(A·dropout(x)), where only A and B are trained.
import { z } from "zod";
import { type ParameterShape, parameterShapes } from "./parameter-shapes.ts";
import type { ModelConfig } from "./recipe.ts";

export const loraTarget = z.enum(["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]);

export const loraConfig = z.object({
  rank: z.number().int().positive().default(16).meta({ description: "Rows of A and columns of B" }),
  alpha: z.number().positive().default(32).meta({ description: "The adapter is scaled by alpha / rank" }),
  targets: z.array(loraTarget).min(1).default(loraTarget.options).meta({ description: "Projections that get an adapter, in every layer" }),
  dropout: z.number().min(0).max(0.9).default(0).meta({ description: "Share of the adapter's inputs set to 0 while training" }),
});
export type LoraConfig = z.infer<typeof loraConfig>;

/** The modules that get an adapter: `model.layers.0.self_attn.q_proj` and its like, in checkpoint order, with their matrix's shape. */
export function loraModules(config: ModelConfig, lora: LoraConfig): { module: string; outputs: number; inputs: number }[] {
  return parameterShapes(config).flatMap(({ name, shape: [outputs, inputs] }) => {
    const module = name.replace(/\.weight$/, "");
    const target = module.slice(module.lastIndexOf(".") + 1);
    return module !== name && (lora.targets as string[]).includes(target) ? [{ module, outputs, inputs }] : [];
  });
}

/** PEFT's names of a module's two matrices, A [rank, in] and B [out, rank]. */
export function loraNames(module: string): { a: string; b: string } {
  return { a: `base_model.model.${module}.lora_A.weight`, b: `base_model.model.${module}.lora_B.weight` };
}

/** Every tensor of an adapter, as parameterShapes for a model. */
export function loraShapes(config: ModelConfig, lora: LoraConfig): ParameterShape[] {
  return loraModules(config, lora).flatMap(({ module, outputs, inputs }) => [
    { name: loraNames(module).a, shape: [lora.rank, inputs] },
    { name: loraNames(module).b, shape: [outputs, lora.rank] },
  ]);
}
