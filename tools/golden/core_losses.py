"""Writes what TRL and torch say of losses, advantages and KL terms: the golden vectors of rlhf-core.

Run:  "$(tools/golden/environment.sh)" tools/golden/core_losses.py
Everything is computed in float64 from inputs that are float32 numbers; derivatives are autograd's.
"""

import dataclasses
import json
import pathlib
import platform
import re

import numpy
import torch
import transformers
import trl

import formulas
import trl_losses
from batches import BATCHES, padded, ragged, single

TARGET = pathlib.Path(__file__).resolve().parents[2] / "rlhf-core/src/test/resources/golden/losses.json"
LONGEST = 8
MODES = [
    "TOKEN_MEAN",
    "SEQUENCE_MEAN_TOKEN_MEAN",
    "SEQUENCE_MEAN_TOKEN_SUM",
    "SEQUENCE_MEAN_TOKEN_SUM_NORM",
    "TOKEN_SUM",
]
GRPO_TYPES = {
    "grpo": "SEQUENCE_MEAN_TOKEN_MEAN",
    "dapo": "TOKEN_MEAN",
    "bnpo": "TOKEN_MEAN",
    "dr_grpo": "SEQUENCE_MEAN_TOKEN_SUM_NORM",
}


def case(name, source, batch, objective, settings, **expected):
    estimator, beta = settings.pop("klEstimator", None), settings.pop("klBeta", 0.0)
    kl = {"kl": {"estimator": estimator, "beta": beta}} if beta else {}
    return {"name": name, "source": source, "batch": batch, "objective": objective, "settings": settings, **kl, **expected}


def by_policy(name, source, key, objective, settings, loss_of, with_loss=True):
    """A case whose loss depends on log-probs and entropies of the rows that count."""
    batch = BATCHES[key]
    rows = batch.rows() or list(range(len(batch.mask)))
    log_probs, entropies = padded(batch.log_probs, rows, leaf=True), padded(batch.entropies, rows, leaf=True)
    loss = loss_of(batch, rows, log_probs, entropies)
    by_log_prob, by_entropy = torch.autograd.grad(loss, [log_probs, entropies], allow_unused=True)
    expected = {"logProbs": ragged(by_log_prob, rows, batch.mask)}
    if settings.get("entropyBonus"):
        expected["entropies"] = ragged(by_entropy, rows, batch.mask)
    if with_loss:
        expected["loss"] = loss.item()
    return case(name, source, key, objective, settings, **expected)


def likelihoods():
    for key in ("ragged", "dense", "one-token", "masked"):
        yield by_policy(
            f"sft, {key}",
            "trl.SFTTrainer.compute_loss",
            key,
            "Likelihood",
            {"reduction": "TOKEN_MEAN"},
            lambda batch, rows, log_probs, _: trl_losses.sft(batch, rows, log_probs),
        )
    for mode in MODES:
        yield by_policy(
            f"likelihood, {mode}",
            "verl agg_loss",
            "ragged",
            "Likelihood",
            {"reduction": mode},
            lambda batch, rows, lp, _: formulas.aggregate(-lp, padded(batch.mask, rows), mode, LONGEST),
        )


def clipped_settings(low, high, mode, dual=0.0, estimator="K3", beta=0.0, bonus=0.0):
    return {
        "ratio": "TOKEN",
        "clip": "PESSIMISTIC",
        "clipLow": low,
        "clipHigh": high,
        "dualClip": dual,
        "klEstimator": estimator,
        "klBeta": beta,
        "entropyBonus": bonus,
        "reduction": mode,
    }


def surrogates_of_trl():
    def of(name, key, loss_type, low=0.2, high=0.2, delta=None, beta=0.0, bonus=0.0, old=True):
        settings = clipped_settings(low, high, GRPO_TYPES[loss_type], delta or 0.0, "K3", beta, bonus)
        made = by_policy(
            name,
            f"trl.GRPOTrainer._compute_loss, loss_type={loss_type}",
            key,
            "ClippedSurrogate",
            settings,
            lambda batch, rows, log_probs, entropies: trl_losses.grpo(
                batch,
                rows,
                log_probs,
                entropies,
                loss_type=loss_type,
                low=low,
                high=high,
                delta=delta,
                beta=beta,
                bonus=bonus,
                longest=LONGEST,
                old=old,
            ),
        )
        return made if old else {**made, "onPolicy": True}

    for key in ("ragged", "dense", "one-token", "masked"):
        for loss_type in ("grpo", "dapo", "dr_grpo"):
            # TRL's dr_grpo and grpo divide by all rows; rows masked as a whole were left out before.
            yield of(f"{loss_type}, {key}", key, loss_type)
    yield of("asymmetric clip", "ragged", "dapo", low=0.2, high=0.28)
    yield of("dual clip", "ragged", "dapo", low=0.2, high=0.28, delta=1.6)
    yield of("dual clip, sequences", "dense", "grpo", delta=2.0)
    yield of("k3 in the loss", "ragged", "grpo", beta=0.04)
    yield of("k3 in the loss, dr_grpo", "dense", "dr_grpo", beta=0.5)
    yield of("entropy bonus", "ragged", "bnpo", bonus=0.01)
    yield of("entropy bonus and k3", "dense", "dapo", high=0.28, beta=0.1, bonus=0.02)
    yield of("on policy", "ragged", "grpo", old=False)
    yield of("on policy with k3 and bonus", "ragged", "dapo", beta=0.1, bonus=0.02, old=False)


