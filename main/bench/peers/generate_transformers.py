"""Greedy generation by transformers' own generate: float32, SDPA, KV cache, prompts of mixed length padded on the left. A step is
the whole batch. No token ends a row, so that both sides generate as many.

    python generate_transformers.py CASE_JSON
"""

import json
import os
import sys
import time

from channel import Channel

channel = Channel()
case = json.loads(sys.argv[1])
# No model, data or metric leaves or enters this machine.
os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", TOKENIZERS_PARALLELISM="false")
if case["device"] == "cpu":
    os.environ["CUDA_VISIBLE_DEVICES"] = ""

import torch  # noqa: E402
import transformers  # noqa: E402

from llama import make_model  # noqa: E402

PAD = 0

torch.manual_seed(0)
torch.set_num_threads(case["threads"])
torch.set_float32_matmul_precision("high")  # TF32 on CUDA, as ours; nothing on a CPU
model = make_model(case["model"], pad_token_id=PAD, eos_token_id=None).to(case["device"]).eval()

lengths = case["promptLengths"]
ids = torch.full((len(lengths), max(lengths)), PAD)
mask = torch.zeros_like(ids)
for row, length in enumerate(lengths):
    ids[row, -length:] = torch.randint(1, case["model"]["vocabSize"], (length,))
    mask[row, -length:] = 1
ids, mask = ids.to(case["device"]), mask.to(case["device"])


def step():
    begun = time.perf_counter()
    with torch.inference_mode():
        out = model.generate(
            input_ids=ids, attention_mask=mask, do_sample=False, max_new_tokens=case["newTokens"], min_new_tokens=case["newTokens"]
        )
    out[0, -1].item()  # on CUDA this waits
    assert out.shape[1] == max(lengths) + case["newTokens"]
    return 1e3 * (time.perf_counter() - begun)


first = step()
channel.send(dict(
    ready=f"transformers {transformers.__version__}, PyTorch {torch.__version__}", device=case["device"],
    parameters=sum(p.numel() for p in model.parameters()), threads=torch.get_num_threads(), firstStepSeconds=first / 1e3,
))
while True:
    seconds, milliseconds, turn = channel.next_turn(), [], time.perf_counter()
    while not milliseconds or time.perf_counter() - turn < seconds:
        milliseconds.append(step())
    channel.send(dict(milliseconds=milliseconds))
