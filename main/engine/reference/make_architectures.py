"""Writes architectures.json: logits, loss and gradients of tiny Qwen2 and Qwen3 models, and logits under each RoPE scaling.

    python3 main/engine/reference/make_architectures.py        (torch and transformers; a few seconds on a CPU)

Format and precision as reference.json; the helpers are make_reference.py's. Rows are longer than the original context of
each scaling, and heads are wide enough that some pairs stay, some are stretched and some lie between.

weights     llama, qwen2, qwen3: name → tensor. headDim is not hiddenSize / heads; qwen2 has a head of its own, the others are tied
cases       linear, llama3, yarn (of llama), qwen2, qwen3: {config (the contract's words), ids [2][72], logits [2, 72, vocab]}
sft         qwen2, qwen3: {rows: [{ids, mask}], loss, gradNorm, gradients}, as in reference.json
deviation   largest difference of all this from the same in float64
"""

import json
from pathlib import Path

import torch
from make_reference import PAD, backward, largest_difference, plain, sft_loss, tokens
from transformers import LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM, Qwen3Config, Qwen3ForCausalLM

CLASSES = dict(llama=(LlamaConfig, LlamaForCausalLM), qwen2=(Qwen2Config, Qwen2ForCausalLM), qwen3=(Qwen3Config, Qwen3ForCausalLM))
SIZES = dict(vocabSize=32, hiddenSize=16, intermediateSize=24, numAttentionHeads=4, numKeyValueHeads=2, maxPositionEmbeddings=128)
LLAMA = dict(
    SIZES, architecture="llama", numHiddenLayers=1, headDim=16, ropeTheta=500, rmsNormEps=1e-5, tieWordEmbeddings=True,
)
CONFIGS = dict(
    linear=dict(LLAMA, ropeScaling=dict(type="linear", factor=2.5)),
    llama3=dict(LLAMA, ropeScaling=dict(type="llama3", factor=8.0, lowFreqFactor=1.0, highFreqFactor=4.0, originalMaxPositionEmbeddings=32)),
    yarn=dict(LLAMA, ropeScaling=dict(type="yarn", factor=4.0, originalMaxPositionEmbeddings=32, betaFast=4.0, betaSlow=1.0, attentionFactor=None)),
    qwen2=dict(SIZES, architecture="qwen2", numHiddenLayers=2, headDim=6, ropeTheta=1_000_000, ropeScaling=None, rmsNormEps=1e-6, tieWordEmbeddings=False),
    qwen3=dict(SIZES, architecture="qwen3", numHiddenLayers=2, headDim=8, ropeTheta=1_000_000, ropeScaling=None, rmsNormEps=1e-6, tieWordEmbeddings=True),
)
ROPE_NAMES = dict(
    type="rope_type", factor="factor", lowFreqFactor="low_freq_factor", highFreqFactor="high_freq_factor", betaFast="beta_fast",
    betaSlow="beta_slow", originalMaxPositionEmbeddings="original_max_position_embeddings", attentionFactor="attention_factor",
)


def bare_model(config):
    config_class, model_class = CLASSES[config["architecture"]]
    scaling = config["ropeScaling"] or dict(type="default")
    model = model_class(config_class(
        vocab_size=config["vocabSize"], hidden_size=config["hiddenSize"], intermediate_size=config["intermediateSize"],
        num_hidden_layers=config["numHiddenLayers"], num_attention_heads=config["numAttentionHeads"],
        num_key_value_heads=config["numKeyValueHeads"], head_dim=config["headDim"], rms_norm_eps=config["rmsNormEps"],
        rope_parameters={ROPE_NAMES[key]: value for key, value in scaling.items()} | dict(rope_theta=float(config["ropeTheta"])),
        max_position_embeddings=config["maxPositionEmbeddings"], tie_word_embeddings=config["tieWordEmbeddings"],
        attn_implementation="eager", pad_token_id=PAD, bos_token_id=None, eos_token_id=None,
    ))
    assert model.config._attn_implementation == "eager"
    return model


def make_weights(config, seed):
    """Random weights (std 0.3: logits that are not flat), norms around 1."""
    generator = torch.Generator().manual_seed(seed)
    weights = {}
    for name, parameter in bare_model(config).named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        weights[name] = 1 + 0.1 * noise if "norm" in name else 0.3 * noise
    return weights


WEIGHTS = {name: make_weights(CONFIGS[of], seed) for name, of, seed in (("llama", "linear", 31), ("qwen2", "qwen2", 32), ("qwen3", "qwen3", 33))}


def make_model(config, dtype):
    model = bare_model(config)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(WEIGHTS[config["architecture"]][name])
    return model.to(dtype).train()


def forward(config, dtype):
    generator = torch.Generator().manual_seed(34)
    ids = torch.randint(0, config["vocabSize"], (2, 72), generator=generator)
    return dict(config=config, ids=ids.tolist(), logits=make_model(config, dtype)(input_ids=ids).logits.detach())


def sft(config, dtype):
    generator = torch.Generator().manual_seed(35)
    rows = [dict(ids=tokens(generator, p + r), mask=[0] * p + [1] * r) for p, r in ((4, 7), (3, 5), (6, 9))]
    model = make_model(config, dtype)
    loss = sft_loss(model, rows)
    gradients, norm = backward(model, loss)
    return dict(rows=rows, loss=loss.item(), gradNorm=norm, gradients=gradients)


def computed(dtype):
    return dict(
        cases={name: forward(config, dtype) for name, config in CONFIGS.items()},
        sft={name: sft(CONFIGS[name], dtype) for name in ("qwen2", "qwen3")},
    )


def main():
    measured, exact = computed(torch.float32), computed(torch.float64)
    deviation = {key: largest_difference(measured[key], exact[key]) for key in measured}
    path = Path(__file__).with_name("architectures.json")
    path.write_text(json.dumps(plain(dict(weights=WEIGHTS, **measured, deviation=deviation)), allow_nan=False, separators=(",", ":")) + "\n")
    print(f"{path.name}: {path.stat().st_size / 1e3:.0f} kB, deviation from float64 {plain(deviation)}")


if __name__ == "__main__":
    main()
