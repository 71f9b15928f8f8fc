"""A discrete-time logistic hazard: the chance to leave in a month, from labels known before it.

Rows that are alike are counted together, so that the work grows with the kinds of rows and not with the customers.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

#: steps of Newton's method; without separation five or six are enough
MOST_STEPS = 25
CLOSE = 1e-9
#: on the scale of logits: whoever lies beyond is told for certain, which no finite number of customers can tell
CERTAIN = 25.0
#: what is left of a column that others tell, for rounding
NO_SIZE = 1e-8
#: a label with fewer events is not fitted: see `Hazard.fitted`
FEW_EVENTS = 5


class SeparationError(Exception):
    """Some labels tell for certain who leaves: the likelihood has no maximum."""


@dataclass(frozen=True)
class Logit:
    """Coefficients on the scale of logits, and their covariance."""

    coefficients: np.ndarray
    covariance: np.ndarray


def fit_logit(
    x: np.ndarray, events: np.ndarray, n: np.ndarray, *, near: np.ndarray | None = None
) -> Logit:
    """The maximum of the likelihood of `events` out of `n` in each row of `x`, by Newton's method from `near` on.

    Raises SeparationError where there is none. No ridge.
    """
    coefficients = np.zeros(x.shape[1]) if near is None else near
    for _ in range(MOST_STEPS):
        p = chance(x @ coefficients)
        information = x.T @ (x * (n * p * (1 - p))[:, None])
        try:
            step = np.linalg.solve(information, x.T @ (events - n * p))
        except np.linalg.LinAlgError:
            raise SeparationError from None
        coefficients = coefficients + step
        if np.abs(x @ coefficients).max() > CERTAIN:
            raise SeparationError
        if np.abs(step).max() < CLOSE:
            return Logit(coefficients, np.linalg.inv(information))
    raise SeparationError


def chance(logit: np.ndarray) -> np.ndarray:
    """The probability of a logit."""
    return 1 / (1 + np.exp(-np.clip(logit, -700, 700)))


def logit_of(p: np.ndarray) -> np.ndarray:
    return np.log(p / (1 - p))


@dataclass(frozen=True)
class Kinds:
    """Kinds of rows: every set of labels that occurs, once. `frame` has a column for each feature."""

    frame: pd.DataFrame
    features: tuple[str, ...]

    @cached_property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """Feature and label of each column of `on`."""
        return tuple(
            (feature, label)
            for feature in self.features
            for label in sorted(self.frame[feature].unique())
        )

    @cached_property
    def on(self) -> np.ndarray:
        """Kind × label: whether the kind has it."""
        given = {feature: self.frame[feature].to_numpy(dtype=object) for feature in self.features}
        return np.column_stack([given[feature] == label for feature, label in self.columns])


@dataclass(frozen=True)
class Hazard:
    """A fitted hazard. `moves` is by how much each label of the kinds moves the logit, against the feature's
    most frequent one; labels `apart` have a rate of their own. `covariance` is that of `start` and `moves`, 0 where a
    label is not fitted.
    """

    kinds: Kinds
    start: float
    moves: np.ndarray
    covariance: np.ndarray
    apart: dict[int, float]

    @property
    def errors(self) -> np.ndarray:
        """The standard error of each move; 0 for a label that is not fitted."""
        return np.sqrt(np.diag(self.covariance)[1:])

    @classmethod
    def fitted(
        cls, kinds: Kinds, left: np.ndarray, n: np.ndarray, *, near: "Hazard | None" = None
    ) -> "Hazard":
        """How many customer-months of each kind there were, and how many `left` in them; `near` is a hazard of
        about the same rows, if there is one.

        A label that others already tell (a plan that is always paid by the year) gets no coefficient of its own.
        One of which hardly anybody left, where many would have at the usual rate, separates: it is set
        apart, with a rate of its own. Another with few events counts as the most frequent one. Raises
        SeparationError where it separates all the same.
        """
        on, apart = kinds.on, _apart(kinds, left, n)
        inside = (n > 0) & ~on[:, list(apart)].any(axis=1)
        fitted = _fitted(kinds, left[inside], n[inside], on[inside])
        fitted, x = _independent(fitted, on[inside])
        same = near is not None and np.flatnonzero(near.errors).tolist() == fitted
        begin = np.array([near.start, *near.moves[fitted]]) if near and same else None
        fit = fit_logit(x, left[inside], n[inside], near=begin)
        many = len(kinds.columns)
        moves, covariance = np.zeros(many), np.zeros((many + 1, many + 1))
        moves[fitted] = fit.coefficients[1:]
        places = [0, *(1 + at for at in fitted)]
        covariance[np.ix_(places, places)] = fit.covariance
        return cls(kinds, float(fit.coefficients[0]), moves, covariance, apart)

    def predict(self) -> np.ndarray:
        """The probability to leave in the month, for each kind."""
        p = chance(self.start + self.kinds.on @ self.moves)
        for column, rate in self.apart.items():
            p = np.where(self.kinds.on[:, column], np.minimum(rate, p), p)
        return p

    def pushes(self, n: np.ndarray) -> pd.DataFrame:
        """By how much each feature of a kind moves its logit, against the mean of `n` such customers."""
        found = {}
        for feature in self.kinds.features:
            own = [at for at, (name, _) in enumerate(self.kinds.columns) if name == feature]
            moved = self.kinds.on[:, own] @ self.moves[own]
            found[feature] = moved - np.average(moved, weights=n)
        return pd.DataFrame(found)


def _apart(kinds: Kinds, left: np.ndarray, n: np.ndarray) -> dict[int, float]:
    """Columns of labels that separate, with the rate of each (Jeffreys)."""
    apart: dict[int, float] = {}
    while True:
        inside = ~kinds.on[:, list(apart)].any(axis=1)
        many, gone = (each[inside] @ kinds.on[inside] for each in (n, left))
        rate = left[inside].sum() / max(n[inside].sum(), 1)
        safe = (gone < FEW_EVENTS) & (many * rate >= 2 * FEW_EVENTS)
        further = {int(at): (gone[at] + 0.5) / (many[at] + 1) for at in np.flatnonzero(safe)}
        if not further:
            return apart
        apart |= further


def _fitted(kinds: Kinds, left: np.ndarray, n: np.ndarray, on: np.ndarray) -> list[int]:
    """The columns that get a coefficient: of each feature all labels with events enough but the most frequent."""
    many, gone = n @ on, left @ on
    columns = []
    for feature in kinds.features:
        own = [at for at, (name, _) in enumerate(kinds.columns) if name == feature]
        usual = max(own, key=lambda at: many[at])
        columns += [at for at in own if at != usual and gone[at] >= FEW_EVENTS]
    return columns


def _independent(columns: list[int], on: np.ndarray) -> tuple[list[int], np.ndarray]:
    """The columns that are no sum of those before them, and the matrix of these behind a column of ones.

    Told by their products: Gram and Schmidt's rests of the columns are the pivots of these, which are whole numbers.
    """
    x = np.column_stack([np.ones(len(on)), on[:, columns]])
    rest, own = x.T @ x, []
    for at in range(x.shape[1]):
        if rest[at, at] > NO_SIZE * len(x):
            own.append(at)
            rest -= np.outer(rest[:, at], rest[at]) / rest[at, at]
    return [columns[at - 1] for at in own if at], x[:, own]