def surrogates_of_formulas():
    def of(name, key, low, high, mode, dual=0.0, estimator="K1", beta=0.0):
        def loss_of(batch, rows, log_probs, _):
            losses = formulas.clipped_surrogate(
                log_probs, padded(batch.old_log_probs, rows), padded(batch.advantages, rows), low, high, dual
            )
            losses = losses + beta * formulas.kl(log_probs, padded(batch.reference_log_probs, rows), estimator)
            return formulas.aggregate(losses, padded(batch.mask, rows), mode, LONGEST)

        settings = clipped_settings(low, high, mode, dual, estimator, beta)
        return by_policy(name, "PPO equation 7 in torch", key, "ClippedSurrogate", settings, loss_of)

    for mode in MODES:
        yield of(f"ppo, {mode}", "ragged", 0.2, 0.28, mode, dual=1.5, estimator="K3", beta=0.05)
    for estimator in ("K1", "K2"):
        yield of(f"{estimator} in the loss", "ragged", 0.2, 0.2, "TOKEN_MEAN", estimator=estimator, beta=0.1)
    yield of("ratios beyond the bound", "far", 0.2, 0.28, "TOKEN_MEAN")
    yield of("ratios beyond the bound, dual clip", "far", 0.2, 0.28, "TOKEN_SUM", dual=3.0)


def policy_gradients():
    rloo = {"klEstimator": "K1", "klBeta": 0.0, "entropyBonus": 0.0, "reduction": "SEQUENCE_MEAN_TOKEN_SUM"}
    for key in ("dense", "ragged"):
        made = by_policy(
            f"rloo on policy, {key}",
            "gradient of trl.RLOOTrainer._compute_loss at ratio one; one advantage a row",
            key,
            "PolicyGradient",
            rloo,
            lambda batch, rows, lp, entropies: trl_losses.rloo(batch, rows, lp, entropies),
            with_loss=False,
        )
        yield {**made, "oneAdvantageARow": True}
    for mode in MODES:
        settings = {"klEstimator": "K2", "klBeta": 0.1, "entropyBonus": 0.03, "reduction": mode}

        def loss_of(batch, rows, log_probs, entropies):
            losses = -padded(batch.advantages, rows) * log_probs
            losses = losses + 0.1 * formulas.kl(log_probs, padded(batch.reference_log_probs, rows), "K2")
            return formulas.aggregate(losses - 0.03 * entropies, padded(batch.mask, rows), mode, LONGEST)

        yield by_policy(f"reinforce, {mode}", "Williams 1992 in torch", "ragged", "PolicyGradient", settings, loss_of)


def regressions():
    for key, clip, coefficient, mode in [
        *(("ragged", 0.2, 0.5, mode) for mode in MODES),
        ("ragged", 0.0, 1.0, "TOKEN_MEAN"),
        ("dense", 0.5, 1.0, "SEQUENCE_MEAN_TOKEN_MEAN"),
        ("one-token", 0.2, 1.0, "TOKEN_MEAN"),
    ]:
        batch = BATCHES[key]
        rows = batch.rows()
        values = padded(batch.predicted_values, rows, leaf=True)
        losses = formulas.value_loss(values, padded(batch.old_values, rows), padded(batch.returns, rows), clip)
        loss = coefficient * formulas.aggregate(losses, padded(batch.mask, rows), mode, LONGEST)
        (derivative,) = torch.autograd.grad(loss, [values])
        yield case(
            f"value loss, {key}, clip {clip}, {mode}",
            "TRL's former PPOTrainer, verl compute_value_loss, in torch",
            key,
            "ValueRegression",
            {"clip": clip, "coefficient": coefficient, "reduction": mode},
            values=ragged(derivative, rows, batch.mask),
            loss=loss.item(),
        )


