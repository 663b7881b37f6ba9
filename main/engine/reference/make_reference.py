"""Writes reference.json: what PyTorch and transformers compute, for the engine's tests to be held against.

    python3 main/engine/reference/make_reference.py        (torch and transformers; a few seconds on a CPU)

LlamaForCausalLM, eager attention, float32, CPU, fixed seeds. Tensors are {"shape": [...], "data": [...]} in row-major
order, 9 significant digits (enough to give back every float32). Token lists are plain lists. Every case that trains
starts again from `weights`. `deviation` says how far these float32 numbers are from the same sums in float64: a
tolerance below it cannot be asked for.

versions            torch, transformers
config              the sizes, in the contract's words (main/contract/recipe.ts: modelConfig); tied
weights             name → tensor, Hugging Face names, Linear weights as [out, in]; the tied variant
untied.lmHead       lm_head.weight of the untied variant; its other weights are `weights`
rope                cos, sin [5, headDim] at positions 0..4; q [1,4,5,4], k [1,2,5,4] before, qRotated, kRotated after
forward             ids [3][11]; tied, untied: logits [3,11,vocab]
leftPadded          ids [3][9], mask [3][9], positions [3][9] (0 at the first real token; 1, as transformers has it, on
                    padding, which no one looks at); logits [3,9,vocab], zeros where mask is 0
packing             examples: [{ids, losses}]: losses[i] is the loss of predicting ids[i + 1], each example alone in its row
sft                 rows: [{ids, mask}], mask[i] = 1 where ids[i] is a response token, so a target; optimizer: the settings;
                    loss (mean over the masked tokens of all rows), gradNorm (before clipping), gradients, updated
                    (after one step), second: {loss, gradNorm, updated} (one more step on the same rows);
                    untied: {loss, gradNorm, gradients of embedding and head only}
grpo                temperature, rollouts: [{group, prompt, response, reward, truncated}]; advantages [8]
                    logprobs, entropies: [8][response length], of softmax(logits / T), entropy in nats; loss, gradNorm,
                    gradients, updated (one step)
                    oldLogprobs, refLogprobs [8][response length]: given, for clipHigher and kl
                    variants: drGrpo, sequenceMean, overlongInStats, overlongOutOfStats, clipHigher, kl:
                    {advantages (null: out of the loss), loss, gradNorm}; kl also has policyLoss and kl (mean k3 estimate);
                    clipHigher also has clipped (share of tokens whose clipped term is the smaller)
                    In the over-long variants rollout 3 takes no part in the loss; its reward stays as it is given.
greedy              prompts; maxNewTokens 12; tokens [3][12]: greedy continuation, left padded, no stop token
                    withEos: {eos, tokens}: the same when `eos` ends a row (rows end with it, and are not padded)
sampling            temperature, logits [4, 12]; logprobs [4, 12], entropies [4] of softmax(logits / T);
                    topP, kept [4][12]: 1 where transformers' TopPLogitsWarper keeps a token (given logits / T)
passAtK             [{n, c, k, value}]: 1 - C(n-c, k) / C(n, k)
clustered           rewards [problems][samples], other (same shape): mean, standardError: std of the problem means
                    (ddof 1) / sqrt(problems); difference: {mean, standardError} of the paired problem means
"""

import json
import math
from pathlib import Path

import numpy
import torch
import transformers
from transformers import LlamaConfig, LlamaForCausalLM
from transformers.generation.logits_process import TopPLogitsWarper
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding, apply_rotary_pos_emb

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)
transformers.logging.set_verbosity_error()

CONFIG = dict(
    vocabSize=32, hiddenSize=16, intermediateSize=24, numHiddenLayers=2, numAttentionHeads=4, numKeyValueHeads=2,
    headDim=4, ropeTheta=10000, rmsNormEps=1e-5, tieWordEmbeddings=True, maxPositionEmbeddings=64,
)
OPTIMIZER = dict(learningRate=1e-3, beta1=0.9, beta2=0.99, epsilon=1e-8, weightDecay=0.1, maxGradNorm=1.0)
PAD = 0


