"""Writes tiny/ and tiny-sentencepiece/ (small tokenizers, trained here) and reference.json: what transformers makes of the corpus
and of chat templates with them, and with SmolLM2's tokenizer.

    python3 main/tokenizer/reference/make_tokenizers.py SmolLM2-135M-Instruct.Q4_1.gguf
        (transformers 5, tokenizers, gguf and jinja2; Node 24 as `node`; a minute)

A hash is the first 8 hex digits of SHA-256: of ids as little-endian uint32, of text as UTF-8. Strings of hashes have one for
each text of corpus.ts. The project's formatter goes over the files afterwards.

versions    of transformers and tokenizers
corpus      hash of the texts, joined by U+0000
tokenizers  name → {change: what is put over tiny/tokenizer.json or tiny-sentencepiece/tokenizer.json, ids, decoded, parts}
            decoded: of all ids, special tokens shown; parts: of every third id, special tokens left out
smollm2     {digits, plain}: ids. plain is AutoTokenizer.from_pretrained(gguf_file=…), which splits as GPT-2 does; digits has the
            pre-tokenizer that SmolLM2's own tokenizer.json has (and llama.cpp's "smollm"): each digit apart, then as GPT-2
            differing: how many texts differ between the two; chat: cases of the file's own template
conversations  messages of each
templates   name → {template, cases: [{conversation, addGenerationPrompt, text or error}]}, strftime_now fixed at 2024-07-04
"""

import hashlib
import json
import struct
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from unittest import mock

import tokenizers
import transformers
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer, PreTrainedTokenizerFast

HERE = Path(__file__).parent
QWEN2 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
LLAMA3 = QWEN2.replace(r"|\p{N}|", r"|\p{N}{1,3}|")
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
GPT4O = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)

CHATML = """\
{% for message in messages %}{% if loop.first and message['role'] != 'system' %}{{ '<|im_start|>system
Answer in few words.<|im_end|>
' }}{% endif %}{{ '<|im_start|>' + message['role'] + '
' + message['content'] + '<|im_end|>' + '
' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant
' }}{% endif %}"""

# Each in the manner of a family: Qwen3 (earlier thoughts are taken out), Llama 3.2 (a date, trimmed turns), Llama 2 (turns must
# alternate), DeepSeek R1 (the answer begins inside a thought), and one of many constructs.
TEMPLATES = {
    "chatml": CHATML,
    "thoughts": """\
{%- set ns = namespace(last=messages|length - 1, found=false) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if not ns.found and message.role == "user" and not (message.content.startswith('<r>') and message.content.endswith('</r>')) %}
        {%- set ns.found = true %}
        {%- set ns.last = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if message.role == "user" or (message.role == "system" and loop.first) %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}
    {%- elif message.role == "assistant" %}
        {%- set content = message.content %}
        {%- set thought = '' %}
        {%- if message.reasoning_content is defined and message.reasoning_content is not none %}
            {%- set thought = message.reasoning_content %}
        {%- elif '</think>' in content %}
            {%- set thought = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
            {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
        {%- endif %}
        {%- if loop.index0 > ns.last and (loop.last or thought) %}
            {{- '<|im_start|>assistant\\n<think>\\n' + thought.strip('\\n') + '\\n</think>\\n\\n' + content.lstrip('\\n') }}
        {%- else %}
            {{- '<|im_start|>assistant\\n' + content }}
        {%- endif %}
        {{- '<|im_end|>\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}""",
    "dated": """\
{{- bos_token }}
{%- if custom_tools is defined %}
    {%- set tools = custom_tools %}
{%- endif %}
{%- if not date_string is defined %}
    {%- if strftime_now is defined %}
        {%- set date_string = strftime_now("%d %b %Y, %A") %}
    {%- else %}
        {%- set date_string = "none" %}
    {%- endif %}
{%- endif %}

{#- The system message goes to its place first. #}
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = "" %}
{%- endif %}
{{- "<h>system</h>\\n\\nDate: " + date_string + "\\n" }}
{%- if tools is not none %}
    {{- tools | tojson(indent=4) }}
{%- endif %}
{{- system_message + "<|im_end|>" }}
{%- for message in messages %}
    {%- if not (message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<h>' + message['role'] + '</h>\\n\\n'+ message['content'] | trim + '<|im_end|>' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<h>assistant</h>\\n\\n' }}
{%- endif %}
""",
    "alternating": (
        "{% if messages[0]['role'] == 'system' %}{% set turns = messages[1:] %}{% set system = messages[0]['content'] %}"
        "{% else %}{% set turns = messages %}{% set system = false %}{% endif %}{% for message in turns %}"
        "{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Turns must alternate, user first.') }}{% endif %}"
        "{% if loop.index0 == 0 and system != false %}{% set content = '<<S>>\\n' + system + '\\n<</S>>\\n\\n' + message['content'] %}"
        "{% else %}{% set content = message['content'] %}{% endif %}{% if message['role'] == 'user' %}"
        "{{ bos_token + '[I] ' + content.strip() + ' [/I]' }}{% else %}{{ ' ' + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}"
    ),
    "inside-a-thought": (
        "{{ bos_token }}{%- for message in messages -%}{%- if message['role'] == 'user' -%}{{ '<u>' + message['content'] }}{%- endif -%}"
        "{%- if message['role'] == 'assistant' and message['content'] is not none -%}{%- set content = message['content'] -%}"
        "{%- if '</think>' in content -%}{%- set content = content.split('</think>')[-1] -%}{%- endif -%}"
        "{{ '<a>' + content + eos_token }}{%- endif -%}{%- endfor -%}{% if add_generation_prompt %}{{ '<a><think>\\n' }}{% endif %}"
    ),
    "constructs": """\
{%- macro turn(role, text='') %}<{{ role }}>{{ text | trim }}</{{ role }}>{% endmacro %}
{% for m in messages %}
pass {{ loop.index }}
{% if m.role == 'system' %}skipped {{ m.content|tojson }}{% continue %}{% endif %}
{% if m.role == 'user' and m.content == 'stop' %}stopped{% break %}{% endif %}
{% if m.content|length > 20 %}{% set long = true %}{% endif %}
{{ turn(m.role, text=m.content) }} {{ long }} {{ loop.last }} {{ none }} {{ m.content.split()[0] if m.content.split() else 'empty' }}
{{ m.content.strip(' !') }}|{{ m.content.lstrip() }}|{{ m['content'][::-1] }}|{{ m.content[:3] }}|{{ m | tojson(indent=2) }}
{% else %}
none
{% endfor %}
{{ [1, 'a', none, true] | tojson }} {{ {'a': 1, 'b': [1,2]} | tojson(separators=(',', ':')) }} {{ range(1, 9, 3) | list }}
{{ '' == false }} {{ 1 == true }} {{ none == unknown }} {{ [1] == [1.0] }}{{ unknown }}{{ (messages|map(attribute='role')|list)|join('/') }}
{%- set ns = namespace(n=0) %}{% for m in messages if m.role != 'system' %}{% set ns.n = ns.n + 1 %}{% endfor %}
{{ ns.n }} {{ 'x' in 'xyz' }} {{ (messages|selectattr('role', 'equalto', 'user')|list)|length }} {{ 7 // 2 }} {{ -7 % 3 if false else 'no' }}
{% for k, v in {'k': 'v'}.items() %}{{ k }}={{ v }}{% endfor %}{% for c in 'ab' %}{{ c }}.{% endfor %}{% for x in unknown %}x{% endfor %}
{% generation %}inside{% endgeneration %}
{% if add_generation_prompt %}{{ '<go>' -}}   {% endif %}
""",
}

