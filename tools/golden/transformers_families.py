"""Writes small random models of each family with what transformers says of them: the golden vectors of the model families.

Run:  "$(tools/golden/environment.sh)" tools/golden/transformers_families.py [NAME...]
Each case becomes a directory below rlhf-learner/src/test/resources/golden/families with a model directory's files, case.json
(rows, greedy continuations of some prompts) and expected.safetensors (logits, log-probs, loss, gradients by name). Where a
config4.json lies beside config.json, it says the same in the spelling of transformers 4.

A case names what must matter: each is a change of its config that has to move the logits, or the case would prove nothing of it.
"""

import json
import logging
import pathlib
import sys
import tempfile

import torch
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSequenceClassification

ROOT = pathlib.Path(__file__).resolve().parents[2] / "rlhf-learner/src/test/resources/golden/families"
VOCABULARY = 37
NEW_TOKENS = 16
MARGIN = 1e-2  # of the best logit over the next in greedy continuations, so that rounding turns none
ROWS = [(9, 3), (5, 1), (17, 7), (6, 5)]  # length, prompt
PROMPTS = [3, 8, 1]
SHAPE = dict(
    vocab_size=VOCABULARY,
    hidden_size=24,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    intermediate_size=40,
    max_position_embeddings=64,
    pad_token_id=0,
    bos_token_id=None,
    eos_token_id=None,
)
LLAMA3 = dict(
    rope_type="llama3",
    rope_theta=10_000.0,
    factor=8.0,
    low_freq_factor=1.0,
    high_freq_factor=4.0,
    original_max_position_embeddings=16,
)
YARN = dict(
    rope_type="yarn",
    rope_theta=10_000.0,
    factor=4.0,
    beta_fast=4.0,
    beta_slow=0.25,
    original_max_position_embeddings=16,
)
PLAIN = dict(rope_type="default", rope_theta=10_000.0)
SHORT = [1.0, 1.3, 1.7]
LONG = [2.0, 5.0, 9.0]
GEMMA = dict(
    attention_bias=False,
    attn_logit_softcapping=None,
    final_logit_softcapping=None,
    head_dim=8,
    query_pre_attn_scalar=13,
    sliding_window=5,
)
GEMMA3_ROPE = {
    "full_attention": dict(rope_type="linear", rope_theta=1_000_000.0, factor=4.0),
    "sliding_attention": dict(rope_type="default", rope_theta=10_000.0),
}
GPT2 = dict(
    vocab_size=VOCABULARY, n_embd=24, n_layer=2, n_head=4, n_positions=64, bos_token_id=None, eos_token_id=None
)
NEOX = dict(attention_bias=True, num_key_value_heads=None, rope_parameters=PLAIN | dict(partial_rotary_factor=0.34))

