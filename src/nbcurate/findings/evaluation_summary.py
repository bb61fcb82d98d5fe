"""In a sentence, how a model fares, and why there is nothing to be told where that is so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ..curate.detection_kinds import Kind
from .judged_items import JudgedItems
from .judged_objects import ERRORS, JudgedObjects


def summary_of_objects(found: JudgedObjects, precision: Mapping[str, float], *, chosen: bool) -> str:
    """How many objects are found and how many predictions are right, and what is wrong with the others.

    Parameters
    ----------
    chosen : bool
        Whether the score was chosen by us.
    """
    wanted, said = int(found.wanted.sum()), int(found.shown.sum())
    right = int(found.of_kind(Kind.RIGHT).sum())
    why = " (where precision and recall are best together)" if chosen else ""
    since = f" from a score of {found.score:.3g} on{why}" if found.score > 0 else ""
    counts = zip(ERRORS, found.errors_on_images.sum(axis=1).tolist(), strict=True)
    wrong = ", ".join(f"{count:,} {kind}" for kind, count in counts if count)
    parts = [
        f"{right:,} of {wanted:,} objects on {len(found.truth.keys):,} images are found{percent(right, wanted)}, "
        f"and {right:,} of {said:,} predictions{since} are right{percent(right, said)}",
        f"AP {precision['AP']:.3f}, AP50 {precision['AP50']:.3f}",
        wrong or "nothing is wrong",
    ]
    return "; ".join([*parts, *_why_nothing(found, said)])


def percent(part: float, whole: float) -> str:
    """A share in brackets, for people; nothing of nothing."""
    return f" ({100 * part / whole:.0f} %)" if whole else ""


def _why_nothing(found: JudgedObjects, said: int) -> list[str]:
    """What to say where something could not be judged."""
    predictions, told = found.predictions, []
    ignored = int((found.kinds.kinds == Kind.IGNORED).sum())
    if not len(predictions):
        told.append("there are no predictions of these images")
    elif not said and ignored < len(predictions):
        top = float(predictions.exact_scores.max())
        told.append(f"no prediction has a score of {found.score:.3g} or more: the highest is {top:.3g}")
    if ignored:
        strange = sorted({predictions.classes[code] for code in set(predictions.codes[found.classes < 0].tolist())})
        of = f", such as those of the class {strange[0]!r}, which nothing here is labelled with" if strange else ""
        told.append(f"{ignored:,} predictions are not judged{of}")
    if not len(found.truth):
        told.append("nothing is labelled on these images")
    return told


def summary_of_items(found: JudgedItems) -> str:
    """How many items are predicted right, which classes are taken for each other, and what was not judged."""
    n, wrong = len(found.keys), int(found.wrong.sum())
    parts = [f"{n - wrong:,} of {n:,} items are predicted right{percent(n - wrong, n)}"]
    if found.labels.several:
        parts[0] += f" in all of their classes, from a score of {found.score:.3g} on"
    own = found.names[: len(found.labels.names)]
    said = {found.names[at] for at in set(found.classes.tolist())}
    if not said & set(own):
        parts.append(
            f"none of the classes that are predicted ({', '.join(sorted(said)[:5])}) is a label here "
            f"({', '.join(own[:5])}): ds.add_predictions(…, classes={{name there: name here}}) renames them"
        )
    elif wrong and not found.labels.several:
        parts.append(_most_confused(found))
    if found.unpredicted:
        parts.append(f"{found.unpredicted:,} labelled items have no prediction, and are not judged")
    if found.unlabelled:
        parts.append(f"{found.unlabelled:,} predicted items have no label, and are not judged")
    return "; ".join(parts)


def _most_confused(found: JudgedItems) -> str:
    pairs = Counter(
        (given, said) for given, said in zip(found.given, found.said, strict=True) if said is not None and given != said
    )
    if not pairs:
        return f"no prediction has a score of {found.score:.3g} or more"
    (given, said), count = pairs.most_common(1)[0]
    return f"most often {given} is taken for {said} ({count:,} times)"