def preferences():
    for key, margin, centering in [("ragged", 0.0, 0.0), ("ragged", 0.3, 0.01), ("dense", 0.0, 0.05), ("dense", 1.0, 0.0)]:
        batch = BATCHES[key]
        rows = [i for pair in zip(*batch.pairs()) for i in pair]
        scores = padded(batch.scores, rows, leaf=True)
        loss = trl_losses.reward(scores, margin, centering)
        (derivative,) = torch.autograd.grad(loss, [scores])
        yield case(
            f"bradley-terry, {key}, margin {margin}, centering {centering}",
            "trl.RewardTrainer.compute_loss",
            key,
            "BradleyTerry",
            {"margin": margin, "centering": centering},
            values=ragged(derivative, rows, batch.scores),
            loss=loss.item(),
        )
    for key, beta, smoothing in [("ragged", 0.1, 0.0), ("dense", 0.5, 0.0), ("ragged", 0.3, 0.1), ("dense", 0.1, 0.25)]:
        yield preference(key, beta, smoothing)


def preference(key, beta, smoothing):
    batch = BATCHES[key]
    pairs = batch.pairs()
    rows = [chosen for chosen, _ in pairs] + [rejected for _, rejected in pairs]
    log_probs = padded(batch.log_probs, rows, leaf=True)
    if smoothing:
        ratios = (log_probs - padded(batch.reference_log_probs, rows)) * padded(batch.mask, rows)
        loss = formulas.conservative_dpo(*ratios.sum(1).chunk(2), beta, smoothing)
        source = "Mitchell 2023 in torch"
    else:
        loss = trl_losses.dpo(batch, pairs, log_probs, beta)
        source = "trl.DPOTrainer._compute_loss, loss_type=sigmoid"
    (derivative,) = torch.autograd.grad(loss, [log_probs])
    return case(
        f"dpo, {key}, beta {beta}, smoothing {smoothing}",
        source,
        key,
        "DirectPreference",
        {"beta": beta, "labelSmoothing": smoothing},
        logProbs=ragged(derivative, rows, batch.mask),
        loss=loss.item(),
    )


def estimate(name, source, estimator, settings, rewards, mask, groups, advantages, values=(), returns=()):
    return {
        "name": name,
        "source": source,
        "estimator": estimator,
        "settings": settings,
        "tokenRewards": rewards,
        "values": values,
        "mask": mask,
        "groups": groups,
        "advantages": advantages,
        "returns": returns,
    }


def grouped_advantages():
    """Rewards at the last token; one row of the first group is masked as a whole and counts nowhere."""
    random = numpy.random.default_rng(21)
    lengths = [3, 1, 4, 2, 2, 5, 3, 1, 2]
    totals = [single(x) for x in random.standard_normal(9)]
    totals[4:6] = [0.5, 0.5]
    # Groups: three rows that count and one masked; two equal rewards; two rows; a group of one.
    groups = [0, 0, 0, 0, 1, 1, 2, 2, 3]
    mask = [[i != 3] * n for i, n in enumerate(lengths)]
    rewards = [[0.0] * (n - 1) + [totals[i]] for i, n in enumerate(lengths)]

    def spread(of_group):
        rows = [[0.0] * n for n in lengths]
        for group in sorted(set(groups)):
            members = [i for i, g in enumerate(groups) if g == group and i != 3]
            found = of_group(torch.tensor([totals[i] for i in members], dtype=torch.float64), len(members))
            for i, value in zip(members, found):
                rows[i] = [value.item()] * lengths[i]
        return rows

    inputs = (rewards, mask, groups)
    for scale in (True, False):
        yield estimate(
            f"grpo {'with' if scale else 'without'} std",
            "trl GRPOTrainer._generate_and_score_completions in torch",
            "GroupRelative",
            {"divideByDeviation": scale, "epsilon": 1e-4},
            *inputs,
            spread(lambda x, size: formulas.group_relative(x, size, scale, 1e-4)),
        )
    yield estimate(
        "rloo",
        "trl RLOOTrainer._generate_and_score_completions in torch",
        "LeaveOneOut",
        {},
        *inputs,
        spread(formulas.leave_one_out),
    )
    counted = [i for i in range(9) if i != 3]
    for scaled in (True, False):
        found = formulas.batch_baseline(torch.tensor([totals[i] for i in counted], dtype=torch.float64), scaled)
        rows = [[0.0] * n for n in lengths]
        for i, value in zip(counted, found):
            rows[i] = [value.item()] * lengths[i]
        yield estimate(
            f"reinforce baseline{', whitened' if scaled else ''}",
            "Williams 1992 in torch",
            "BatchBaseline",
            {"whiten": scaled},
            *inputs,
            rows,
        )


