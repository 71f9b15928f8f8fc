"""Raw rows never gather in Python's memory, however many there are and however bad they are."""

import tracemalloc

import pytest

pytestmark = pytest.mark.slow

HEAD = "customer_id,ordered_at,amount,note\n"
MEGABYTE = 1 << 20


def peak_of(action):
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def write_orders(workshop, rows, amount):
    text = "".join(
        f"customer-{n % 997},2026-01-{1 + n % 28:02d},{amount(n)},some words about it\n"
        for n in range(rows)
    )
    workshop.write("orders.csv", HEAD + text)


def test_rows_stay_in_the_engine(workshop):
    workshop.write("small.csv", HEAD + "a,2026-01-31,1,x\n")
    workshop.open({"orders": "small.csv"})  # imports are not what is measured
    write_orders(workshop, 100_000, lambda n: n)
    assert (workshop.root / "orders.csv").stat().st_size > 4 * MEGABYTE
    assert peak_of(lambda: workshop.open({"orders": "orders.csv"})) < MEGABYTE


def test_rejected_rows_pass_through_one_by_one(workshop):
    write_orders(workshop, 30_000, lambda n: "x" if n % 2 else n)
    rejects = workshop.root / "rejects.csv"
    peak = peak_of(
        lambda: workshop.open({"orders": "orders.csv"}, allow_rejects=True, rejects_to=rejects)
    )
    assert rejects.stat().st_size > MEGABYTE
    assert peak < 2 * MEGABYTE
