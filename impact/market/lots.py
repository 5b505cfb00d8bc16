"""Whether a volume counts lots of a hundred shares, told by what was turned over in money beside it."""

from __future__ import annotations

import numpy as np

from impact.typing_ import FloatArray

__all__ = ["counts_lots"]

SHARES_OF_A_LOT = 100
MONEY_UNITS = (1.0, 1e3)
"""Units in which files give money; in ten thousands lots look like prices in pence, in millions like shares and ten thousands."""
MARGIN = 1.1
"""Between the close and the average price of a day there is less, as a rule."""


def counts_lots(close: FloatArray, volume: FloatArray, turned_over: FloatArray) -> bool:
    """Whether half of the days or more say that one unit of `volume` is a hundred shares.

    Parameters
    ----------
    close, volume, turned_over : (T,) float
        NaN where not known. Money is in units or thousands of the currency of the closes.

    Examples
    --------
    >>> import numpy as np
    >>> counts_lots(np.array([10.0, 11.0]), np.array([5.0, 6.0]), np.array([5000.0, 6600.0]))
    True
    >>> counts_lots(np.array([10.0, 11.0]), np.array([500.0, 600.0]), np.array([5000.0, 6600.0]))
    False
    """
    known = (close > 0) & (volume > 0) & (turned_over > 0)
    if not known.any():
        return False
    apart = float(np.median(np.log(turned_over[known] / (close[known] * volume[known]))))
    return any(abs(apart - np.log(SHARES_OF_A_LOT / unit)) < np.log(MARGIN) for unit in MONEY_UNITS)
