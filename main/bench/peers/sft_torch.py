"""The SFT step in plain PyTorch, written to be fast: one matrix for q, k, v and one for gate and up, SDPA, fused AdamW.

    python sft_torch.py CASE_JSON [--compile]
"""

import json
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

from channel import Channel


def rope_tables(length, head_dim, theta):
    frequencies = theta ** (-torch.arange(0, head_dim, 2).float() / head_dim)
    angles = torch.arange(length).float()[:, None] * frequencies
    return torch.cat([angles.cos()] * 2, -1), torch.cat([angles.sin()] * 2, -1)


def rotate(x, cos, sin):
    low, high = x.chunk(2, -1)
    return x * cos + torch.cat((-high, low), -1) * sin


class Block(nn.Module):
    def __init__(self, model):
        super().__init__()
        width, self.eps = model["hiddenSize"], model["rmsNormEps"]
        self.heads, self.kv_heads, self.head_dim = model["numAttentionHeads"], model["numKeyValueHeads"], model["headDim"]
        self.qkv = nn.Linear(width, (self.heads + 2 * self.kv_heads) * self.head_dim, bias=False)
        self.out = nn.Linear(self.heads * self.head_dim, width, bias=False)
        self.gate_up = nn.Linear(width, 2 * model["intermediateSize"], bias=False)
        self.down = nn.Linear(model["intermediateSize"], width, bias=False)
        self.attention_norm = nn.Parameter(torch.ones(width))
        self.mlp_norm = nn.Parameter(torch.ones(width))

    def forward(self, x, cos, sin):
        batch, length, width = x.shape
        qkv = self.qkv(F.rms_norm(x, (width,), self.attention_norm, self.eps)).view(batch, length, -1, self.head_dim).transpose(1, 2)
        q, k, v = qkv.split((self.heads, self.kv_heads, self.kv_heads), 1)
        mixed = F.scaled_dot_product_attention(
            rotate(q, cos, sin), rotate(k, cos, sin), v, is_causal=True, enable_gqa=self.heads != self.kv_heads
        )
        x = x + self.out(mixed.transpose(1, 2).reshape(batch, length, -1))
        gate, up = self.gate_up(F.rms_norm(x, (width,), self.mlp_norm, self.eps)).chunk(2, -1)
        return x + self.down(F.silu(gate) * up)


class Decoder(nn.Module):
    def __init__(self, model, length):
        super().__init__()
        self.eps = model["rmsNormEps"]
        self.embedding = nn.Embedding(model["vocabSize"], model["hiddenSize"])
        self.blocks = nn.ModuleList(Block(model) for _ in range(model["numHiddenLayers"]))
        self.norm = nn.Parameter(torch.ones(model["hiddenSize"]))
        cos, sin = rope_tables(length, model["headDim"], model["ropeTheta"])
        self.register_buffer("cos", cos)
        self.register_buffer("sin", sin)
        for parameter in self.parameters():
            if parameter.dim() == 2:
                nn.init.normal_(parameter, std=0.02)

    def forward(self, ids, targets):
        x = self.embedding(ids)
        for block in self.blocks:
            x = block(x, self.cos, self.sin)
        logits = F.linear(F.rms_norm(x, (x.shape[-1],), self.norm, self.eps), self.embedding.weight)
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-100)


def main():
    case = json.loads(sys.argv[1])
    compiled = "--compile" in sys.argv
    channel = Channel()
    torch.manual_seed(0)
    torch.set_num_threads(case["threads"])
    torch.set_float32_matmul_precision("high")  # TF32 on CUDA, as ours; nothing on a CPU
    device = case["device"]
    model = Decoder(case["model"], case["length"]).to(device)
    step_model = torch.compile(model, dynamic=False) if compiled else model
    matrices = [p for p in model.parameters() if p.dim() == 2]
    vectors = [p for p in model.parameters() if p.dim() == 1]
    optimizer = torch.optim.AdamW(
        [dict(params=matrices, weight_decay=0.1), dict(params=vectors, weight_decay=0.0)], lr=1e-3, betas=(0.9, 0.99), eps=1e-8, fused=True
    )

    batches = []
    for _ in range(8):
        ids = torch.randint(4, case["model"]["vocabSize"], (case["rows"], case["length"]), device=device)
        targets = ids.roll(-1, 1)
        targets[:, : case["promptLength"] - 1] = -100
        targets[:, -1] = -100
        batches.append((ids, targets))

    def step(index):
        loss = step_model(*batches[index % len(batches)])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        return loss.item()  # each step reports its loss; on CUDA this also waits for it

    done = 0
    started = time.perf_counter()
    step(0)  # compiles
    channel.send(dict(
        ready=f"PyTorch {torch.__version__}" + (" torch.compile" if compiled else ""),
        device=device, parameters=sum(p.numel() for p in model.parameters()), threads=torch.get_num_threads(),
        firstStepSeconds=time.perf_counter() - started,
    ))
    while True:
        seconds, milliseconds, turn = channel.next_turn(), [], time.perf_counter()
        while not milliseconds or time.perf_counter() - turn < seconds:
            begun = time.perf_counter()
            loss = step(done)
            milliseconds.append(1e3 * (time.perf_counter() - begun))
            done += 1
        channel.send(dict(milliseconds=milliseconds, loss=loss))


if __name__ == "__main__":
    main()
