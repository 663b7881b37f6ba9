"""Writes lora.json: what PEFT computes for LoRA adapters on the tiny Qwen2 of architectures.json.

    python3 main/engine/reference/make_lora.py        (torch, transformers and peft; a few seconds on a CPU)

Format and precision as reference.json; model, weights and rows are make_architectures.py's. Adapters are drawn for both matrices
(PEFT's own B of zeros would leave A without a gradient), and of two kinds: on every projection, and on two of them.

cases       all, some: {lora (the contract's words), names (of the trained tensors), adapter, loss, gradNorm, gradients, updated
            (after two AdamW steps), secondLoss (before the second), merged: logits [2, 72, vocab] after merge_and_unload}
initial     bound of A's first values by input width: what PEFT drew at most, over 2,000 rows
deviation   largest difference of losses, gradients and updated adapters from float64
"""

import json
from pathlib import Path

import torch
from make_architectures import CONFIGS, forward, make_model, sft
from make_reference import OPTIMIZER, backward, largest_difference, make_optimizer, plain, sft_loss
from peft import LoraConfig, get_peft_model
from peft.utils import get_peft_model_state_dict

CASES = dict(
    all=dict(rank=4, alpha=6, targets=["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"], dropout=0),
    some=dict(rank=2, alpha=8, targets=["q_proj", "v_proj"], dropout=0),
)
CONFIG = CONFIGS["qwen2"]


def adapted(lora, dtype):
    config = LoraConfig(
        r=lora["rank"], lora_alpha=lora["alpha"], target_modules=lora["targets"], lora_dropout=lora["dropout"], bias="none", task_type="CAUSAL_LM"
    )
    return get_peft_model(make_model(CONFIG, dtype), config)


def draw_adapter(lora):
    generator = torch.Generator().manual_seed(41)
    state = get_peft_model_state_dict(adapted(lora, torch.float32))
    return {name: 0.2 * torch.randn(tensor.shape, generator=generator) for name, tensor in state.items()}


class Trained:
    """The adapter alone, for helpers that want a model's parameters; names as PEFT saves them."""

    def __init__(self, model):
        self.model = model

    def named_parameters(self):
        return [(name.replace(".default", ""), p) for name, p in self.model.named_parameters() if p.requires_grad]

    def parameters(self):
        return [p for _, p in self.named_parameters()]

    def zero_grad(self):
        self.model.zero_grad()


def case(lora, dtype):
    adapter = draw_adapter(lora)
    model = adapted(lora, dtype)
    trained = Trained(model)
    assert {name for name, _ in trained.named_parameters()} == set(adapter)
    with torch.no_grad():
        for name, parameter in trained.named_parameters():
            parameter.copy_(adapter[name])
    rows = sft(CONFIG, dtype)["rows"]
    optimizer = make_optimizer(trained)
    loss = sft_loss(model, rows)
    gradients, norm = backward(trained, loss)
    optimizer.step()
    second = sft_loss(model, rows)
    backward(trained, second)
    optimizer.step()
    updated = {name: p.detach().clone() for name, p in trained.named_parameters()}
    ids = torch.tensor(forward(CONFIG, dtype)["ids"])
    merged = model.merge_and_unload()(input_ids=ids).logits.detach()
    return dict(lora=lora, names=sorted(adapter), adapter=adapter, loss=loss.item(), gradNorm=norm, gradients=gradients, updated=updated,
                secondLoss=second.item(), merged=merged)


def initial():
    lora = dict(CASES["all"], rank=2000)
    state = get_peft_model_state_dict(adapted(lora, torch.float32))
    assert all(not tensor.any() for name, tensor in state.items() if "lora_B" in name)
    return {tensor.shape[1]: tensor.abs().max().item() for name, tensor in state.items() if "lora_A" in name}


def main():
    torch.manual_seed(43)
    computed = {dtype: {name: case(lora, dtype) for name, lora in CASES.items()} for dtype in (torch.float32, torch.float64)}
    deviation = largest_difference(computed[torch.float32], computed[torch.float64])
    reference = dict(cases=computed[torch.float32], initial=initial(), optimizer=OPTIMIZER, deviation=deviation)
    path = Path(__file__).with_name("lora.json")
    path.write_text(json.dumps(plain(reference), allow_nan=False, separators=(",", ":")) + "\n")
    print(f"{path.name}: {path.stat().st_size / 1e3:.0f} kB, deviation from float64 {deviation:.3g}")


if __name__ == "__main__":
    main()