def llama_config(tied):
    return LlamaConfig(
        vocab_size=CONFIG["vocabSize"], hidden_size=CONFIG["hiddenSize"], intermediate_size=CONFIG["intermediateSize"],
        num_hidden_layers=CONFIG["numHiddenLayers"], num_attention_heads=CONFIG["numAttentionHeads"],
        num_key_value_heads=CONFIG["numKeyValueHeads"], head_dim=CONFIG["headDim"],
        rope_parameters=dict(rope_type="default", rope_theta=float(CONFIG["ropeTheta"])), rms_norm_eps=CONFIG["rmsNormEps"],
        max_position_embeddings=CONFIG["maxPositionEmbeddings"], tie_word_embeddings=tied, attn_implementation="eager",
        pad_token_id=PAD, bos_token_id=None, eos_token_id=None,
    )


def make_weights():
    """Random weights (std 0.3: logits that are not flat), norms around 1."""
    generator = torch.Generator().manual_seed(7)
    model = LlamaForCausalLM(llama_config(tied=False))
    weights = {}
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        weights[name] = 1 + 0.1 * noise if "norm" in name else 0.3 * noise
    return weights


WEIGHTS = make_weights()


def make_model(tied=True, dtype=torch.float32):
    model = LlamaForCausalLM(llama_config(tied))
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(WEIGHTS[name])
    assert model.config._attn_implementation == "eager"
    return model.to(dtype).train()


def tokens(generator, length):
    """Ids without the padding id."""
    return torch.randint(2, CONFIG["vocabSize"], (length,), generator=generator).tolist()


def pad_rows(rows, left=False):
    """ids, mask, positions of rows of different lengths; positions as transformers makes them from the mask."""
    width = max(len(row) for row in rows)
    ids, mask = [], []
    for row in rows:
        gap = width - len(row)
        ids.append([PAD] * gap + row if left else row + [PAD] * gap)
        mask.append([0] * gap + [1] * len(row) if left else [1] * len(row) + [0] * gap)
    mask = torch.tensor(mask)
    positions = (mask.cumsum(-1) - 1).masked_fill(mask == 0, 1)
    return torch.tensor(ids), mask, positions


def logits_of(model, rows):
    """Logits of each row on its own positions, padding cut off."""
    ids, mask, positions = pad_rows(rows)
    logits = model(input_ids=ids, attention_mask=mask, position_ids=positions).logits
    return [logits[i, : len(row)] for i, row in enumerate(rows)]


def token_logprobs(logits, ids, temperature=1.0):
    """log p(ids[i + 1] | ids[..i]) and the entropy there."""
    logprobs = torch.log_softmax(logits[:-1] / temperature, -1)
    chosen = logprobs.gather(-1, torch.tensor(ids[1:])[:, None])[:, 0]
    return chosen, -(logprobs.exp() * logprobs).sum(-1)


def make_optimizer(model):
    matrices = [p for p in model.parameters() if p.dim() >= 2]
    vectors = [p for p in model.parameters() if p.dim() < 2]
    return torch.optim.AdamW(
        [dict(params=matrices, weight_decay=OPTIMIZER["weightDecay"]), dict(params=vectors, weight_decay=0.0)],
        lr=OPTIMIZER["learningRate"], betas=(OPTIMIZER["beta1"], OPTIMIZER["beta2"]), eps=OPTIMIZER["epsilon"],
    )


def backward(model, loss):
    """Gradients by name and their global norm before clipping; leaves the clipped ones in place."""
    model.zero_grad()
    loss.backward()
    gradients = {name: p.grad.clone() for name, p in model.named_parameters()}
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), OPTIMIZER["maxGradNorm"])
    return gradients, norm.item()


def parameters_of(model):
    return {name: p.detach().clone() for name, p in model.named_parameters()}


def rope():
    generator = torch.Generator().manual_seed(11)
    rotary = LlamaRotaryEmbedding(llama_config(tied=True))
    heads, kv_heads, dim = CONFIG["numAttentionHeads"], CONFIG["numKeyValueHeads"], CONFIG["headDim"]
    q = torch.randn((1, heads, 5, dim), generator=generator)
    k = torch.randn((1, kv_heads, 5, dim), generator=generator)
    cos, sin = rotary(q, torch.arange(5)[None])
    q_rotated, k_rotated = apply_rotary_pos_emb(q, k, cos, sin)
    return dict(cos=cos[0], sin=sin[0], q=q, k=k, qRotated=q_rotated, kRotated=k_rotated)


