"""How often each rule of the control limits signals though nothing changed, and finds what did.

`python tests/simulation/false_alarms.py [looks]` prints both tables; 20,000 looks take some ten seconds.
"""

import sys

import numpy as np
from drawn_series import SORTS, logits, shocks

from cs_lib.judgement import control_limits, level_steps, signals
from cs_lib.metrics.catalogue import metric

#: the most that a rule may signal, of looks at series in which nothing changed
AT_MOST = 0.02
BEFORE = (8, 12, 18, 24)


def amounts(rng, sort, looks, before, change=0.0):
    drawn = shocks(rng, sort, looks, before + 1)
    return _amounts(drawn, change, (None, None))


def skewed_amounts(rng, sort, looks, before, change=0.0):
    """Lognormal amounts, σ = 0.5, known not to be negative."""
    drawn = 0.5 * shocks(rng, sort, looks, before + 1)
    drawn[:, -1] += 0.5 * change
    return _amounts(np.exp(drawn), 0.0, (0, None))


def even_amounts(rng, sort, looks, before, change=0.0):
    """Normal amounts with a spread of a tenth, known not to be negative."""
    drawn = 100 + 10 * shocks(rng, sort, looks, before + 1)
    return _amounts(drawn, 10 * change, (0, None))


def _amounts(drawn, change, bounds):
    limits = control_limits.amount_limits(drawn[:, :-1], bounds=bounds, least=8)
    return limits.signals(drawn[:, -1] + change)


def shares(n, rate, apart):
    """Shares of about n; `apart` is the spread of the log-odds from period to period."""

    def drawn(rng, sort, looks, before, change=1.0):
        odds = np.log(rate / (1 - rate)) + logits(rng, sort, looks, before + 1, apart=apart)
        chance = 1 / (1 + np.exp(-odds))
        chance[:, -1] = np.minimum(chance[:, -1] * (change or 1.0), 1)
        base = rng.integers(int(n * 0.7), int(n * 1.3) + 1, size=chance.shape)
        x = rng.binomial(base, chance)
        limits = control_limits.share_limits(x[:, :-1], base[:, :-1], base[:, -1], least=8)
        return limits.signals(x[:, -1] / base[:, -1])

    return drawn


def counts(mean, apart):
    def drawn(rng, sort, looks, before, change=1.0):
        rate = mean * np.exp(logits(rng, sort, looks, before + 1, apart=apart))
        rate[:, -1] *= change or 1.0
        x = rng.poisson(rate)
        return control_limits.count_limits(x[:, :-1], least=8).signals(x[:, -1])

    return drawn


def scores(n, apart):
    """Means of about n answers of 1 to 5; `apart` is the spread of what is thought from period to period."""

    def drawn(rng, sort, looks, before, change=0.0):
        meant = 4 + apart * shocks(rng, sort, looks, before + 1) / (1 + 9 * (sort == "trending"))
        meant[:, -1] += change
        base = rng.integers(int(n * 0.7), int(n * 1.3) + 1, size=meant.shape)
        means = meant + rng.normal(size=meant.shape) / np.sqrt(base)
        limits = control_limits.score_limits(
            means[:, :-1], base[:, :-1], base[:, -1], within=1.0, least=8
        )
        return limits.signals(means[:, -1])

    return drawn


def three_shares(n, rate, apart):
    """Shares of about n in the last three periods, which may be told together; a change is one of all three."""

    def drawn(rng, sort, looks, before, change=1.0):
        odds = np.log(rate / (1 - rate)) + logits(rng, sort, looks, before + 3, apart=apart)
        chance = 1 / (1 + np.exp(-odds))
        chance[:, -3:] = np.minimum(chance[:, -3:] * (change or 1.0), 1)
        base = rng.integers(int(n * 0.7), int(n * 1.3) + 1, size=chance.shape)
        x = rng.binomial(base, chance)
        return _together("csat", x, base, x / base, 0.0)

    return drawn


def three_scores(n, apart):
    """The same for an NPS of about n; `apart` is the spread of what is thought from period to period."""

    def drawn(rng, sort, looks, before, change=0.0):
        meant = 30 + apart * shocks(rng, sort, looks, before + 3) / (1 + 9 * (sort == "trending"))
        meant[:, -3:] += change
        base = rng.integers(int(n * 0.7), int(n * 1.3) + 1, size=meant.shape)
        one = 80.0
        score = meant + one * rng.normal(size=meant.shape) / np.sqrt(base)
        return _together("nps", score * base / 100, base, score, 1.96 * one / np.sqrt(base))

    return drawn


