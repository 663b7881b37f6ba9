"""A LoRA adapter as PEFT saves it, on the checkpoint ../../engine/reference/checkpoints/tiny-qwen2.

    python make_peft_reference.py      # needs peft, transformers, torch; writes tiny-adapter/ beside itself

Made with peft 0.21, transformers 5.24.
"""

from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from transformers import Qwen2ForCausalLM

HERE = Path(__file__).parent

torch.manual_seed(1)
base = Qwen2ForCausalLM.from_pretrained(HERE / "../../engine/reference/checkpoints/tiny-qwen2", dtype=torch.float32)
base.name_or_path = "tiny-qwen2"
config = LoraConfig(r=3, lora_alpha=12, lora_dropout=0.1, target_modules=["q_proj", "down_proj"], task_type="CAUSAL_LM")
model = get_peft_model(base, config)
with torch.no_grad():
    for name, parameter in model.named_parameters():
        if "lora_" in name:
            parameter.normal_(std=0.1)
model.save_pretrained(HERE / "tiny-adapter")
(HERE / "tiny-adapter/README.md").unlink(missing_ok=True)