def forward(dtype):
    generator = torch.Generator().manual_seed(12)
    ids = torch.randint(0, CONFIG["vocabSize"], (3, 11), generator=generator)
    return dict(
        ids=ids.tolist(),
        tied=make_model(True, dtype)(input_ids=ids).logits.detach(),
        untied=make_model(False, dtype)(input_ids=ids).logits.detach(),
    )


def left_padded():
    generator = torch.Generator().manual_seed(13)
    ids, mask, positions = pad_rows([tokens(generator, n) for n in (9, 4, 6)], left=True)
    logits = make_model()(input_ids=ids, attention_mask=mask, position_ids=positions).logits.detach()
    return dict(ids=ids.tolist(), mask=mask.tolist(), positions=positions.tolist(), logits=logits.masked_fill(mask[..., None] == 0, 0.0))


def packing(dtype):
    generator = torch.Generator().manual_seed(14)
    model = make_model(True, dtype)
    examples = []
    for length in (7, 4, 9):
        ids = tokens(generator, length)
        logprobs, _ = token_logprobs(logits_of(model, [ids])[0], ids)
        examples.append(dict(ids=ids, losses=(-logprobs).tolist()))
    return dict(examples=examples)


def sft_loss(model, rows):
    losses = []
    for row, logits in zip(rows, logits_of(model, [row["ids"] for row in rows])):
        logprobs, _ = token_logprobs(logits, row["ids"])
        losses.append(-logprobs[torch.tensor(row["mask"][1:]) == 1])
    return torch.cat(losses).mean()


def sft(dtype):
    generator = torch.Generator().manual_seed(15)
    rows = []
    for prompt, response in ((4, 7), (3, 5), (2, 4), (5, 4)):
        rows.append(dict(ids=tokens(generator, prompt + response), mask=[0] * prompt + [1] * response))
    model = make_model(True, dtype)
    optimizer = make_optimizer(model)
    loss = sft_loss(model, rows)
    gradients, norm = backward(model, loss)
    optimizer.step()
    updated = parameters_of(model)
    second_loss = sft_loss(model, rows)
    _, second_norm = backward(model, second_loss)
    optimizer.step()
    second = dict(loss=second_loss.item(), gradNorm=second_norm, updated=parameters_of(model))

    untied = make_model(False, dtype)
    untied_loss = sft_loss(untied, rows)
    untied_gradients, untied_norm = backward(untied, untied_loss)
    ends = {name: untied_gradients[name] for name in ("model.embed_tokens.weight", "lm_head.weight")}
    return dict(
        rows=rows, optimizer=OPTIMIZER, loss=loss.item(), gradNorm=norm, gradients=gradients, updated=updated, second=second,
        untied=dict(loss=untied_loss.item(), gradNorm=untied_norm, gradients=ends),
    )


def group_advantages(rollouts, use_std=True, in_stats=lambda rollout: True):
    """(reward - mean) / (std + 1e-6), sample std, over the group's rollouts that count in its statistics."""
    advantages = []
    for rollout in rollouts:
        rewards = torch.tensor(
            [other["reward"] for other in rollouts if other["group"] == rollout["group"] and in_stats(other)], dtype=torch.float64
        )
        advantage = rollout["reward"] - rewards.mean()
        advantages.append((advantage / (rewards.std(correction=1) + 1e-6) if use_std else advantage).item())
    return advantages


def response_terms(model, rollouts, temperature):
    rows = [rollout["prompt"] + rollout["response"] for rollout in rollouts]
    logprobs, entropies = [], []
    for rollout, row, logits in zip(rollouts, rows, logits_of(model, rows)):
        chosen, entropy = token_logprobs(logits, row, temperature)
        start = len(rollout["prompt"]) - 1
        logprobs.append(chosen[start:])
        entropies.append(entropy[start:].detach())
    return logprobs, entropies


def policy_loss(logprobs, advantages, old=None, clip=None, ref=None, kl=0.0, sequence_mean=False):
    """PPO's clipped surrogate; on-policy (old = None) its ratio is 1 and its gradient REINFORCE's. k3 KL estimate."""
    losses, kls, clipped = [], [], []
    for i, current in enumerate(logprobs):
        if advantages[i] is None:
            continue
        before = current.detach() if old is None else torch.tensor(old[i], dtype=current.dtype)
        ratio = (current - before).exp()
        surrogate = ratio * advantages[i]
        if clip is not None:
            bounded = ratio.clamp(1 - clip[0], 1 + clip[1]) * advantages[i]
            clipped.append((bounded < surrogate).double())
            surrogate = torch.minimum(surrogate, bounded)
        loss = -surrogate
        if ref is not None:
            gap = torch.tensor(ref[i], dtype=current.dtype) - current
            estimate = gap.exp() - gap - 1
            kls.append(estimate.detach())
            loss = loss + kl * estimate
        losses.append(loss)
    total = torch.stack([loss.mean() for loss in losses]).mean() if sequence_mean else torch.cat(losses).mean()
    return total, kls, clipped


