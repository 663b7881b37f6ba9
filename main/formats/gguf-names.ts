// GGUF's names for tensors ↔ Hugging Face's, for Llama, Qwen2 and Qwen3; and the order of the rows of Llama's q and k, which
// llama.cpp keeps as Meta's code had it (each pair that RoPE rotates side by side) where transformers has the first halves of
// all pairs, then the second.

const topNames: [string, string][] = [
  ["token_embd.weight", "model.embed_tokens.weight"],
  ["output_norm.weight", "model.norm.weight"],
  ["output.weight", "lm_head.weight"],
];
const layerNames: [string, string][] = [
  ["attn_norm", "input_layernorm"],
  ["attn_q", "self_attn.q_proj"],
  ["attn_k", "self_attn.k_proj"],
  ["attn_v", "self_attn.v_proj"],
  ["attn_q_norm", "self_attn.q_norm"],
  ["attn_k_norm", "self_attn.k_norm"],
  ["attn_output", "self_attn.o_proj"],
  ["ffn_norm", "post_attention_layernorm"],
  ["ffn_gate", "mlp.gate_proj"],
  ["ffn_up", "mlp.up_proj"],
  ["ffn_down", "mlp.down_proj"],
];
const [fromGguf, layersFromGguf] = [new Map(topNames), new Map(layerNames)];
const reversed = (pairs: [string, string][]) => new Map(pairs.map(([gguf, hf]) => [hf, gguf]));
const [toGguf, layersToGguf] = [reversed(topNames), reversed(layerNames)];

/** Null for a tensor that none of the architectures has. */
export function hfName(gguf: string): string | null {
  const [, layer, part, kind] = /^blk\.(\d{1,4})\.(\w+)\.(weight|bias)$/.exec(gguf) ?? [];
  const name = layersFromGguf.get(part);
  return name ? `model.layers.${layer}.${name}.${kind}` : (fromGguf.get(gguf) ?? null);
}

/** Throws for a name that no parameter has. */
export function ggufName(hf: string): string {
  const [, layer, part, kind] = /^model\.layers\.(\d+)\.(.+)\.(weight|bias)$/.exec(hf) ?? [];
  const name = layersToGguf.get(part);
  const found = name ? `blk.${layer}.${name}.${kind}` : toGguf.get(hf);
  if (!found) throw new RangeError(`no GGUF name for ${hf}`);
  return found;
}

/** Whether llama.cpp keeps the rows of this tensor (Hugging Face's name) in Meta's order. */
export function hasPairedRows(hf: string, architecture: string): boolean {
  return architecture === "llama" && /\.(q|k)_proj\.weight$/.test(hf);
}

/** Rows [heads · headDim, width] in place, from side by side (2i, 2i + 1) to halves (i, i + headDim / 2). */
export function pairsToHalves(values: Float32Array, headDim: number, width: number): void {
  moveRows(values, headDim, width, (row) => (row >> 1) + (row % 2) * (headDim / 2));
}

/** The inverse. */
export function halvesToPairs(values: Float32Array, headDim: number, width: number): void {
  moveRows(values, headDim, width, (row) => (row < headDim / 2 ? 2 * row : 2 * row - headDim + 1));
}

function moveRows(values: Float32Array, headDim: number, width: number, target: (row: number) => number): void {
  for (let start = 0; start < values.length; start += headDim * width) {
    const head = values.slice(start, start + headDim * width);
    for (let row = 0; row < headDim; row++) values.set(head.subarray(row * width, (row + 1) * width), start + target(row) * width);
  }
}
