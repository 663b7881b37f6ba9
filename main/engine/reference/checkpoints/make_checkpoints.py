"""Three tiny random checkpoints as transformers saves them, and the logits that transformers computes from them.

    python make_checkpoints.py            # writes tiny-llama/, tiny-qwen2/ and tiny-qwen3/ beside itself

Together they cover what config.json may ask for: q/k/v biases, q/k norms, a head of its own and a tied one, a head dimension
that is not hidden/heads, RoPE scaling llama3 and yarn, BF16 and F32, one file and shards, and the pre-tokenizers of the three
families. Made with transformers 5.24, tokenizers 0.23, torch 2.15 (float32, CPU).
"""

import json
import shutil
from pathlib import Path

import torch
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM, Qwen3Config, Qwen3ForCausalLM

HERE = Path(__file__).parent
VOCABULARY = 288
TEXT = [
    "What is 12 + 30? The answer is 42.",
    "Let's think step by step: 3 apples and 4 apples are 7 apples in total, so the answer is \\boxed{7}.",
    "def add(a, b):\n    return a + b\n\n\nprint(add(2, 3))  # 5\n",
    "The quick brown fox jumps over the lazy dog. They're here, and it isn't what we'll see.",
]
SPLITS = {
    "tiny-llama": r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    "tiny-qwen2": r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
}
SPLITS["tiny-qwen3"] = SPLITS["tiny-qwen2"]
CHAT = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
SHARED = dict(vocab_size=VOCABULARY, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2)


def tokenizer_of(name):
    llama = name == "tiny-llama"
    tokenizer = Tokenizer(models.BPE(ignore_merges=llama))
    if not llama:
        tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(SPLITS[name]), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY - 2, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(TEXT, trainer)
    tokenizer.add_tokens([AddedToken("<think>", special=False), AddedToken("</think>", special=False)])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<|im_end|>", pad_token="<|endoftext|>", chat_template=CHAT, clean_up_tokenization_spaces=False
    )


def models_by_name():
    # Of the four frequencies the first is kept, the second smoothed, the others divided.
    llama3 = dict(
        rope_type="llama3", rope_theta=10_000.0, factor=4.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=128
    )
    yarn = dict(rope_type="yarn", rope_theta=1_000_000.0, factor=4.0, original_max_position_embeddings=32)
    plain = dict(rope_type="default", rope_theta=1_000_000.0)
    yield "tiny-llama", LlamaForCausalLM(
        LlamaConfig(**SHARED, max_position_embeddings=512, rms_norm_eps=1e-5, rope_parameters=llama3, tie_word_embeddings=False)
    ), torch.bfloat16
    yield "tiny-qwen2", Qwen2ForCausalLM(
        Qwen2Config(**SHARED, max_position_embeddings=128, rms_norm_eps=1e-6, rope_parameters=plain, tie_word_embeddings=True)
    ), torch.float32
    yield "tiny-qwen3", Qwen3ForCausalLM(
        Qwen3Config(**SHARED, head_dim=12, max_position_embeddings=128, rms_norm_eps=1e-6, rope_parameters=yarn, tie_word_embeddings=True)
    ), torch.float32


def main():
    for name, model, dtype in models_by_name():
        torch.manual_seed(sum(map(ord, name)))
        with torch.no_grad():
            for parameter_name, parameter in model.named_parameters():
                if "norm" in parameter_name:
                    parameter.uniform_(0.5, 1.5)
                elif parameter.ndim == 1:
                    parameter.normal_(std=0.5)
                else:  # wide enough that attention looks somewhere, so that a wrong rotation shows
                    parameter.normal_(std=1.5 / parameter.shape[-1] ** 0.5)
        tokenizer = tokenizer_of(name)
        model.generation_config.eos_token_id = [tokenizer.eos_token_id, tokenizer.pad_token_id]
        model.generation_config.pad_token_id = tokenizer.pad_token_id
        model.config.eos_token_id = tokenizer.eos_token_id
        if name == "tiny-qwen2":
            model.generation_config.update(do_sample=True, temperature=0.7, top_p=0.8)
        folder = HERE / name
        shutil.rmtree(folder, ignore_errors=True)
        model.to(dtype).save_pretrained(folder, max_shard_size="60KB" if name == "tiny-qwen2" else "5GB")
        tokenizer.save_pretrained(folder)
        # Loaded anew: .to(bfloat16) has rounded RoPE's frequencies too, which no one loads.
        model = type(model).from_pretrained(folder, dtype=torch.float32).eval()
        prompts = []
        for text in ["What is 12 + 30?", "".join(TEXT)]:
            ids = tokenizer(text)["input_ids"][:72]
            with torch.no_grad():
                logits = model(torch.tensor([ids])).logits[0]
                greedy = model.generate(torch.tensor([ids]), do_sample=False, max_new_tokens=16, eos_token_id=None, temperature=None, top_p=None)
            positions = sorted({*range(min(len(ids), 4)), 31, 32, 33, 50, len(ids) - 1} & set(range(len(ids))))
            prompts.append(
                {
                    "text": text,
                    "ids": ids,
                    "positions": positions,
                    "logits": [[float(f"{x:.6g}") for x in logits[at].tolist()] for at in positions],
                    "greedy": greedy[0, len(ids) :].tolist(),
                }
            )
        (folder / "logits.json").write_text(json.dumps({"prompts": prompts}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