def grpo(dtype):
    generator = torch.Generator().manual_seed(16)
    temperature = 0.85
    prompts = [tokens(generator, 5), tokens(generator, 3)]
    lengths = [[6, 3, 4, 7], [5, 8, 2, 4]]
    rewards = [[1, 0, 0, 1], [0, 0, 0, 1]]
    rollouts = [
        dict(group=g, prompt=prompts[g], response=tokens(generator, lengths[g][i]), reward=rewards[g][i], truncated=(g, i) == (0, 3))
        for g in range(2)
        for i in range(4)
    ]
    perturb = lambda row, scale: [round(x + scale * torch.randn((), generator=generator).item(), 6) for x in row]
    # Fixed numbers near the float32 log-probs, the same whatever dtype this runs in.
    with torch.no_grad():
        base, _ = response_terms(make_model(True), rollouts, temperature)
    old = [perturb(row.tolist(), 0.3) for row in base]
    ref = [perturb(row.tolist(), 0.3) for row in base]

    def case(advantages, **options):
        model = make_model(True, dtype)
        logprobs, entropies = response_terms(model, rollouts, temperature)
        loss, kls, clipped = policy_loss(logprobs, advantages, **options)
        gradients, norm = backward(model, loss)
        return dict(model=model, logprobs=logprobs, entropies=entropies, loss=loss.item(), gradients=gradients, gradNorm=norm,
                    kls=kls, clipped=clipped)

    def variant(advantages, **options):
        result = case(advantages, **options)
        return dict(advantages=advantages, loss=result["loss"], gradNorm=result["gradNorm"]), result

    advantages = group_advantages(rollouts)
    main = case(advantages)
    make_optimizer(main["model"]).step()
    kept = lambda rollout: not rollout["truncated"]
    drop = lambda values: [value if kept(rollout) else None for value, rollout in zip(values, rollouts)]

    variants = {}
    variants["drGrpo"], _ = variant(group_advantages(rollouts, use_std=False))
    variants["sequenceMean"], _ = variant(advantages, sequence_mean=True)
    variants["overlongInStats"], _ = variant(drop(advantages))
    variants["overlongOutOfStats"], _ = variant(drop(group_advantages(rollouts, in_stats=kept)))
    variants["clipHigher"], result = variant(advantages, old=old, clip=(0.2, 0.28))
    variants["clipHigher"] |= dict(clipLow=0.2, clipHigh=0.28, clipped=torch.cat(result["clipped"]).mean().item())
    assert 0 < variants["clipHigher"]["clipped"] < 1
    variants["kl"], result = variant(advantages, ref=ref, kl=0.05)
    variants["kl"] |= dict(coefficient=0.05, policyLoss=main["loss"], kl=torch.cat(result["kls"]).mean().item())

    return dict(
        temperature=temperature, rollouts=rollouts, advantages=advantages,
        logprobs=[row.tolist() for row in main["logprobs"]], entropies=[row.tolist() for row in main["entropies"]],
        loss=main["loss"], gradNorm=main["gradNorm"], gradients=main["gradients"], updated=parameters_of(main["model"]),
        oldLogprobs=old, refLogprobs=ref, variants=variants,
    )


