"""One case by hand: see the package's docstring."""

from __future__ import annotations

import argparse

from .attack import Attack
from .fault import Fault, distinct_places
from .readings import CALLS


def main() -> int:
    """Print the changes of an operation, or what comes of a fault at one or each of them; how many went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.promises")
    parser.add_argument("operation", choices=sorted(CALLS), metavar="operation")
    parser.add_argument("fault", nargs="?", choices=[fault.name.lower() for fault in Fault])
    parser.add_argument("at", nargs="?", type=int)
    parser.add_argument("--every", action="store_true", help="at each distinct change")
    given = parser.parse_args()
    operation = CALLS[given.operation]
    with Attack() as attack:
        reference = attack.reference(operation)
        if given.fault is None:
            for change in reference.changes:
                print(change.number or "outside", change.call, change.path.removeprefix(f"{attack.case}/"))
            return 0
        fault = Fault[given.fault.upper()]
        places = distinct_places(reference.changes) if given.every else [given.at]
        verdicts = [attack.stopped(operation, fault, at) for at in places]
        bad = [verdict for verdict in verdicts if verdict.wrong]
        print(*bad, sep="\n")
        print(f"{len(verdicts)} cases, {len(bad)} with a fault")
        return len(bad)


if __name__ == "__main__":
    raise SystemExit(main())
