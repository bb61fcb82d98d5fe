"""An attack on what the library promises: kills, full disks, damages, interrupts, threads and hostile messages.

How a case goes: a prepared data set is copied (``world.py``); a process that has everything imported is forked
(``zygote.py``), does one operation (``operations.py``), and at its n-th change of a file is killed, interrupted or told
that the disk is full (``fail_at.c``, ``fault.py``); another process opens what is left, and compares all that a person
can see (``state.py``) with how it was before and how it is after the operation (``interrupted.py``).

Which operations there are is not written down anywhere: ``public.py`` lists the public methods of the public classes,
and ``test_operations.py`` fails when one of them cannot be called by the attack, or writes though it was taken for one
that reads.

``pytest tests/promises`` runs a part of each attack; ``make bench-promises`` all of it. One case by hand::

    python -m tests.promises Dataset.relabel                  # the changes that it makes, numbered
    python -m tests.promises Dataset.relabel kill 9           # what a kill at the ninth does
    python -m tests.promises Dataset.relabel full --every     # a full disk, at each of them
"""