# name: model type, seed, config, what must matter
CASES = {
    "llama3": ("llama", 1, dict(rope_parameters=LLAMA3, head_dim=10), [dict(rope_parameters=PLAIN)]),
    "llama_linear": (
        "llama",
        2,
        dict(rope_parameters=dict(rope_type="linear", rope_theta=20_000.0, factor=2.5)),
        [dict(rope_parameters=PLAIN | dict(rope_theta=20_000.0))],
    ),
    # Within max_position_embeddings it is plain.
    "llama_dynamic": (
        "llama",
        3,
        dict(rope_parameters=dict(rope_type="dynamic", rope_theta=20_000.0, factor=4.0)),
        [dict(rope_parameters=dict(rope_type="linear", rope_theta=20_000.0, factor=4.0))],
    ),
    "llama_yarn": (
        "llama",
        4,
        dict(rope_parameters=YARN, head_dim=8),
        [dict(rope_parameters=PLAIN), dict(rope_parameters=YARN | dict(attention_factor=1.0))],
    ),
    "llama_bias": (
        "llama",
        5,
        dict(attention_bias=True, mlp_bias=True, tie_word_embeddings=True),
        [dict(attention_bias=False), dict(mlp_bias=False)],
    ),
    "mistral": ("mistral", 6, dict(sliding_window=5, head_dim=8), [dict(sliding_window=None)]),
    "qwen2": ("qwen2", 7, dict(tie_word_embeddings=True), []),
    "qwen2_sliding": (
        "qwen2",
        8,
        dict(use_sliding_window=True, sliding_window=4, max_window_layers=1, num_hidden_layers=3),
        [dict(use_sliding_window=False, layer_types=None), dict(layer_types=["sliding_attention"] * 3)],
    ),
    "qwen3": ("qwen3", 9, dict(head_dim=10, rope_parameters=PLAIN | dict(rope_theta=1_000_000.0)), []),
    "gemma2": (
        "gemma2",
        10,
        GEMMA | dict(attn_logit_softcapping=2.0, final_logit_softcapping=3.0, rope_parameters=PLAIN),
        [
            dict(attn_logit_softcapping=None),
            dict(final_logit_softcapping=None),
            dict(query_pre_attn_scalar=8),
            dict(layer_types=["full_attention"] * 2),
        ],
    ),
    "gemma3_text": (
        "gemma3_text",
        11,
        GEMMA
        | dict(
            num_hidden_layers=4,
            hidden_size=16,
            intermediate_size=24,
            num_attention_heads=2,
            num_key_value_heads=1,
            layer_types=["sliding_attention"] * 3 + ["full_attention"],
            rope_parameters=GEMMA3_ROPE,
        ),
        [
            dict(query_pre_attn_scalar=8),
            dict(layer_types=["sliding_attention"] * 4),
            dict(layer_types=["full_attention"] * 4),
            dict(rope_parameters=GEMMA3_ROPE | {"full_attention": PLAIN | dict(rope_theta=1_000_000.0)}),
            dict(rope_parameters=GEMMA3_ROPE | {"sliding_attention": PLAIN | dict(rope_theta=1_000_000.0)}),
        ],
    ),
    "smollm3": (
        "smollm3",
        12,
        dict(num_hidden_layers=3, no_rope_layers=[1, 0, 1], rope_parameters=PLAIN | dict(rope_theta=2_000_000.0)),
        [dict(no_rope_layers=[1, 1, 1])],
    ),
    # Rows stay within the original context, where the short factors count.
    "phi3": (
        "phi3",
        13,
        dict(
            sliding_window=7,
            original_max_position_embeddings=32,
            rope_parameters=dict(rope_type="longrope", rope_theta=10_000.0, short_factor=SHORT, long_factor=LONG),
        ),
        [
            dict(sliding_window=None),
            dict(rope_parameters=PLAIN),
            dict(
                rope_parameters=dict(
                    rope_type="longrope",
                    rope_theta=10_000.0,
                    short_factor=SHORT,
                    long_factor=LONG,
                    attention_factor=1.0,
                )
            ),
        ],
    ),
    "phi4": (
        "phi3",
        14,
        dict(
            hidden_size=32,
            tie_word_embeddings=True,
            original_max_position_embeddings=32,
            rope_parameters=dict(
                rope_type="longrope",
                rope_theta=10_000.0,
                partial_rotary_factor=0.75,
                short_factor=SHORT,
                long_factor=LONG,
            ),
        ),
        [dict(rope_parameters=PLAIN | dict(partial_rotary_factor=0.75))],
    ),
    "olmo2": ("olmo2", 15, dict(rope_parameters=PLAIN | dict(rope_theta=500_000.0)), []),
    "gpt2": ("gpt2", 16, dict(n_inner=40), []),
    "gpt_neox": ("gpt_neox", 17, NEOX | dict(use_parallel_residual=True), [dict(use_parallel_residual=False)]),
    "gpt_neox_sequential": (
        "gpt_neox",
        18,
        NEOX | dict(use_parallel_residual=False, rope_parameters=PLAIN | dict(partial_rotary_factor=1.0)),
        [dict(use_parallel_residual=True), dict(rope_parameters=PLAIN | dict(partial_rotary_factor=0.34))],
    ),
    "qwen3_reward": ("qwen3", 19, dict(head_dim=10, num_labels=1), []),
}
# What transformers 5 writes (removed), and what transformers 4 wrote in its place.
OLDER = {
    "llama3": (
        ["rope_parameters"],
        dict(
            rope_theta=LLAMA3["rope_theta"],
            rope_scaling={name: value for name, value in LLAMA3.items() if name != "rope_theta"},
        ),
    ),
    "qwen2_sliding": (["rope_parameters", "layer_types"], dict(rope_theta=10_000.0, rope_scaling=None)),
    "gemma3_text": (
        ["rope_parameters", "layer_types"],
        dict(
            rope_theta=1_000_000.0,
            rope_local_base_freq=10_000.0,
            rope_scaling=dict(rope_type="linear", factor=4.0),
            sliding_window_pattern=4,
        ),
    ),
    "phi4": (
        ["rope_parameters"],
        dict(
            rope_theta=10_000.0,
            partial_rotary_factor=0.75,
            rope_scaling=dict(type="longrope", short_factor=SHORT, long_factor=LONG),
        ),
    ),
    "gpt_neox": (["rope_parameters"], dict(rotary_pct=0.34, rotary_emb_base=10_000, rope_scaling=None)),
}


def randomise(model):
    """Draws every weight wide enough that a mistake in any of them shows.

    Gains lie around 1; Gemma's, to which 1 is added, around 0.
    """
    gemma = model.config.model_type.startswith("gemma")
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            gain = parameter.dim() == 1 and not name.endswith("bias") and not gemma
            parameter.copy_((1.0 if gain else 0.0) + 0.25 * torch.randn_like(parameter))
    return model.eval()


def make(model_type, shape, scorer=False):
    sizes = GPT2 if model_type == "gpt2" else SHAPE
    keys = {name: value for name, value in (sizes | shape).items() if name != "num_key_value_heads" or value}
    config = AutoConfig.for_model(model_type, **json.loads(json.dumps(keys)))
    auto = AutoModelForSequenceClassification if scorer else AutoModelForCausalLM
    return auto.from_config(config, attn_implementation="eager", dtype=torch.float32)


