"""Random rows for the golden vectors of losses: float32 numbers, as the learner hands them over."""

import dataclasses

import numpy
import torch


@dataclasses.dataclass
class Batch:
    """Ragged rows; every field but mask holds float32 numbers, one list a row."""

    mask: list
    log_probs: list
    entropies: list
    old_log_probs: list
    reference_log_probs: list
    predicted_values: list
    old_values: list
    scores: list
    advantages: list
    returns: list

    def rows(self):
        """Rows with a token to learn from: references that know no masked row are asked about these."""
        return [i for i, row in enumerate(self.mask) if any(row)]

    def pairs(self):
        """(chosen, rejected) of pairs whose rows both count."""
        counted = set(self.rows())
        return [(i, i + 1) for i in range(0, len(self.mask), 2) if {i, i + 1} <= counted]


def padded(rows, chosen, leaf=False):
    """The chosen rows as a float64 rectangle; `leaf` where its gradient is wanted."""
    longest = max(len(rows[i]) for i in chosen)
    table = torch.zeros(len(chosen), longest, dtype=torch.float64)
    for k, i in enumerate(chosen):
        table[k, : len(rows[i])] = torch.tensor([float(x) for x in rows[i]], dtype=torch.float64)
    return table.requires_grad_(leaf)


def ragged(table, chosen, like):
    """A rectangle of the chosen rows as rows like `like`; rows that were not chosen are zero."""
    rows = [[0.0] * len(row) for row in like]
    for k, i in enumerate(chosen):
        rows[i] = [float(x) for x in table[k, : len(like[i])]]
    return rows


def draw(lengths, seed, masked_rows=(), holes=(), drift=0.6):
    """Rows of the given lengths; `drift` is how far old and reference log-probs lie from the new ones."""
    random = numpy.random.default_rng(seed)

    def numbers(length, centre, spread):
        return [single(x) for x in centre + spread * random.standard_normal(length)]

    def near(rows, spread):
        return [[single(x + spread * random.standard_normal()) for x in row] for row in rows]

    mask = [[i not in masked_rows and (i, t) not in holes for t in range(n)] for i, n in enumerate(lengths)]
    log_probs = [numbers(n, -1.5, 0.8) for n in lengths]
    values = [numbers(n, 0.0, 1.0) for n in lengths]
    return Batch(
        mask=mask,
        log_probs=log_probs,
        entropies=[numbers(n, 1.0, 0.3) for n in lengths],
        old_log_probs=near(log_probs, drift),
        reference_log_probs=near(log_probs, drift),
        predicted_values=values,
        old_values=near(values, 0.4),
        scores=[numbers(1, 0.0, 1.5) for _ in lengths],
        advantages=[numbers(n, 0.0, 1.0) for n in lengths],
        returns=[numbers(n, 0.0, 1.0) for n in lengths],
    )


def single(x):
    """The float32 nearest to x, written so that reading it as float32 gives the same bits."""
    return float(str(numpy.float32(x)))


# ragged: a one-token response, a hole in a response, a masked last token, a row masked as a whole. dense: no padding anywhere.
# far: ratios and distances at which exp() must be bounded.
BATCHES = {
    "ragged": draw([4, 1, 6, 3, 2, 5, 7, 3], seed=11, masked_rows=(3,), holes=((2, 1), (6, 6))),
    "dense": draw([5, 5, 5, 5], seed=12),
    "one-token": draw([1, 1], seed=13),
    "masked": draw([3, 2], seed=14, masked_rows=(0, 1)),
    "far": draw([4, 6], seed=15, drift=15.0),
}