def critic_advantages():
    for key in ("ragged", "dense", "one-token"):
        batch = BATCHES[key]
        rows = list(range(len(batch.mask)))
        mask = padded(batch.mask, rows).bool()
        rewards = padded(batch.advantages, rows) * mask
        for gamma, lam, whiten in [(1.0, 0.95, False), (0.99, 0.9, True), (1.0, 1.0, False), (1.0, 0.0, True)]:
            advantages, returns = formulas.generalized_advantage(
                rewards, padded(batch.old_values, rows), mask, gamma, lam
            )
            if whiten:
                advantages = formulas.whiten(advantages, mask) * mask
            yield estimate(
                f"gae, {key}, gamma {gamma}, lambda {lam}{', whitened' if whiten else ''}",
                "verl compute_gae_advantage_return, masked_whiten, in torch",
                "GeneralizedAdvantage",
                {"gamma": gamma, "lambda": lam, "whiten": whiten},
                ragged(rewards, rows, batch.mask),
                batch.mask,
                [0] * len(rows),
                ragged(advantages, rows, batch.mask),
                batch.old_values,
                ragged(returns * mask, rows, batch.mask),
            )


def kl_terms():
    pairs = [(-1.0, -1.0), (-0.5, -2.0), (-3.0, -0.25), (-0.001, -0.0012), (-2.0, -14.0), (-14.0, -2.0), (-0.5, -30.0)]
    for estimator in ("K1", "K2", "K3"):
        for log_prob, reference in pairs:
            x = torch.tensor(single(log_prob), dtype=torch.float64, requires_grad=True)
            value = formulas.kl(x, torch.tensor(single(reference), dtype=torch.float64), estimator)
            (derivative,) = torch.autograd.grad(value, [x])
            yield {
                "estimator": estimator,
                "logProb": single(log_prob),
                "reference": single(reference),
                "value": value.item(),
                "derivative": derivative.item(),
            }


def token_rewards():
    """KL in the reward; the score lies on the last token that the policy drew, truncated or not."""
    batch = BATCHES["ragged"]
    for estimator in ("K1", "K2", "K3"):
        for row in (0, 1, 2, 3, 6):
            log_probs = torch.tensor(batch.log_probs[row], dtype=torch.float64)
            reference = torch.tensor(batch.reference_log_probs[row], dtype=torch.float64)
            mask = batch.mask[row]
            rewards = -0.1 * formulas.kl(log_probs, reference, estimator) * torch.tensor(mask)
            last = max((t for t, drawn in enumerate(mask) if drawn), default=None)
            if last is not None:
                rewards[last] += 0.75
            yield {
                "estimator": estimator,
                "score": 0.75,
                "beta": 0.1,
                "logProbs": batch.log_probs[row],
                "reference": batch.reference_log_probs[row],
                "mask": mask,
                "rewards": rewards.tolist(),
            }


def controllers():
    for beta, target, horizon in [(0.1, 6.0, 10_000.0), (0.02, 0.5, 256.0)]:
        steps, now = [], beta
        for observed, samples in [(3.0, 128), (6.5, 128), (40.0, 64), (0.0, 256), (-1.0, 32)]:
            now = formulas.adaptive_kl(now, target, horizon, observed, samples)
            steps.append({"kl": observed, "samples": samples, "beta": now})
        yield {"beta": beta, "target": target, "horizon": horizon, "steps": steps}


def made_by(script):
    versions = {m.__name__: m.__version__.split("+")[0] for m in (numpy, torch, transformers, trl)}
    return {"script": script, "python": platform.python_version(), **versions}


def main():
    losses = [likelihoods(), surrogates_of_trl(), surrogates_of_formulas(), policy_gradients(), regressions(), preferences()]
    vectors = {
        "madeBy": made_by("tools/golden/core_losses.py"),
        "batches": {key: camel_case(dataclasses.asdict(batch)) for key, batch in BATCHES.items()},
        "losses": [made for group in losses for made in group],
        "advantages": [*grouped_advantages(), *critic_advantages()],
        "kl": list(kl_terms()),
        "tokenRewards": list(token_rewards()),
        "controllers": list(controllers()),
    }
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(lines(rounded(vectors)))


def camel_case(fields):
    return {re.sub("_(.)", lambda m: m[1].upper(), name): value for name, value in fields.items()}


def lines(vectors):
    """JSON with a line a vector, so that a change of one shows as one."""
    parts = []
    for key, value in vectors.items():
        if isinstance(value, list):
            parts.append(f"{json.dumps(key)}: [\n" + ",\n".join(map(json.dumps, value)) + "\n]")
        else:
            entries = (f"{json.dumps(k)}: {json.dumps(v)}" for k, v in value.items())
            parts.append(f"{json.dumps(key)}: {{\n" + ",\n".join(entries) + "\n}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def rounded(node):
    """Twelve digits say all that a float32 result is compared with."""
    if isinstance(node, dict):
        return {key: rounded(value) for key, value in node.items()}
    if isinstance(node, (list, tuple)):
        return [rounded(value) for value in node]
    return float(f"{node:.12g}") if isinstance(node, float) else node


if __name__ == "__main__":
    main()