def draw_tokens(length):
    return [int(t) for t in torch.randint(1, VOCABULARY, (length,))]


def logits_of(model, tokens):
    """[S, V]; each row alone, so that nothing is padded."""
    return model(input_ids=torch.tensor([tokens]), use_cache=False).logits[0]


def response_logits(model, rows):
    """Logits that predict each response token, [N, V], and the tokens, [N]."""
    logits = [logits_of(model, tokens)[prompt - 1 : -1] for tokens, prompt in rows]
    return torch.cat(logits), torch.tensor([token for tokens, prompt in rows for token in tokens[prompt:]])


def greedy(model, prompt):
    """The likeliest tokens one after the other, without a cache; None when two were about as likely."""
    tokens = list(prompt)
    with torch.no_grad():
        for _ in range(NEW_TOKENS):
            best = logits_of(model, tokens)[-1].topk(2)
            if best.values[0] - best.values[1] < MARGIN:
                return None
            tokens.append(int(best.indices[0]))
    return tokens[len(prompt) :]


def greedy_cases(model):
    cases = []
    for length in PROMPTS:
        tokens = None
        while tokens is None:
            prompt = draw_tokens(length)
            tokens = greedy(model, prompt)
        cases.append({"prompt": prompt, "tokens": tokens})
    return cases


def gradients(model, loss):
    loss.backward()
    return {"loss." + name: parameter.grad for name, parameter in model.named_parameters()}


def check_what_matters(name, model_type, shape, changes, model, rows, logits):
    for change in changes:
        other = make(model_type, shape | change)
        other.load_state_dict(model.state_dict(), strict=False)
        with torch.no_grad():
            apart = (response_logits(other.eval(), rows)[0] - logits).norm() / logits.norm()
        if apart < 1e-2:
            sys.exit(f"{name}: {change} moves the logits by {apart:.1e} only")


def write(name, model, case, expected):
    directory = ROOT / name
    model.save_pretrained(directory)
    (directory / "generation_config.json").unlink(missing_ok=True)
    (directory / "case.json").write_text(json.dumps(case))
    save_file({k: v.detach().clone().contiguous() for k, v in expected.items()}, directory / "expected.safetensors")


def write_older(name, model, rows):
    """config4.json, after making sure that transformers finds the same in it."""
    removed, added = OLDER[name]
    config = json.loads((ROOT / name / "config.json").read_text())
    config["torch_dtype"] = config.pop("dtype")
    config = {key: value for key, value in config.items() if key not in removed} | added
    config["transformers_version"] = "4.53.0"
    text = json.dumps(config, indent=2, sort_keys=True) + "\n"
    (ROOT / name / "config4.json").write_text(text)
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "config.json").write_text(text)
        read = AutoConfig.from_pretrained(folder)
    other = AutoModelForCausalLM.from_config(read, attn_implementation="eager", dtype=torch.float32)
    other.load_state_dict(model.state_dict())
    with torch.no_grad():
        assert torch.equal(response_logits(other.eval(), rows)[0], response_logits(model, rows)[0]), name


def language_model(name, model_type, seed, shape, changes):
    torch.manual_seed(seed)
    model = randomise(make(model_type, shape))
    rows = [(draw_tokens(length), prompt) for length, prompt in ROWS]
    logits, targets = response_logits(model, rows)
    check_what_matters(name, model_type, shape, changes, model, rows, logits.detach())
    loss = torch.nn.functional.cross_entropy(logits, targets)
    log_probs = torch.log_softmax(logits, -1).gather(1, targets[:, None])[:, 0]
    expected = {"logits": logits, "log_probs": log_probs, "loss": loss.reshape(1), **gradients(model, loss)}
    case = {
        "rows": [{"tokens": tokens, "prompt": prompt} for tokens, prompt in rows],
        "temperature": 1.0,
        "greedy": greedy_cases(model),
    }
    write(name, model, case, expected)
    if name in OLDER:
        write_older(name, model, rows)


def reward_model(name, model_type, seed, shape, _):
    torch.manual_seed(seed)
    model = randomise(make(model_type, shape, scorer=True))
    rows = [(draw_tokens(length), prompt) for length, prompt in ROWS]
    scores = torch.stack([logits_of(model, tokens)[0] for tokens, _ in rows])
    by_value = torch.randn(len(rows))
    expected = {"scores": scores, **gradients(model, (by_value * scores).sum())}
    case = {
        "rows": [{"tokens": tokens, "prompt": prompt} for tokens, prompt in rows],
        "by_value": [[float(x)] for x in by_value],
    }
    write(name, model, case, expected)


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    torch.set_num_threads(1)
    for each in sys.argv[1:] or CASES:
        (reward_model if each.endswith("_reward") else language_model)(each, *CASES[each])
        print(each)
