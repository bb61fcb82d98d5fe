"""What is wrong, repeated or unusual among the items of a data set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from numpy.typing import ArrayLike

from ..collection.vector_set import VectorSet

if TYPE_CHECKING:
    from ..findings.duplicates import Duplicates
    from ..findings.evaluation import Evaluation
    from ..findings.finding import Finding
    from ..findings.labels import LabelIssues
    from ..findings.rarity import Ranking
    from ..findings.split import Split
    from ..findings.weak_spots import WeakSpots
    from ..findings.word_tags import WordTags


class AuditSet(VectorSet):
    """Items that can be looked through for copies, rare ones, wrong labels. Base class of :class:`Dataset`."""

    def duplicates(
        self,
        threshold: float | Literal["auto"] = "auto",
        *,
        pixels: bool = True,
        scenes: bool = False,
        examples: Sequence[Sequence[Any]] | None = None,
        precision: float = 0.97,
        encoder: str | None = None,
    ) -> Duplicates:
        """Copies: those to drop, each with the one that is kept, what they are to each other, and what was done to it.

        Vectors and keypoints propose pairs, pictures decide: keypoints must agree on one map from one picture to the
        other, in far more points than unrelated pictures of this data set do, and where they overlap everything
        textured must agree, too. Around each kept item lie its own copies only, so a chain of likenesses
        does not become one group. Kept is what lost least: in colour, whole, without a frame or something drawn on it,
        no enlargement; then the largest, then the sharpest.

        ``relation`` is one of ``"same file"``, ``"same pixels"``, ``"edited copy"`` (resized, cropped, turned,
        mirrored, recoloured, framed, drawn on), ``"part of"`` (less than half of the other), ``"same scene"`` (another
        shot of the same thing or place), or, where there are no pictures to compare, ``"alike"``. Plain pictures, and
        forms filled in differently, get no verdict.

        Parameters
        ----------
        threshold : float or "auto"
            Cosine distance from which no pair is looked at. "auto": there is none where pictures can be compared; 0.25
            of the median distance to the tenth neighbour where they cannot.
        pixels : bool
            Compare pictures. False: every pair within the threshold is a copy, which finds look-alikes, too.
        scenes : bool
            Find shots of the same scene, too.
        examples : list of (id, id, bool), optional
            Pairs that you have judged. Limits are fitted to them instead, on the pictures or, if that finds more
            of your copies, on the vectors alone.
        precision : float
            Share of the examples found that must be copies.
        encoder : str, optional
            Which embeddings; those made last by default.

        Returns
        -------
        Duplicates
            The items to drop, surest first; ``pairs()`` tells all pairs judged copies. Scores are how sure it is.

        Examples
        --------
        >>> copies = ds.duplicates()
        >>> copies.to_pandas()[["id", "representative", "relation", "reason"]]
        >>> ds.remove(copies.ids)
        """
        from ..findings.duplicates import find_duplicates

        return find_duplicates(
            self, threshold=threshold, pixels=pixels, scenes=scenes, examples=examples, precision=precision,
            encoder=encoder,
        )  # fmt: skip

    def label_issues(
        self,
        n: int | None = None,
        *,
        label: str = "label",
        pred_probs: ArrayLike | None = None,
        second_opinion: bool = False,
        encoder: str | None = None,
        seed: int = 0,
    ) -> LabelIssues:
        """Labels that look wrong, most suspicious first, each with the label that fits better.

        The score is how likely the label is wrong (0.5: as likely as not), from what linear probes that have not seen
        the item and its neighbours say, and from how often its class is mixed up with others; how far each is to be
        trusted, and how many labels are wrong, is estimated from the labels. ``flagged`` are those for which another
        class is more probable than the given one.

        Parameters
        ----------
        n : int, optional
            How many; every item by default, those without a label last.
        label : str
            The column that is judged, of classes or of lists of classes. Of lists each class is judged by itself: it
            may be ``missing``, or one too many (``extra``); the score is how likely the list is wrong somewhere.
        pred_probs : DataFrame or array_like [items, classes], optional
            Out-of-sample probabilities of a model of yours, in the order of :attr:`ids` and of the sorted labels; a
            DataFrame is read by its index and by the names of its columns. Rows sum to 1, but for lists.
        second_opinion : bool
            Add a column ``cleanlab``: whether cleanlab, which must be installed, calls the label an issue.
        encoder : str, optional
            Which embeddings; those made last by default.
        seed : int

        Returns
        -------
        LabelIssues
            A finding with ``safe``, the flagged items whose suggestion may be taken unseen, and ``noise``, the
            estimated share of all labels that are wrong. Safe are those on which all probes agree with a ``confidence``
            (the suggestion's probability) of 0.9 or more, and no more of them than noise stands out from doubt. Do not
            take all that is flagged unseen: where few labels are wrong, a model that learns from it gets worse.

        Raises
        ------
        ValueError
            If there are fewer than two classes (of lists: none that some have and others have not), or ``pred_probs``
            does not fit.
        TypeError
            If the column holds no classes.

        Examples
        --------
        >>> issues = ds.label_issues()
        >>> issues.to_pandas()[["id", "given_label", "suggested_label", "reason"]].head(20)
        >>> sure = issues.safe.to_pandas()
        >>> ds.relabel(dict(zip(sure["id"], sure["suggested_label"])))
        >>> coarse = ds.label_issues(label="coarse").safe.to_pandas()
        >>> ds.relabel(dict(zip(coarse["id"], coarse["suggested_label"])), column="coarse")
        """
        from ..findings.labels import find_label_issues_of

        return find_label_issues_of(
            self, n, label=label, pred_probs=pred_probs, second_opinion=second_opinion, encoder=encoder, seed=seed
        )

    def rare(self, n: int | None = None, *, encoder: str | None = None) -> Ranking:
        """Isolated items and small groups, rarest first.

        An item is rare if one must go far from it to meet 30 others (15 in a small data set), farther than from its
        surroundings: so a tight group of a few is found like an item that is alone, and a thin class is not all rare.

        Parameters
        ----------
        n : int, optional
            How many; every item, ranked, by default. ``flagged`` are those farther out than the tail of the others
            explains; where there are none, ``note`` and the reasons say that nothing is rare.
        encoder : str, optional
            Which embeddings; those made last by default.
        """
        from ..findings.rarity import find_rare_items

        return find_rare_items(self, n, encoder)

    def common(self, n: int | None = None, *, encoder: str | None = None) -> Finding:
        """The repetitive bulk, most repetitive first; ``flagged`` is what can go from it.

        What can go has an item near it that stays and stands for it (column ``stands_for_it``): within half of the
        median distance to the tenth neighbour.

        Parameters
        ----------
        n : int, optional
            How many; every item, ranked, by default.
        encoder : str, optional
            Which embeddings; those made last by default.
        """
        from ..findings.rarity import find_common_items

        return find_common_items(self, n, encoder)

    def edge_cases(self, n: int | None = None, *, encoder: str | None = None, seed: int = 0) -> Ranking:
        """Items between two classes, or between two clusters where there are no labels, or lists of them.

        Parameters
        ----------
        n : int, optional
            How many; every item, ranked, by default. ``flagged`` have three neighbours of a second class to four of the
            first, or more. Where nothing is flagged, ``note`` says why.
        encoder : str, optional
            Which embeddings; those made last by default.
        seed : int
        """
        from ..findings.rarity import find_edge_cases

        return find_edge_cases(self, n, encoder, seed)

    def tag_by_words(
        self,
        words: Mapping[str, str | Sequence[str]],
        *,
        threshold: float = 0.5,
        encoder: str | None = None,
    ) -> WordTags:
        """Tags that words describe: which items they are true of, as a finding. Nothing is tagged before ``apply()``.

        Parameters
        ----------
        words : mapping of str to str or list of str
            By tag, what it means: one prompt or several, whose mean is taken. A model reads English sentences best.
        threshold : float
            Score above which an item has a tag: 0.5 where it is as near to the words as to words that say nothing.
        encoder : str, optional
            Which embeddings, of a model that knows text (CLIP, SigLIP); those made last by default.

        Returns
        -------
        WordTags
            The surest first, with ``tags`` and ``similarity``; ``of(tag)`` gives ids, ``apply()`` tags them.

        Raises
        ------
        ValueError
            If the model knows no text.
        TypeError
            If prompts are no texts.

        Examples
        --------
        >>> night = ds.tag_by_words({"night": ["a photo at night", "a dark street"]}, threshold=0.6)
        >>> night.select().apply()
        """
        from ..findings.word_tags import tags_by_words

        return tags_by_words(self, words, threshold=threshold, encoder=encoder)

    def weak_spots(
        self,
        predictions: ArrayLike | Mapping[str, Any] | str | Evaluation,
        *,
        confidence: ArrayLike | Mapping[str, float] | None = None,
        label: str = "label",
        encoder: str | None = None,
        seed: int = 0,
    ) -> WeakSpots:
        """Clusters where a model of yours errs more than elsewhere, worst first: what it does not understand.

        Parameters
        ----------
        predictions : array_like [n], Series or mapping of id to str, or Evaluation, or name
            The predicted label of each of :attr:`ids`, or of some ids; a Series is read by its index. Where items have
            lists of labels, a list each, which is wrong where it is not the same classes. Or what :meth:`evaluate` has
            judged, or the name of predictions that are kept: an image is wrong where anything on it is.
        confidence : array_like [n], Series or mapping of id to float, optional
            How sure the model was of each, from 0 to 1: what it was least sure of comes first in a cluster.
        label : str
            The column that the predictions are of.
        encoder : str, optional
            Which embeddings; those made last by default.
        seed : int

        Returns
        -------
        WeakSpots
            All items of the weak clusters (``groups``), scored by the error rate to expect there on others;
            ``flagged`` are those that were predicted wrongly. Where there is no weak cluster, ``note`` says why.

        Raises
        ------
        ValueError
            If no prediction is a label of the data set.
        TypeError
            If there are lists on one side only.
        """
        from ..findings.weak_spots import find_weak_spots_of

        return find_weak_spots_of(self, predictions, confidence, label, encoder, seed)

    # -- splits --------------------------------------------------------------------------------------------------

    def split(
        self,
        train: float = 0.8,
        val: float = 0.2,
        test: float = 0.0,
        *,
        stratify: str | None = "label",
        groups: str | ArrayLike | Mapping[str, Any] | None = None,
        threshold: float | Literal["auto"] = "auto",
        pixels: bool = True,
        scenes: bool = True,
        encoder: str | None = None,
        seed: int = 0,
    ) -> Split:
        """Divide the items so that no copies, and no two shots of one scene, are on both sides.

        Nor are boxes on one image. It is kept as the property ``split``.

        Parameters
        ----------
        train, val, test : float
            Shares; they sum to 1.
        stratify : str, optional
            Column whose values have the same shares in each part; of numbers and dates, their deciles. Of lists each
            class has, by iterative stratification. Inside each, clusters are shared out evenly, too.
        groups : str, Series, mapping or array_like [n], optional
            Column or values: items of one patient, video or camera stay together. None: of no group. A Series is read
            by its index, a mapping by its ids, an array in the order of :attr:`ids`.
        threshold, pixels : float or "auto", bool
            What a copy is, see :meth:`duplicates`.
        scenes : bool
            Keep shots of one scene together, too. False lets them go.
        encoder : str, optional
            Which embeddings; those made last by default.
        seed : int

        Returns
        -------
        Split
            ``train``, ``val`` and ``test`` (ids), ``ties``: how many pairs of each kind were kept together, and
            ``leaks``: the pairs left across, measured.

        Warns
        -----
        UserWarning
            If a part stays empty or far from its share, or one group is more than a tenth of all, because too much is
            tied together; if the ids look like frames of sequences and no ``groups`` are given; or if the store is open
            for reading only, so that the property is not kept.

        Examples
        --------
        >>> ds.split(train=0.7, val=0.2, test=0.1, groups="camera")
        """
        from ..findings.split import split_items

        shares = {"train": train, "val": val, "test": test}
        return split_items(
            self._as_it_is(), shares=shares, stratify=stratify, groups=groups, threshold=threshold, pixels=pixels,
            scenes=scenes, encoder=encoder, seed=seed,
        )  # fmt: skip

    def check_split(
        self,
        column: str = "split",
        *,
        threshold: float | Literal["auto"] = "auto",
        pixels: bool = True,
        scenes: bool = True,
        encoder: str | None = None,
    ) -> Split:
        """Look through a split that is there: ``leaks`` are the copies, and shots of one scene, on both sides.

        Boxes on one image are, too.

        Parameters
        ----------
        column : str
            The column that names each item's part.
        threshold, pixels, scenes : float or "auto", bool, bool
            As in :meth:`split`.
        encoder : str, optional
            Which embeddings; those made last by default.

        Returns
        -------
        Split
            As it is; nothing is changed.
        """
        from ..findings.split import check_split_of

        return check_split_of(self, column, threshold=threshold, pixels=pixels, scenes=scenes, encoder=encoder)
