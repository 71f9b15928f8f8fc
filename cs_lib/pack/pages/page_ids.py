"""The ids of a page's elements, wherever an attribute names one."""

import re
from collections.abc import Callable

_IDS = re.compile(r'(\s(?:id|for|headers|aria-labelledby|aria-describedby)=")([^"]+)"')


def with_ids(markup: str, named: Callable[[str], str]) -> str:
    """The markup with each id as `named` gives it; links are left as they are."""
    return _IDS.sub(lambda at: f'{at[1]}{" ".join(map(named, at[2].split()))}"', markup)
