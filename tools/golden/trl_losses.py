"""Losses computed by TRL's own trainers, whose methods run on stand-ins for trainer and model.

A stand-in has only what the method reads. Rows masked as a whole are left out: TRL counts them in some denominators, this
project in none (see field notes on aggregation: huggingface/trl#6365).
"""

import collections
import types

import torch
from trl import DPOTrainer, GRPOTrainer, KTOTrainer, RewardTrainer, RLOOTrainer, SFTTrainer

from batches import padded

EMPTY = torch.zeros(1, 1, dtype=torch.long)


def trainer(**fields):
    accelerator = types.SimpleNamespace(
        num_processes=1,
        sync_gradients=False,
        parallelism_config=None,
        device="cpu",
        reduce=lambda x, reduction: x,
        gather=lambda x: x,
        gather_for_metrics=lambda x: x,
    )
    return types.SimpleNamespace(
        accelerator=accelerator,
        model=types.SimpleNamespace(training=True),
        current_gradient_accumulation_steps=1,
        aux_loss_enabled=False,
        _metrics={"train": collections.defaultdict(list)},
        _total_train_tokens=0,
        _tp_size=1,
        **fields,
    )


def on_policy_rows(batch, rows, log_probs, entropies):
    """A trainer's fields and inputs for methods that read responses."""
    width = log_probs.size(1)
    fields = {"_get_per_token_logps_and_entropies": lambda *_, **__: (log_probs, entropies, None)}
    inputs = {
        "prompt_ids": EMPTY.expand(len(rows), 1),
        "prompt_mask": EMPTY.expand(len(rows), 1),
        "completion_ids": EMPTY.expand(len(rows), width),
        "completion_mask": padded(batch.mask, rows),
    }
    return fields, inputs


def grpo(
    batch,
    rows,
    log_probs,
    entropies,
    *,
    loss_type,
    low,
    high,
    delta=None,
    beta=0.0,
    bonus=0.0,
    longest=1,
    old=True,
    level="token",
):
    """GRPOTrainer._compute_loss: PPO's clip; loss_type is the aggregation, delta the dual clip, KL is k3.

    Of loss_type cispo `high` is the cap of the ratio itself and `low` is not read; level "sequence" is GSPO's ratio.
    """
    fields, inputs = on_policy_rows(batch, rows, log_probs, entropies)
    inputs["advantages"] = padded(batch.advantages, rows)
    inputs["ref_per_token_logps"] = padded(batch.reference_log_probs, rows)
    inputs["num_items_in_batch"] = inputs["completion_mask"].sum()
    if old:
        inputs["old_per_token_logps"] = padded(batch.old_log_probs, rows)
    args = types.SimpleNamespace(delta=delta, use_bias_correction_kl=False, steps_per_generation=1)
    stand_in = trainer(
        loss_type=loss_type,
        importance_sampling_level=level,
        epsilon_low=low,
        epsilon_high=high,
        beta=beta,
        top_entropy_quantile=1.0,
        off_policy_mask_threshold=None,
        use_vllm=False,
        use_adaptive_entropy=False,
        entropy_coef=bonus,
        _entropy_bonus_enabled=bonus != 0.0,
        max_completion_length=longest,
        args=args,
        **fields,
    )
    return GRPOTrainer._compute_loss(stand_in, None, inputs)


def rloo(batch, rows, log_probs, entropies):
    """RLOOTrainer._compute_loss on samples of the present weights, whose ratio is one."""
    fields, inputs = on_policy_rows(batch, rows, log_probs, entropies)
    mask = inputs["completion_mask"]
    inputs["old_logps"] = (log_probs.detach() * mask).sum(1)
    inputs["advantages"] = padded(batch.advantages, rows)[:, 0]
    return RLOOTrainer._compute_loss(trainer(epsilon_low=0.2, epsilon_high=0.2, **fields), None, inputs)


