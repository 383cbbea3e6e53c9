"""Formulas of papers, and of trainers that cannot be called alone, in PyTorch; every function names its source."""

import torch
import torch.nn.functional as F
from trl.trainer.utils import nanstd

WHITENING_EPSILON = 1e-8
LARGEST_LOG_RATIO = 20.0


def aggregate(losses, mask, mode, longest):
    """verl trainer/ppo/core_algos.py agg_loss, over rows of which none is masked as a whole."""
    if mode == "TOKEN_MEAN":
        return (losses * mask).sum() / mask.sum()
    if mode == "SEQUENCE_MEAN_TOKEN_MEAN":
        return ((losses * mask).sum(1) / mask.sum(1)).mean()
    if mode == "SEQUENCE_MEAN_TOKEN_SUM":
        return (losses * mask).sum(1).mean()
    if mode == "SEQUENCE_MEAN_TOKEN_SUM_NORM":
        return (losses * mask).sum(1).mean() / longest
    return (losses * mask).sum()


def kl(log_probs, reference, estimator):
    """Schulman 2020, "Approximating KL divergence": d = log pi - log pi_ref."""
    d = log_probs - reference
    return {"K1": lambda: d, "K2": lambda: d**2 / 2, "K3": lambda: torch.exp(-d) - 1 + d}[estimator]()


def clipped_surrogate(log_probs, old, advantages, low, high, dual=0.0):
    """Schulman et al. 2017 equation 7; dual clip Ye et al. 2020; bound of the log-ratio as in verl and OpenRLHF."""
    ratio = torch.exp((log_probs - old).clamp(-LARGEST_LOG_RATIO, LARGEST_LOG_RATIO))
    losses = torch.max(-advantages * ratio, -advantages * ratio.clamp(1 - low, 1 + high))
    if dual:
        losses = torch.where(advantages < 0, torch.min(losses, -advantages * dual), losses)
    return losses


def value_loss(values, old, returns, clip):
    """TRL's PPOTrainer (removed by huggingface/trl#7020) and verl's compute_value_loss, halves included."""
    plain = (values - returns) ** 2
    if clip:
        near = torch.max(torch.min(values, old + clip), old - clip)
        plain = torch.max(plain, (near - returns) ** 2)
    return plain / 2


def conservative_dpo(chosen, rejected, beta, smoothing):
    """Mitchell 2023, "A note on DPO with noisy preferences": label smoothing of Rafailov et al. 2023, equation 7."""
    margin = beta * (chosen - rejected)
    return (-(1 - smoothing) * F.logsigmoid(margin) - smoothing * F.logsigmoid(-margin)).mean()


def identity_preference(chosen, rejected, beta):
    """Azar et al. 2023 (IPO), equation 17, on log-ratios summed over tokens, as OpenRLHF models/loss.py DPOLoss does."""
    return ((chosen - rejected - 1 / (2 * beta)) ** 2).mean()


def whiten(values, mask):
    """verl utils/torch_functional.py masked_whiten: unbiased variance, epsilon under the root."""
    kept = values[mask]
    return (values - kept.mean()) * torch.rsqrt(kept.var(unbiased=True) + WHITENING_EPSILON)


def generalized_advantage(rewards, values, mask, gamma, lam):
    """Schulman et al. 2016; masked tokens carry value and advantage through, as verl compute_gae_advantage_return."""
    advantages = torch.zeros_like(rewards)
    for i in range(rewards.size(0)):
        next_value = next_advantage = torch.zeros((), dtype=rewards.dtype)
        for t in reversed(range(rewards.size(1))):
            if mask[i, t]:
                delta = rewards[i, t] + gamma * next_value - values[i, t]
                next_advantage = delta + gamma * lam * next_advantage
                next_value = values[i, t]
                advantages[i, t] = next_advantage
    return advantages, advantages + values


def group_relative(rewards, size, scale, epsilon):
    """TRL GRPOTrainer._generate_and_score_completions, scale_rewards "group" or "none", with its nanstd."""
    grouped = rewards.view(-1, size)
    centred = grouped - torch.nanmean(grouped, dim=1, keepdim=True)
    if scale:
        spread = nanstd(grouped, dim=1, keepdim=True) if size > 1 else torch.zeros_like(grouped)
        centred = centred / (spread + epsilon)
    return torch.nan_to_num(centred.view(-1), nan=0.0)


def leave_one_out(rewards, size):
    """TRL RLOOTrainer._generate_and_score_completions: NaN marks a row that does not count."""
    if size == 1:
        return torch.zeros_like(rewards)
    grouped = rewards.view(-1, size)
    count = (~torch.isnan(grouped)).sum(dim=1, keepdim=True)
    baselines = (torch.nansum(grouped, dim=1, keepdim=True) - grouped) / (count - 1)
    return torch.nan_to_num((grouped - baselines).view(-1), nan=0.0)


def batch_baseline(rewards, scaled):
    """Williams 1992 with the mean as baseline; scaled as whitening does."""
    centred = rewards - rewards.mean()
    return centred * torch.rsqrt(rewards.var(unbiased=True) + WHITENING_EPSILON) if scaled else centred


def adaptive_kl(beta, target, horizon, observed, samples):
    """Ziegler et al. 2019, section 2.2."""
    error = min(max(observed / target - 1, -0.2), 0.2)
    return beta * (1 + error * samples / horizon)