def _together(name, numerator, base, value, half):
    parts = dict(numerator=numerator, denominator=base, n=base, value=value)
    parts |= {"low": value - half, "high": value + half}
    missing = signals.LONGEST + signals.IN_A_ROW - base.shape[1]
    parts = {
        key: np.pad(each * 1.0, ((0, 0), (missing, 0)), constant_values=np.nan)
        for key, each in parts.items()
    }
    values, limits = signals.together(parts, metric(name), None, "quarter", 0.95)
    return limits.signals(values)


def steps(rng, sort, looks, before, change=0.0):
    """Whether a year more than `before` holds a lasting step; a change is one of its last nine."""
    drawn = shocks(rng, sort, looks, before + 12)
    drawn[:, -9:] += change
    return level_steps.lasting_steps(drawn).clear


def steps_of_shares(rng, sort, looks, before, change=0.0):
    """The same for shares of 80 % of 150, of which a change takes its part."""
    chance = 1 / (1 + np.exp(-1.4 - logits(rng, sort, looks, before + 12, apart=0.1)))
    chance[:, -9:] *= change or 1.0
    x = rng.binomial(150, chance)
    scale = control_limits.share_scale(x, np.full(x.shape, 150))
    return level_steps.lasting_steps(*scale).clear


RULES = {
    **{
        f"three shares {rate:.1%} of {n}, spread {apart}": three_shares(n, rate, apart)
        for n in (20, 150, 700)
        for rate, apart in ((0.02, 0.0), (0.02, 0.3), (0.8, 0.0), (0.8, 0.3))
    },
    **{
        f"three scores of {n}, spread {apart}": three_scores(n, apart)
        for n, apart in ((40, 0), (150, 10), (700, 10))
    },
    "lasting step of amounts": steps,
    "lasting step of shares of 150": steps_of_shares,
    "amount": amounts,
    "amount ≥ 0, skewed": skewed_amounts,
    "amount ≥ 0, even": even_amounts,
    **{
        f"share {rate:.1%} of {n}, spread {apart}": shares(n, rate, apart)
        for n in (20, 150, 700)
        for rate, apart in ((0.02, 0.0), (0.02, 0.3), (0.8, 0.0), (0.8, 0.3))
    },
    **{
        f"count of {mean}, spread {apart}": counts(mean, apart)
        for mean, apart in ((1, 0), (30, 0.2))
    },
    **{f"mean of {n}, spread {apart}": scores(n, apart) for n, apart in ((20, 0), (150, 0.2))},
}
#: changes to be found: standard deviations for amounts, times for rates and counts, points for means
CHANGES = {
    "three shares 2.0% of 150, spread 0.0": 3,
    "three shares 2.0% of 700, spread 0.3": 2.5,
    "three shares 80.0% of 150, spread 0.0": 0.9,
    "three scores of 150, spread 10": -50,
    "lasting step of amounts": 4,
    "lasting step of shares of 150": 0.85,
    "amount": 4,
    "amount ≥ 0, skewed": 4,
    "amount ≥ 0, even": 4,
    "share 2.0% of 150, spread 0.0": 4,
    "share 2.0% of 700, spread 0.0": 2,
    "share 2.0% of 700, spread 0.3": 3,
    "share 80.0% of 150, spread 0.0": 0.8,
    "count of 30, spread 0.2": 2,
    "mean of 150, spread 0.2": -0.8,
}


def false_alarms(rule: str, sort: str, before: int, looks: int, seed: int = 7) -> float:
    """The share of looks at unchanged series that signal."""
    return float(RULES[rule](np.random.default_rng(seed), sort, looks, before).mean())


def found(rule: str, before: int, looks: int, seed: int = 7) -> float:
    """The share of looks at a change that signal."""
    rng = np.random.default_rng(seed)
    return float(RULES[rule](rng, SORTS[0], looks, before, CHANGES[rule]).mean())


def main(looks: int) -> None:
    print(f"False alarms, % of {looks} looks")
    print(f"{'':34}" + "".join(f"{f'{sort}, {n}':>20}" for sort in SORTS for n in BEFORE))
    for rule in RULES:
        told = [false_alarms(rule, sort, n, looks) for sort in SORTS for n in BEFORE]
        print(f"{rule:34}" + "".join(f"{100 * each:20.2f}" for each in told))
    print("\nFound, % of looks at a change, by periods before")
    print(f"{'':34}{'change':>8}" + "".join(f"{n:8}" for n in BEFORE))
    for rule, change in CHANGES.items():
        told = "".join(f"{100 * found(rule, n, looks):8.1f}" for n in BEFORE)
        print(f"{rule:34}{change:8}{told}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
