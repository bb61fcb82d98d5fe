"""Tags that words describe, as a finding: nothing is tagged before it is looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ..collection.distinct import distinct_items
from ..collection.property_set import PropertySet
from ..collection.vector_set import VectorSet
from ..curate.word_tags import NEUTRAL, word_scores
from ..encoders.encoder import TextEncoder
from .finding import Finding
from .recipe import make_recipe


class WordTags(Finding):
    """Items with the tags that words are true of; ``to_pandas()`` has ``tags`` (a list) and ``similarity``, a cosine.

    Attributes
    ----------
    all_scores : dict of float32 array [n]
        By tag, the score of every item, in the order of the ids of the data set: to choose another threshold by.
    """

    all_scores: dict[str, NDArray[np.float32]]

    def of(self, tag: str) -> list[str]:
        """Ids of the items that a tag is found for, the surest first.

        Parameters
        ----------
        tag : str

        Raises
        ------
        KeyError
            If that was not looked for.
        """
        if tag not in self.all_scores:
            raise KeyError(f"{tag!r} was not looked for: {', '.join(self.all_scores)}.")
        found = [at for at, tags in enumerate(self.columns["tags"]) if tag in tags]
        score = dict(zip(self._items.keys.tolist(), self.all_scores[tag].tolist(), strict=True))
        return [self.ids[at] for at in sorted(found, key=lambda at: -score[int(self.keys[at])])]

    def apply(self) -> Self:
        """Give the items their tags; ``ds.undo_edit()`` takes that back."""
        dataset = self._items
        assert isinstance(dataset, PropertySet)
        for tag in self.all_scores:
            if ids := self.of(tag):
                dataset.tag(ids, tag)
        return self


def tags_by_words(
    dataset: VectorSet, words: Mapping[str, str | Sequence[str]], *, threshold: float, encoder: str | None
) -> WordTags:
    """See :meth:`Dataset.tag_by_words`."""
    prompts = _prompts(words)
    if not 0 <= threshold <= 1:
        raise ValueError(f"threshold={threshold!r}: give a number from 0 to 1.")
    distinct = distinct_items(dataset, encoder)
    model = dataset._encoder_of(distinct.embeddings)
    if not isinstance(model, TextEncoder):
        raise ValueError(
            f"{distinct.embeddings.name!r} knows no text: embed with a model that has a text side, such as "
            "ds.embed('clip-vit-b32') or ds.embed('siglip2-base')."
        )
    vectors = [model.encode_texts(texts) for texts in prompts.values()]
    scores, cosine = word_scores(distinct.vectors, vectors, model.encode_texts(list(NEUTRAL)))
    scores, cosine = scores[distinct.inverse], cosine[distinct.inverse]
    best = scores.max(axis=1)
    rows = np.flatnonzero(best > threshold)
    rows = rows[np.lexsort((rows, -best[rows]))]
    names = list(prompts)
    tags = np.empty(len(rows), object)
    tags[:] = [[names[at] for at in np.argsort(-scores[row]) if scores[row, at] > threshold] for row in rows]

    def reasons(at: NDArray[np.intp]) -> list[str]:
        return [_reason(list(tags[place]), prompts) for place in at.tolist()]

    parameters: dict[str, Any] = {"words": prompts, "threshold": threshold, "encoder": encoder}
    found = WordTags(
        dataset, "tag_by_words", dataset.keys[rows], best[rows], reasons,
        recipe=make_recipe("tag_by_words", parameters, dataset.keys, distinct.embeddings),
        score_meaning="how much nearer the picture is to the words than to words that say nothing; 0.5 is equal",
        columns={"tags": tags, "similarity": cosine[rows, scores[rows].argmax(axis=1)]},
    )  # fmt: skip
    found.all_scores = {name: scores[:, at] for at, name in enumerate(names)}
    return found


def _prompts(words: Mapping[str, str | Sequence[str]]) -> dict[str, list[str]]:
    """The prompts of each tag.

    Raises
    ------
    TypeError
        If they are not by tag, or one is no text.
    """
    if not isinstance(words, Mapping) or not words:
        raise TypeError(f"words: give prompts by tag, such as {{'night': ['a photo at night']}}, not {words!r:.80}.")
    prompts = {str(tag): [texts] if isinstance(texts, str) else list(texts) for tag, texts in words.items()}
    for tag, texts in prompts.items():
        if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
            raise TypeError(f"words: the prompts of {tag!r} are one text or several, got {texts!r:.80}.")
    return prompts


def _reason(tags: Sequence[str], prompts: Mapping[str, Sequence[str]]) -> str:
    first, *others = tags
    also = f"; also {', '.join(others)}" if others else ""
    return f"{first}: nearer to {prompts[first][0]!r} than to words that say nothing{also}"
