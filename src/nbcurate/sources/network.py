"""How long files at URLs are waited for, and how large they may be: the settings of a process."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Network:
    """How long files at URLs are waited for, and how large they may be.

    Its attributes can be set at any time, and count for what is read from then on.

    Attributes
    ----------
    connect : float
        Seconds within which a server has to take the connection.
    silence : float
        Seconds that it may say nothing for.
    total : float
        Seconds that a file may take, all attempts counted; and one more for each ``rate`` bytes that came: a large file
        may take long, and a server that gives a byte now and then comes to an end.
    rate : int
        Bytes a second that are slow.
    attempts : int
        How often a file is asked for where the reason may pass: the server is busy or fails (429, 5xx), or the
        connection breaks. The pauses are half a second, one, two, …, or what the server asks for.
    largest : int
        Bytes. A file that has more is not read.

    Examples
    --------
    >>> nbc.network.total = 120
    >>> nbc.network.largest = 2 << 30
    """

    connect: float = 10.0
    silence: float = 15.0
    total: float = 30.0
    rate: int = 20_000
    attempts: int = 4
    largest: int = 512 << 20

    def allowed(self, size: int) -> float:
        """Seconds that a file may have taken of which ``size`` bytes are there."""
        return self.total + size / self.rate


#: The settings of this process.
network = Network()
