"""Every kind of interval holds at least 92 times in a hundred, at 20, 50, 150 and 700 customers."""

import numpy as np
import pytest
from interval_coverage import AT_LEAST, SIZES, table

CELLS = 400
#: three standard errors of a share of 92 % of so many cells
CHANCE = 3 * np.sqrt(AT_LEAST * (1 - AT_LEAST) / CELLS)
#: Wilson's own weak spot: one loss of 20 is above what 0.5 % would make likely. Such few are judged exactly.
WEAK = [(kind, "0.5% lost", 20) for kind in ("churn, snapshot", "churn, begin_plus_adds")]


@pytest.fixture(scope="module")
def simulated():
    return table(CELLS).set_index(["kind", "setting", "n"])["held"].sort_index()


@pytest.mark.parametrize("n", SIZES)
def test_intervals_of_every_kind_hold(simulated, n):
    held = simulated.drop(WEAK).xs(n, level="n")
    assert len(held) > 40
    assert held[held < AT_LEAST - CHANCE].to_dict() == {}


def test_churn_net_of_expansion_holds_as_often_as_what_is_retained(simulated):
    net, kept = simulated["net revenue churn"], simulated["net revenue retention"]
    assert net.to_dict() == pytest.approx(kept.to_dict(), abs=0.01)
