// Which parameters a model of a config has: names as in Hugging Face checkpoints, matrices [out, in]. What reads and writes
// weight files and what computes with them both go by this list.
import type { ModelConfig } from "./recipe.ts";

export interface ParameterShape {
  name: string;
  shape: number[];
}

/** Every parameter of a config, in checkpoint order. A tied head has none of its own. */
export function parameterShapes(config: ModelConfig): ParameterShape[] {
  const { architecture, hiddenSize: d, intermediateSize: inner, headDim, numAttentionHeads: heads, numKeyValueHeads: kvHeads } = config;
  const shapes: ParameterShape[] = [{ name: "model.embed_tokens.weight", shape: [config.vocabSize, d] }];
  for (let layer = 0; layer < config.numHiddenLayers; layer++) {
    const at = `model.layers.${layer}`;
    const attention = `${at}.self_attn`;
    shapes.push(
      { name: `${at}.input_layernorm.weight`, shape: [d] },
      { name: `${attention}.q_proj.weight`, shape: [heads * headDim, d] },
      { name: `${attention}.k_proj.weight`, shape: [kvHeads * headDim, d] },
      { name: `${attention}.v_proj.weight`, shape: [kvHeads * headDim, d] },
    );
    if (architecture === "qwen2")
      shapes.push(
        { name: `${attention}.q_proj.bias`, shape: [heads * headDim] },
        { name: `${attention}.k_proj.bias`, shape: [kvHeads * headDim] },
        { name: `${attention}.v_proj.bias`, shape: [kvHeads * headDim] },
      );
    if (architecture === "qwen3")
      shapes.push({ name: `${attention}.q_norm.weight`, shape: [headDim] }, { name: `${attention}.k_norm.weight`, shape: [headDim] });
    shapes.push(
      { name: `${attention}.o_proj.weight`, shape: [d, heads * headDim] },
      { name: `${at}.post_attention_layernorm.weight`, shape: [d] },
      { name: `${at}.mlp.gate_proj.weight`, shape: [inner, d] },
      { name: `${at}.mlp.up_proj.weight`, shape: [inner, d] },
      { name: `${at}.mlp.down_proj.weight`, shape: [d, inner] },
    );
  }
  shapes.push({ name: "model.norm.weight", shape: [d] });
  if (!config.tieWordEmbeddings) shapes.push({ name: "lm_head.weight", shape: [config.vocabSize, d] });
  return shapes;
}

export function parameterCount(config: ModelConfig): number {
  return parameterShapes(config).reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
}
