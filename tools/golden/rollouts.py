"""Random samples of groups, labelled for KTO, for the golden vectors of whole algorithms.

Every number is a float32 exactly, so that what differs from TRL is arithmetic and not rounding of inputs.
"""

import dataclasses

import numpy
import torch

import formulas
from batches import single

COUNT = 60
# TRL bounds no log-ratio, this project bounds it at 20: what lies between is compared elsewhere, with the formula.
FARTHEST = 18.0
EPSILON = 1e-4
LABELS = ["DESIRABLE", "UNDESIRABLE", "MISMATCHED"]


@dataclasses.dataclass
class Rollouts:
    """Ragged rows, group after group, in pairs (chosen, rejected) where pairs are asked for."""

    note: str
    mask: list
    log_probs: list
    old_log_probs: list
    reference_log_probs: list
    rewards: list
    groups: list
    advantages: list
    labels: list

    def rows(self):
        """Rows with a token to learn from."""
        return [i for i, row in enumerate(self.mask) if any(row)]

    def pairs(self):
        """(chosen, rejected) of pairs whose rows both count."""
        counted = set(self.rows())
        return [(i, i + 1) for i in range(0, len(self.mask) - 1, 2) if {i, i + 1} <= counted]

    def written(self):
        """The fields, with every number in as few digits as tell its float32 from others."""
        return {key: shortest(value) for key, value in dataclasses.asdict(self).items()}

    def labelled(self):
        """Rows that count and are learned from, and mismatched rows that count."""
        kinds = {True: [], False: []}
        for i in self.rows():
            kinds[self.labels[i] == "MISMATCHED"].append(i)
        return kinds[False], kinds[True]


def rollouts(number):
    """The batch of that number; every trait below returns with a period of its own, so that traits meet."""
    random = numpy.random.default_rng(1000 + number)
    sizes = [int(n) for n in random.integers(3, 6, size=int(random.integers(1, 4)))]
    traits = ["ragged"]
    if number % 3 == 0:
        sizes.append(1)
        traits.append("a group of one")
    if sum(sizes) % 2:
        sizes.append(1)
    lengths = [int(n) for n in random.integers(1, 7, size=sum(sizes))]
    if number % 4 == 0:
        lengths[0] = lengths[-1] = 1
        traits.append("responses of one token")
    masked = {int(random.integers(len(lengths)))} if number % 3 == 1 else set()
    if masked:
        traits.append("a row masked as a whole")
    mask = [[i not in masked for _ in range(n)] for i, n in enumerate(lengths)]
    if number % 5 == 0:
        longest = max((i for i in range(len(lengths)) if i not in masked), key=lambda i: lengths[i])
        if lengths[longest] > 1:
            mask[longest][lengths[longest] // 2] = False
            traits.append("a hole in a response")
    drift = [2e-4, 0.05, 0.3, 1.0, 8.0][number % 5 if number % 10 < 5 else (number // 10) % 5]
    traits.append(f"drift {drift}")

    log_probs = [[-abs(exact(x)) for x in 1.5 + 0.8 * random.standard_normal(n)] for n in lengths]
    groups = [g for g, size in enumerate(sizes) for _ in range(size)]
    rewards = [exact(x) for x in random.standard_normal(len(lengths))]
    if number % 2 == 0:
        rewards = [0.5 if g == 0 else r for g, r in zip(groups, rewards)]
        traits.append("a group of equal rewards")
    advantages = group_relative(mask, groups, rewards)
    if number % 7 == 6:
        advantages = [[exact(x) for x in random.standard_normal(n)] for n in lengths]
        traits.append("an advantage of its own for each token")
    return Rollouts(
        note=", ".join(traits),
        mask=mask,
        log_probs=log_probs,
        old_log_probs=near(random, log_probs, drift),
        reference_log_probs=near(random, log_probs, max(drift, 0.05)),
        rewards=rewards,
        groups=groups,
        advantages=advantages,
        labels=labels(random, number, mask),
    )


def shortest(node):
    if isinstance(node, list):
        return [shortest(value) for value in node]
    return single(node) if isinstance(node, float) else node


def exact(x):
    """The float32 nearest to x."""
    return float(numpy.float32(x))


def near(random, rows, drift):
    """Numbers at most FARTHEST from those of `rows`."""
    moves = [numpy.clip(drift * random.standard_normal(len(row)), -FARTHEST, FARTHEST) for row in rows]
    return [[exact(x + d) for x, d in zip(row, move)] for row, move in zip(rows, moves)]


def labels(random, number, mask):
    """A label for each row; one row that counts is mismatched, and one is not."""
    drawn = [LABELS[int(k)] for k in random.integers(3, size=len(mask))]
    if number % 6 == 2:
        drawn = ["DESIRABLE" if label == "UNDESIRABLE" else label for label in drawn]
    if number % 6 == 4:
        drawn = ["UNDESIRABLE" if label == "DESIRABLE" else label for label in drawn]
    counted = [i for i, row in enumerate(mask) if any(row)]
    drawn[counted[-1]] = "MISMATCHED"
    if drawn[counted[0]] == "MISMATCHED":
        drawn[counted[0]] = LABELS[number % 2]
    return drawn


def group_relative(mask, groups, rewards):
    """GRPO's advantages, as TRL has them, at each token; rows masked as a whole are left out."""
    advantages = [[0.0] * len(row) for row in mask]
    for group in sorted(set(groups)):
        members = [i for i, g in enumerate(groups) if g == group and any(mask[i])]
        if members:
            found = torch.tensor([rewards[i] for i in members], dtype=torch.float64)
            for i, value in zip(members, formulas.group_relative(found, len(members), True, EPSILON)):
                advantages[i] = [exact(value.item())] * len(mask[i])
    return advantages


ROLLOUTS = [rollouts(number) for number in range(COUNT)]
