"""Writes small random Llamas with what transformers and torch say of them: the learner's golden vectors.

Run:  "$(tools/golden/environment.sh)" tools/golden/transformers_llama.py
Each case becomes a directory below rlhf-learner/src/test/resources/golden with a model directory's files, case.json (rows,
coefficients, settings) and expected.safetensors (logits, losses, gradients and weights after three steps by name).
"""

import json
import pathlib

import torch
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM, LlamaForSequenceClassification

ROOT = pathlib.Path(__file__).resolve().parents[2] / "rlhf-learner/src/test/resources/golden"
SHAPE = dict(
    vocab_size=37,
    hidden_size=24,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    head_dim=10,
    intermediate_size=40,
    max_position_embeddings=32,
    pad_token_id=0,
    attn_implementation="eager",
)
TEMPERATURE = 0.7
ADAMW = dict(lr=1e-2, betas=(0.9, 0.95), eps=1e-8, weight_decay=0.1)
MAX_NORM = 0.5


def randomise(model):
    """Draws every weight wide enough that a mistake in any of them shows."""
    with torch.no_grad():
        for parameter in model.parameters():
            offset = 1.0 if parameter.dim() == 1 else 0.0
            parameter.copy_(offset + 0.2 * torch.randn_like(parameter))


def draw_rows(vocabulary):
    """Ragged rows: (tokens, prompt length)."""
    return [
        ([int(t) for t in torch.randint(1, vocabulary, (length,))], prompt)
        for length, prompt in [(9, 3), (5, 1), (12, 7), (6, 5)]
    ]


def pad(rows):
    longest = max(len(tokens) for tokens, _ in rows)
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for i, (tokens, _) in enumerate(rows):
        ids[i, : len(tokens)] = torch.tensor(tokens)
        mask[i, : len(tokens)] = 1
    return ids, mask


def response_logits(model, rows):
    """Logits that predict each response token, [N, V], and the tokens, [N]."""
    ids, mask = pad(rows)
    logits = model(input_ids=ids, attention_mask=mask).logits
    picked, targets = [], []
    for i, (tokens, prompt) in enumerate(rows):
        picked.append(logits[i, prompt - 1 : len(tokens) - 1])
        targets.extend(tokens[prompt:])
    return torch.cat(picked), torch.tensor(targets)


def gradients(model, loss, prefix):
    model.zero_grad()
    loss.backward()
    return {prefix + name: p.grad.clone().contiguous() for name, p in model.named_parameters()}


def per_row(values, rows):
    return [[float(x) for x in part] for part in values.split([len(t) - p for t, p in rows])]


def write(name, model, case, expected):
    directory = ROOT / name
    model.save_pretrained(directory)
    (directory / "generation_config.json").unlink(missing_ok=True)
    (directory / "case.json").write_text(json.dumps(case))
    save_file({k: v.detach().clone().contiguous() for k, v in expected.items()}, directory / "expected.safetensors")


def language_model(name, seed, **shape):
    torch.manual_seed(seed)
    model = LlamaForCausalLM(LlamaConfig(**{**SHAPE, **shape}))
    randomise(model)
    rows = draw_rows(SHAPE["vocab_size"])
    count = sum(len(t) - p for t, p in rows)
    by_log_prob, by_entropy = torch.randn(count), torch.randn(count)

    logits, targets = response_logits(model, rows)
    loss = torch.nn.functional.cross_entropy(logits, targets)
    expected = {"logits": logits, "loss": loss.reshape(1), **gradients(model, loss, "loss.")}

    logits, targets = response_logits(model, rows)
    logs = torch.log_softmax(logits / TEMPERATURE, -1)
    chosen = logs.gather(1, targets[:, None])[:, 0]
    entropy = -(logs.exp() * logs).sum(-1)
    mixed = (by_log_prob * chosen + by_entropy * entropy).sum()
    expected |= {"log_probs": chosen, "entropies": entropy, **gradients(model, mixed, "mixed.")}

    case = {
        "rows": [{"tokens": t, "prompt": p} for t, p in rows],
        "temperature": TEMPERATURE,
        "by_log_prob": per_row(by_log_prob, rows),
        "by_entropy": per_row(by_entropy, rows),
        "adamw": {**ADAMW, "max_norm": MAX_NORM, "steps": 3},
    }
    directory_model = LlamaForCausalLM(model.config)
    directory_model.load_state_dict(model.state_dict())
    optimiser = torch.optim.AdamW(
        [
            {"params": [p for p in model.parameters() if p.dim() > 1]},
            {"params": [p for p in model.parameters() if p.dim() == 1], "weight_decay": 0.0},
        ],
        **ADAMW,
        fused=True,
    )
    norms = []
    for _ in range(case["adamw"]["steps"]):
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(*response_logits(model, rows)).backward()
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), MAX_NORM))
        optimiser.step()
    expected |= {"norms": torch.stack(norms)}
    expected |= {"after." + n: p for n, p in model.named_parameters()}
    write(name, directory_model, case, expected)


def reward_model(name, seed):
    torch.manual_seed(seed)
    model = LlamaForSequenceClassification(LlamaConfig(**SHAPE, num_labels=1))
    randomise(model)
    rows = draw_rows(SHAPE["vocab_size"])
    ids, mask = pad(rows)
    scores = model(input_ids=ids, attention_mask=mask).logits[:, 0]
    by_value = torch.randn(len(rows))
    expected = {"scores": scores, **gradients(model, (by_value * scores).sum(), "loss.")}
    case = {
        "rows": [{"tokens": t, "prompt": p} for t, p in rows],
        "by_value": [[float(x)] for x in by_value],
    }
    write(name, model, case, expected)


if __name__ == "__main__":
    language_model("untied", 1, rope_parameters={"rope_type": "default", "rope_theta": 50_000.0})
    language_model("tied", 2, tie_word_embeddings=True, num_key_value_heads=1)
    language_model("ungrouped", 3, num_key_value_heads=4, head_dim=6)
    reward_model("reward", 4)
