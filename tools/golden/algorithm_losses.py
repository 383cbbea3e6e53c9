"""Writes what TRL says of GSPO, CISPO, DAPO, IPO and KTO on many random batches: golden vectors of rlhf-core.

Run:  "$(tools/golden/environment.sh)" tools/golden/algorithm_losses.py
Everything is computed in float64 from inputs that are float32 numbers; derivatives are autograd's. Rows masked as a whole are
left out where TRL counts them in a denominator (loss type grpo, which GSPO uses; IPO and KTO) and kept where it does not
(dapo, cispo).
"""

import pathlib

import torch

import formulas
import trl_losses
from batches import padded, ragged
from core_losses import camel_case, lines, made_by, rounded
from rollouts import EPSILON, ROLLOUTS

TARGET = pathlib.Path(__file__).resolve().parents[2] / "rlhf-core/src/test/resources/golden/algorithms.json"
# GSPO's paper clips at 3e-4 and 4e-4; DAPO's at 0.2 and 0.28; CISPO's cap is 5 in ScaleRL, nearer ones bite more often.
GSPO_CLIPS = [(3e-4, 4e-4), (0.2, 0.28)]
CISPO_CAPS = [5.0, 1.28, 2.0]
IPO_BETAS = [0.1, 0.5, 0.01]
KTO_SETTINGS = [(0.1, 1.0, 1.0), (0.5, 1.33, 1.0), (0.05, 1.0, 0.7)]


def case(algorithm, source, number, objective, settings, rows, log_probs, loss):
    (derivative,) = torch.autograd.grad(loss, [log_probs], allow_unused=True)
    batch = ROLLOUTS[number]
    return {
        "algorithm": algorithm,
        "source": source,
        "batch": number,
        "objective": objective,
        "settings": settings,
        "loss": loss.item(),
        "logProbs": ragged(derivative, rows, batch.mask),
    }


def surrogate(algorithm, number, rows, settings, **of_trl):
    batch = ROLLOUTS[number]
    log_probs = padded(batch.log_probs, rows, leaf=True)
    loss = trl_losses.grpo(batch, rows, log_probs, torch.zeros_like(log_probs), **of_trl)
    source = ", ".join(f"{key}={value}" for key, value in of_trl.items())
    settings = {"dualClip": 0.0, **settings}
    return case(algorithm, f"trl.GRPOTrainer._compute_loss, {source}", number, "ClippedSurrogate", settings, rows, log_probs, loss)


def gspo(number):
    low, high = GSPO_CLIPS[number % len(GSPO_CLIPS)]
    settings = {
        "ratio": "SEQUENCE",
        "clip": "PESSIMISTIC",
        "clipLow": low,
        "clipHigh": high,
        "reduction": "SEQUENCE_MEAN_TOKEN_MEAN",
    }
    of_trl = {"loss_type": "grpo", "level": "sequence", "low": low, "high": high}
    return surrogate("gspo", number, ROLLOUTS[number].rows(), settings, **of_trl)


def cispo(number):
    cap = CISPO_CAPS[number % len(CISPO_CAPS)]
    settings = {
        "ratio": "TOKEN",
        "clip": "STOP_GRADIENT",
        "clipLow": 1.0,
        "clipHigh": cap - 1,
        "reduction": "TOKEN_MEAN",
    }
    of_trl = {"loss_type": "cispo", "low": 0.2, "high": cap}
    return surrogate("cispo", number, list(range(len(ROLLOUTS[number].mask))), settings, **of_trl)


def dapo(number):
    settings = {
        "ratio": "TOKEN",
        "clip": "PESSIMISTIC",
        "clipLow": 0.2,
        "clipHigh": 0.28,
        "reduction": "TOKEN_MEAN",
    }
    of_trl = {"loss_type": "dapo", "low": 0.2, "high": 0.28}
    return surrogate("dapo", number, list(range(len(ROLLOUTS[number].mask))), settings, **of_trl)


def ipo(number, averaged):
    batch, beta = ROLLOUTS[number], IPO_BETAS[number % len(IPO_BETAS)]
    pairs = batch.pairs()
    rows = [chosen for chosen, _ in pairs] + [rejected for _, rejected in pairs]
    log_probs = padded(batch.log_probs, rows, leaf=True)
    if averaged:
        loss = trl_losses.dpo(batch, pairs, log_probs, beta, "ipo")
        source = "trl.DPOTrainer._compute_loss, loss_type=ipo"
    else:
        ratios = ((log_probs - padded(batch.reference_log_probs, rows)) * padded(batch.mask, rows)).sum(1)
        loss = formulas.identity_preference(*ratios.chunk(2), beta)
        source = "OpenRLHF models/loss.py DPOLoss(ipo=True) in torch"
    settings = {"beta": beta, "lengthAveraged": averaged}
    name = "ipo" if averaged else "ipo, summed"
    return case(name, source, number, "IdentityPreference", settings, rows, log_probs, loss)


def kto(number):
    batch = ROLLOUTS[number]
    beta, desirable, undesirable = KTO_SETTINGS[number % len(KTO_SETTINGS)]
    rows, mismatched = batch.labelled()
    log_probs = padded(batch.log_probs, rows, leaf=True)
    loss = trl_losses.kto(
        batch, rows, log_probs, mismatched, beta=beta, desirable_weight=desirable, undesirable_weight=undesirable
    )
    settings = {"beta": beta, "desirableWeight": desirable, "undesirableWeight": undesirable}
    source = "trl.KTOTrainer._compute_loss, loss_type=kto"
    return case("kto", source, number, "KahnemanTversky", settings, rows, log_probs, loss)


def losses():
    for number, batch in enumerate(ROLLOUTS):
        yield gspo(number)
        yield cispo(number)
        yield dapo(number)
        if batch.pairs():
            yield ipo(number, averaged=True)
            yield ipo(number, averaged=False)
        yield kto(number)


def main():
    vectors = {
        "madeBy": made_by("tools/golden/algorithm_losses.py"),
        "advantage": {"divideByDeviation": True, "epsilon": EPSILON},
        "batches": [camel_case(batch.written()) for batch in ROLLOUTS],
        "losses": list(losses()),
    }
    TARGET.write_text(lines(rounded(vectors)))


if __name__ == "__main__":
    main()