CONVERSATIONS = [[{"role": role, "content": content} for role, content in turns] for turns in [
    [("user", "What is 2 + 2?")],
    [("system", "Be brief. "), ("user", "  What is 2 + 2?\n")],
    [("user", "Hi"), ("assistant", "Hello!"), ("user", "stop")],
    [("system", ""), ("user", "Hi"), ("assistant", "<think>\n  A thought.\n</think>\n\n  An answer. "), ("user", "And now for something longer?")],
    [("user", "q"), ("assistant", "<think>\nold\n</think>\n\none"), ("user", "r"), ("assistant", "\n<think>\nnew\n\n</think>\n\ntwo")],
    [("user", "中文 😀 e\u0301 \ufeff\u00a0"), ("assistant", "\u3000«ß» \"quoted\" \\ {{ messages }} {% if %}\t")],
    [("user", "<r>x</r>"), ("assistant", ""), ("user", "<|im_end|>\r\n<|im_start|>system\n")],
    [("assistant", "I begin."), ("system", "late"), ("user", "")],
    [("user", "a"), ("user", "b"), ("assistant", "c !")],
]]  # fmt: skip


def digest(data):
    return hashlib.sha256(data).hexdigest()[:8]


def ids_hash(ids):
    return digest(struct.pack(f"<{len(ids)}I", *ids))


def write(path, value):
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf8")


