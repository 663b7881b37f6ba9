"""What the Python package gguf writes and decodes, for the GGUF reader's tests to be held against.

    python make_gguf_reference.py      # needs gguf, numpy, safetensors; writes beside itself

ggml-blocks.json    for each type, blocks as they lie in a file (base64) and the float32 values gguf decodes from them (base64);
                    for Q8_0 also the float32 values that gguf made its blocks from
tiny-llama.gguf     the checkpoint ../../engine/reference/checkpoints/tiny-llama: matrices F16 and Q8_0, its rows of q and k in
                    llama.cpp's order, RoPE's scaling as the tensor rope_freqs.weight
tiny-qwen2.gguf     the same of tiny-qwen2: biases, tied head, matrices Q4_1 and F32
tiny-qwen3.gguf     the same of tiny-qwen3: a head dimension of its own, YaRN, BF16

Made with gguf 0.19.
"""

import base64
import json
import math
from pathlib import Path

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Type
from safetensors import safe_open

HERE = Path(__file__).parent
CHECKPOINTS = HERE / "../../engine/reference/checkpoints"
text = lambda array: base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def blocks():
    random = np.random.default_rng(1)
    reference = {}
    for kind in [Type.F32, Type.F16, Type.BF16, Type.Q8_0, Type.Q4_0, Type.Q4_1, Type.Q5_0, Type.Q5_1, Type.Q4_K, Type.Q5_K, Type.Q6_K]:
        values, size = gguf.GGML_QUANT_SIZES[kind]
        if kind in (Type.Q4_K, Type.Q5_K, Type.Q6_K):  # gguf does not write these: any bytes are a block once its scales are finite
            raw = random.integers(0, 256, (3, size), dtype=np.uint8)
            scales = random.normal(scale=0.02, size=(3, 2)).astype(np.float16).view(np.uint8)
            if kind == Type.Q6_K:
                raw[:, -2:] = scales[:, :2]
            else:
                raw[:, :4] = scales
        else:
            data = (random.normal(size=(3, max(values, 64))) * [[1], [1e-3], [1e-6]]).astype(np.float32)
            raw = gguf.quantize(data, kind)
        reference[kind.name] = {"blocks": text(raw), "values": text(gguf.dequantize(raw, kind).astype(np.float32))}
        if kind == Type.Q8_0:
            reference[kind.name]["source"] = text(data)
    (HERE / "ggml-blocks.json").write_text(json.dumps(reference, indent=2) + "\n")


def tensors_of(folder):
    for path in sorted(folder.glob("*.safetensors")):
        with safe_open(path, "pt") as file:
            for name in file.keys():
                yield name, file.get_tensor(name).float().numpy()


def to_pairs(weights, heads):
    """convert_hf_to_gguf.py: LlamaModel.permute"""
    return weights.reshape(heads, 2, weights.shape[0] // heads // 2, *weights.shape[1:]).swapaxes(1, 2).reshape(weights.shape)


def llama3_factors(rope, dim):
    factors = []
    for frequency in 1.0 / rope["rope_theta"] ** (np.arange(0, dim, 2, dtype=np.float32) / dim):
        wavelength = 2 * math.pi / frequency
        low, high, original = rope["low_freq_factor"], rope["high_freq_factor"], rope["original_max_position_embeddings"]
        if wavelength < original / high:
            factors.append(1)
        elif wavelength > original / low:
            factors.append(rope["factor"])
        else:
            smooth = (original / wavelength - low) / (high - low)
            factors.append(1 / ((1 - smooth) / rope["factor"] + smooth))
    return np.array(factors, dtype=np.float32)


def add_tokenizer(writer, folder, pre):
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    added = {each["id"]: each for each in tokenizer["added_tokens"]}
    names = {id: token for token, id in tokenizer["model"]["vocab"].items()} | {id: each["content"] for id, each in added.items()}
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list([names[id] for id in range(len(names))])
    kinds = gguf.TokenType
    writer.add_token_types([(kinds.CONTROL if added[id]["special"] else kinds.USER_DEFINED) if id in added else kinds.NORMAL for id in range(len(names))])
    writer.add_token_merges([" ".join(pair) for pair in tokenizer["model"]["merges"]])
    writer.add_eos_token_id(2)
    writer.add_pad_token_id(0)
    writer.add_add_bos_token(False)
    writer.add_chat_template((folder / "chat_template.jinja").read_text())


def write(name, arch, kinds, pre):
    folder = CHECKPOINTS / name
    config = json.loads((folder / "config.json").read_text())
    rope = config["rope_parameters"]
    heads, kv_heads = config["num_attention_heads"], config["num_key_value_heads"]
    head_dim = config.get("head_dim") or config["hidden_size"] // heads
    writer = gguf.GGUFWriter(HERE / f"{name}.gguf", arch)
    writer.add_name(name)
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(heads)
    writer.add_head_count_kv(kv_heads)
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(rope["rope_theta"])
    writer.add_vocab_size(config["vocab_size"])
    if config.get("head_dim"):
        writer.add_key_length(head_dim)
        writer.add_value_length(head_dim)
    writer.add_rope_dimension_count(head_dim)
    if rope["rope_type"] == "yarn":
        writer.add_rope_scaling_type(gguf.RopeScalingType.YARN)
        writer.add_rope_scaling_factor(rope["factor"])
        writer.add_rope_scaling_orig_ctx_len(rope["original_max_position_embeddings"])
    if rope["rope_type"] == "llama3":
        writer.add_tensor("rope_freqs.weight", llama3_factors(rope, head_dim))
    add_tokenizer(writer, folder, pre)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH[arch.upper()], config["num_hidden_layers"])
    for hf_name, weights in tensors_of(folder):
        if arch == "llama" and hf_name.endswith(("q_proj.weight", "k_proj.weight")):
            weights = to_pairs(weights, heads if "q_proj" in hf_name else kv_heads)
        kind = Type.F32 if weights.ndim == 1 else kinds["mlp" if "mlp" in hf_name and weights.shape[1] % 32 == 0 else "others"]
        raw = gguf.quantize(weights, kind)
        writer.add_tensor(names.get_name(hf_name, try_suffixes=(".weight", ".bias")), raw, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    blocks()
    write("tiny-llama", "llama", {"mlp": Type.Q8_0, "others": Type.F16}, "llama-bpe")
    write("tiny-qwen2", "qwen2", {"mlp": Type.Q4_1, "others": Type.F32}, "qwen2")
    write("tiny-qwen3", "qwen3", {"mlp": Type.BF16, "others": Type.BF16}, "qwen2")
