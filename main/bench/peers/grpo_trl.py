"""The GRPO step of TRL's GRPOTrainer with transformers' own generation, set up to be as fast as its options allow here:
float32 and no recomputation (its defaults are bf16 and gradient checkpointing), SDPA, fused AdamW, on-policy so that no
second forward pass is needed, nothing logged. The trainer's loop waits, between steps, until it is asked for more.

    python grpo_trl.py CASE_JSON
"""

import json
import os
import sys
import tempfile
import time

from channel import Channel

channel = Channel()
case = json.loads(sys.argv[1])
# No model, data or metric leaves or enters this machine.
os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", TOKENIZERS_PARALLELISM="false", TRL_EXPERIMENTAL_SILENCE="1")
if case["device"] == "cpu":
    os.environ["CUDA_VISIBLE_DEVICES"] = ""

import datasets  # noqa: E402
import torch  # noqa: E402
import transformers  # noqa: E402
import trl  # noqa: E402
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers  # noqa: E402

from llama import make_model  # noqa: E402


def make_tokenizer(size):
    """One character a token: padding, end, and printable characters."""
    words = ["<pad>", "<eos>"] + [chr(code) for code in range(ord("0"), ord("0") + size - 2)]
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, unk_token="<pad>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")
    tokenizer.decoder = decoders.Fuse()
    return transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", eos_token="<eos>", padding_side="left")


def reward(completions, **_):
    return [text.count("0") / len(text) for text in completions]


class Pacer(transformers.TrainerCallback):
    """Lets the trainer run for as long as was asked for, then reports its steps' times and waits."""

    def __init__(self):
        self.milliseconds = []

    def on_step_begin(self, args, state, control, **_):
        now = time.perf_counter()
        if state.global_step == 0:
            return
        if state.global_step == 1:  # the first step warmed up
            channel.send(dict(
                ready=f"TRL {trl.__version__}, transformers {transformers.__version__}, PyTorch {torch.__version__}",
                device=model.device.type, parameters=parameters, threads=torch.get_num_threads(), firstStepSeconds=now - begun,
            ))
            self.wait()
            return
        # From step to step, so that the trainer's own work between steps counts.
        self.milliseconds.append(1e3 * (now - self.started))
        self.started = now
        if now >= self.deadline:
            channel.send(dict(milliseconds=self.milliseconds))
            self.wait()

    def wait(self):
        seconds, self.milliseconds = channel.next_turn(), []
        self.started = time.perf_counter()
        self.deadline = self.started + seconds


torch.manual_seed(0)
torch.set_num_threads(case["threads"])
torch.set_float32_matmul_precision("high")
tokenizer = make_tokenizer(case["model"]["vocabSize"])
model = make_model(case["model"], pad_token_id=tokenizer.pad_token_id, eos_token_id=tokenizer.eos_token_id)
parameters = sum(p.numel() for p in model.parameters())
alphabet = tokenizer.convert_ids_to_tokens(list(range(2, case["model"]["vocabSize"])))
draw = torch.randint(len(alphabet), (64, case["promptLength"]))
prompts = datasets.Dataset.from_list([dict(prompt="".join(alphabet[i] for i in row)) for row in draw])
completions = case["prompts"] * case["groupSize"]

trainer = trl.GRPOTrainer(
    model=model, reward_funcs=reward, train_dataset=prompts, processing_class=tokenizer, callbacks=[Pacer()],
    args=trl.GRPOConfig(
        output_dir=tempfile.mkdtemp(prefix="headstart-bench-"), max_steps=10**9, use_cpu=case["device"] == "cpu",
        per_device_train_batch_size=completions, gradient_accumulation_steps=1, num_generations=case["groupSize"],
        num_iterations=1, beta=0.0, temperature=case["temperature"], max_completion_length=case["responseLength"],
        generation_kwargs=dict(min_new_tokens=case["responseLength"]), use_vllm=False, loss_type="dapo", scale_rewards="group",
        learning_rate=1e-4, lr_scheduler_type="constant", adam_beta2=0.99, max_grad_norm=1.0, optim="adamw_torch_fused",
        bf16=False, fp16=False, gradient_checkpointing=False, dataloader_pin_memory=False, seed=0,
        logging_strategy="no", save_strategy="no", report_to=[], disable_tqdm=True,
    ),
)
begun = time.perf_counter()
trainer.train()