def greedy():
    generator = torch.Generator().manual_seed(18)
    prompts = [tokens(generator, n) for n in (6, 3, 5)]
    ids, mask, _ = pad_rows(prompts, left=True)
    model = make_model(True).eval()
    options = dict(attention_mask=mask, do_sample=False, max_new_tokens=12, pad_token_id=PAD)
    free = model.generate(ids, eos_token_id=None, **options)[:, ids.shape[1]:].tolist()
    # A stop token that ends one row early and, where it can be, leaves another whole.
    eos = next(t for t in free[1][2:] if t not in free[1][:2] and (t not in free[0] or t not in free[2]))
    stopped = model.generate(ids, eos_token_id=eos, **options)[:, ids.shape[1]:].tolist()
    cut = [row[: row.index(eos) + 1] if eos in row else row for row in stopped]
    assert len(set(map(len, cut))) > 1
    # Argmax must not hang on rounding: the two best logits of every step are well apart.
    margin = math.inf
    for prompt, row in zip(prompts, free):
        logits = logits_of(model, [prompt + row])[0][len(prompt) - 1 : -1]
        best = logits.topk(2).values
        margin = min(margin, (best[:, 0] - best[:, 1]).min().item())
    assert margin > 1e-3, margin
    return dict(prompts=prompts, maxNewTokens=12, tokens=free, smallestMargin=margin, withEos=dict(eos=eos, tokens=cut))


def sampling():
    generator = torch.Generator().manual_seed(20)
    temperature, top_p = 0.6, 0.9
    logits = 1.5 * torch.randn((4, 12), generator=generator)
    scaled = logits / temperature
    logprobs = torch.log_softmax(scaled, -1)
    kept = TopPLogitsWarper(top_p)(None, scaled.clone()) > -math.inf
    return dict(temperature=temperature, topP=top_p, logits=logits, logprobs=logprobs,
                entropies=(-(logprobs.exp() * logprobs).sum(-1)).tolist(), kept=kept.long().tolist())


def pass_at_k():
    cases = [(8, 0, 1), (8, 3, 1), (8, 3, 4), (8, 8, 8), (16, 1, 8), (16, 5, 3), (64, 2, 32), (256, 7, 64), (256, 250, 8), (1024, 3, 512)]
    return [dict(n=n, c=c, k=k, value=1 - math.comb(n - c, k) / math.comb(n, k)) for n, c, k in cases]


def clustered():
    random = numpy.random.default_rng(19)
    rates = random.uniform(0, 1, 7)
    rewards = (random.uniform(size=(7, 4)) < rates[:, None]).astype(int)
    other = (random.uniform(size=(7, 4)) < numpy.clip(rates + 0.15, 0, 1)[:, None]).astype(int)
    error = lambda means: float(means.std(ddof=1) / math.sqrt(len(means)))
    means, difference = rewards.mean(1), other.mean(1) - rewards.mean(1)
    return dict(rewards=rewards.tolist(), other=other.tolist(), mean=float(means.mean()), standardError=error(means),
                difference=dict(mean=float(difference.mean()), standardError=error(difference)))


def training(dtype):
    return dict(forward=forward(dtype), packing=packing(dtype), sft=sft(dtype), grpo=grpo(dtype))


def largest_difference(a, b):
    if isinstance(a, torch.Tensor):
        return (a.double() - b.double()).abs().max().item()
    if isinstance(a, dict):
        return max((largest_difference(a[key], b[key]) for key in a), default=0.0)
    if isinstance(a, list):
        return max((largest_difference(x, y) for x, y in zip(a, b)), default=0.0)
    return abs(a - b) if isinstance(a, float) else 0.0


def plain(value):
    """Tensors to {shape, data}; floats to 9 significant digits."""
    if isinstance(value, torch.Tensor):
        return dict(shape=list(value.shape), data=plain(value.detach().float().reshape(-1).tolist()))
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    if isinstance(value, float):
        return float(f"{value:.9g}")
    return value


def main():
    measured, exact = training(torch.float32), training(torch.float64)
    weights = {name: tensor for name, tensor in WEIGHTS.items() if name != "lm_head.weight"}
    reference = dict(
        versions=dict(torch=torch.__version__, transformers=transformers.__version__),
        config=CONFIG, weights=weights, untied=dict(lmHead=WEIGHTS["lm_head.weight"]), rope=rope(), leftPadded=left_padded(), **measured,
        greedy=greedy(), sampling=sampling(), passAtK=pass_at_k(), clustered=clustered(),
        deviation={key: largest_difference(measured[key], exact[key]) for key in measured},
    )
    path = Path(__file__).with_name("reference.json")
    path.write_text(json.dumps(plain(reference), allow_nan=False, separators=(",", ":")) + "\n")
    print(f"{path.name}: {path.stat().st_size / 1e3:.0f} kB, deviation from float64 {plain(reference['deviation'])}")


if __name__ == "__main__":
    main()