def train_tiny(corpus):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(QWEN2), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=1000, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(corpus, trainer)
    tokenizer.add_special_tokens(["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    tokenizer.add_tokens([AddedToken(t, normalized=False) for t in ("<think>", "</think>", "<tool_call>")])
    return json.loads(tokenizer.to_str())


def train_sentencepiece(corpus):
    """Llama 2's form. Trained word by word, used without: merges learnt so apply over whole texts too."""
    tokenizer = Tokenizer(models.BPE(byte_fallback=True, fuse_unk=True, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    bytes_ = [f"<0x{b:02X}>" for b in range(256)]
    trainer = trainers.BpeTrainer(
        vocab_size=800, limit_alphabet=200, special_tokens=["<unk>", "<s>", "</s>", *bytes_], show_progress=False
    )
    tokenizer.train_from_iterator(corpus, trainer)
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", 1)])
    value = json.loads(tokenizer.to_str())
    value["pre_tokenizer"] = None
    value["added_tokens"] = value["added_tokens"][:3]
    return value


def split(pattern, behavior="Isolated", invert=False):
    return {"type": "Split", "pattern": {"Regex": pattern}, "behavior": behavior, "invert": invert}


def byte_level(*before, **options):
    options = {"add_prefix_space": False, "trim_offsets": True, "use_regex": False, **options}
    return {"pre_tokenizer": {"type": "Sequence", "pretokenizers": [*before, {"type": "ByteLevel", **options}]}}


LEGACY_DEFAULT = [split(r"[\p{P}\$\+<=>\^~\|]+"), split(GPT2), split(r"\p{N}+"), split("[0-9][0-9][0-9]")]
BYTE_LEVEL_CHANGES = {
    "qwen2": {},
    "llama-bpe": {**byte_level(split(LLAMA3)), "normalizer": None, "model": {"ignore_merges": True}},
    "gpt-2": {**byte_level(use_regex=True), "normalizer": None},
    "smollm": {**byte_level({"type": "Digits", "individual_digits": True}, use_regex=True), "normalizer": None},
    "default": {**byte_level(*LEGACY_DEFAULT), "normalizer": None},
    "gpt-4o": {**byte_level(split(GPT4O, "Removed", True)), "normalizer": {"type": "NFKC"}},
    "prefixed": byte_level({"type": "Punctuation", "behavior": "Isolated"}, {"type": "Digits", "individual_digits": False}, use_regex=True, add_prefix_space=True),
}  # fmt: skip
SENTENCEPIECE_CHANGES = {
    "sentencepiece": {},
    "metaspace": {
        "normalizer": None,
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": False},
    },
    "metaspace-split": {
        "normalizer": None,
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True},
    },
}


def changed(base, change):
    value = {**base, **change}
    value["model"] = {**base["model"], **change.get("model", {})}
    return value


def encode(tokenizer, text):
    return tokenizer.encode(text, add_special_tokens=False)


def results(tokenizer, corpus):
    ids = [encode(tokenizer, text) for text in corpus]
    decode = lambda some, skip: tokenizer.decode(some, skip_special_tokens=skip, clean_up_tokenization_spaces=False)  # noqa: E731
    return {
        "ids": "".join(ids_hash(each) for each in ids),
        "decoded": "".join(digest(decode(each, False).encode()) for each in ids),
        "parts": "".join(digest(decode(each[::3], True).encode()) for each in ids),
    }


def chat_cases(tokenizer, template):
    cases = []
    with mock.patch("transformers.utils.chat_template_utils.datetime") as clock:
        clock.now.return_value = datetime(2024, 7, 4, 9, 30)
        for index, messages in enumerate(CONVERSATIONS):
            for prompt in (False, True):
                case = {"conversation": index, "addGenerationPrompt": prompt}
                try:
                    case["text"] = tokenizer.apply_chat_template(
                        messages, chat_template=template, tokenize=False, add_generation_prompt=prompt
                    )
                except Exception as thrown:
                    case["error"] = str(thrown)
                cases.append(case)
    return cases


def main(gguf_file):
    made = subprocess.run(["node", str(HERE / "corpus.ts")], capture_output=True, check=True)
    corpus = json.loads(made.stdout)

    special = {"bos_token": "<|endoftext|>", "eos_token": "<|im_end|>", "pad_token": "<|endoftext|>", "unk_token": None}
    tiny, pieces = train_tiny(corpus), train_sentencepiece(corpus)
    write(HERE / "tiny/tokenizer.json", tiny)
    write(HERE / "tiny/tokenizer_config.json", {**special, "add_bos_token": False, "chat_template": CHATML})
    write(HERE / "tiny-sentencepiece/tokenizer.json", pieces)
    write(HERE / "tiny-sentencepiece/tokenizer_config.json", {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"})

    def built(base, change, **special):
        tokenizer = Tokenizer.from_str(json.dumps(changed(base, change)))
        return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special)

    hashes = {name: {"change": change, **results(built(tiny, change, **special), corpus)} for name, change in BYTE_LEVEL_CHANGES.items()}
    roles = dict(bos_token="<s>", eos_token="</s>", unk_token="<unk>")
    for name, change in SENTENCEPIECE_CHANGES.items():
        hashes[name] = {"change": change, **results(built(pieces, change, **roles), corpus)}

    smollm2 = AutoTokenizer.from_pretrained(str(Path(gguf_file).parent), gguf_file=Path(gguf_file).name)
    plain = [ids_hash(encode(smollm2, text)) for text in corpus]
    chat = chat_cases(smollm2, smollm2.chat_template)
    smollm2.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    digits = [ids_hash(encode(smollm2, text)) for text in corpus]

    tokenizer = built(tiny, {}, **special)
    write(
        HERE / "reference.json",
        {
            "versions": {"transformers": transformers.__version__, "tokenizers": tokenizers.__version__},
            "corpus": digest("\0".join(corpus).encode()),
            "tokenizers": hashes,
            "smollm2": {
                "digits": "".join(digits),
                "plain": "".join(plain),
                "differing": sum(a != b for a, b in zip(digits, plain)),
                "chat": chat,
            },
            "conversations": CONVERSATIONS,
            "templates": {name: {"template": t, "cases": chat_cases(tokenizer, t)} for name, t in TEMPLATES.items()},
        },
    )


if __name__ == "__main__":
    main(sys.argv[1])