def outputs_of_fused_head(log_probs, mask):
    """What TRL's fused head returns: zero where there is nothing to predict."""
    nothing = torch.zeros_like(log_probs)
    return types.SimpleNamespace(
        log_probs=log_probs * mask,
        label_mask=mask.bool(),
        entropy=nothing,
        is_top1=nothing.bool(),
        mean_logits=nothing,
    )


def sft(batch, rows, log_probs):
    """SFTTrainer.compute_loss: mean over the tokens of the batch."""
    mask = padded(batch.mask, rows)
    args = types.SimpleNamespace(loss_type="nll", average_tokens_across_devices=False)
    stand_in = trainer(args=args, compute_loss_func=None, label_smoother=None)
    inputs = {"labels": None, "attention_mask": mask}
    return SFTTrainer.compute_loss(stand_in, lambda **_: outputs_of_fused_head(log_probs, mask), inputs)


def dpo(batch, pairs, log_probs, beta, loss_type="sigmoid"):
    """DPOTrainer._compute_loss, loss type sigmoid or ipo; rows are all chosen ones, then all rejected ones."""
    rows = [chosen for chosen, _ in pairs] + [rejected for _, rejected in pairs]
    mask = padded(batch.mask, rows)
    reference = (padded(batch.reference_log_probs, rows) * mask).sum(1).chunk(2)
    with_prompt = torch.nn.functional.pad(mask, (1, 0))
    inputs = {
        "input_ids": with_prompt.long(),
        "completion_mask": with_prompt,
        "attention_mask": with_prompt,
        "ref_chosen_logps": reference[0],
        "ref_rejected_logps": reference[1],
    }
    stand_in = trainer(
        beta=beta,
        ld_alpha=None,
        precompute_ref_logps=True,
        f_divergence_type="reverse_kl",
        loss_types=[loss_type],
        loss_weights=[1.0],
        use_weighting=False,
    )
    return DPOTrainer._compute_loss(stand_in, lambda **_: outputs_of_fused_head(log_probs, mask), inputs, False)


def kto(batch, rows, log_probs, mismatched, *, beta, desirable_weight, undesirable_weight):
    """KTOTrainer._compute_loss, loss type kto, on labelled rows; z comes from the mismatched ones, which it never differentiates."""
    answers, others = {}, {}
    for inputs, chosen, prefix, reference in (
        (answers, rows, "", "ref_logps"),
        (others, mismatched, "KL_", "ref_KL_logps"),
    ):
        mask = padded(batch.mask, chosen)
        with_prompt = torch.nn.functional.pad(mask, (1, 0))
        inputs[prefix + "input_ids"] = with_prompt.long()
        inputs[prefix + "attention_mask"] = with_prompt
        inputs[prefix + "completion_mask"] = with_prompt
        inputs[reference] = (padded(batch.reference_log_probs, chosen) * mask).sum(1)

    def model(input_ids, **_):
        if input_ids is others["KL_input_ids"]:
            return outputs_of_fused_head(padded(batch.log_probs, mismatched), padded(batch.mask, mismatched))
        return outputs_of_fused_head(log_probs, padded(batch.mask, rows))

    stand_in = trainer(
        beta=beta,
        desirable_weight=desirable_weight,
        undesirable_weight=undesirable_weight,
        loss_type="kto",
        calculate_KL=True,
        precompute_ref_logps=True,
    )
    stand_in._compute_kl_logps = types.MethodType(KTOTrainer._compute_kl_logps, stand_in)
    label = torch.tensor([batch.labels[i] == "DESIRABLE" for i in rows])
    return KTOTrainer._compute_loss(stand_in, model, {**answers, **others, "label": label}, False)


def reward(scores, margin, centering):
    """RewardTrainer.compute_loss; scores of all chosen rows, then of all rejected ones, [2N, 1]."""
    inputs = {"attention_mask": torch.ones(1)}
    if margin:
        inputs["margin"] = torch.full((scores.size(0) // 2,), margin, dtype=torch.float64)
    stand_in = trainer(args=types.SimpleNamespace(center_rewards_coefficient=centering or None))
    return RewardTrainer.compute_loss(stand_in, lambda **_: types.SimpleNamespace(logits=scores), inputs)
