"""Images and the objects on them, as two data sets of the same pictures."""

from __future__ import annotations

from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..collection.vector_set import VectorSet
from ..store.ids import Ids, as_ids
from ..store.objects import image_ids


class CompanionSet(VectorSet):
    """Images with objects on them, or objects on images. Core of the classes that speak of both."""

    @property
    def objects(self) -> Self:
        """The objects on these images, as a data set of their own: with vectors, findings and a selection.

        Each is an item with its ``box``, its class as the label, and the ``image`` that it is on. What is changed in
        one of the two data sets is seen in the other the next time that it is asked for. Of a view, those on its
        images. A data set of objects gives itself.

        Raises
        ------
        ValueError
            If nothing is known of objects on these images.
        PermissionError
            If they are asked for the first time, and the store was opened with ``read_only=True``.

        Examples
        --------
        >>> ds = nbc.Dataset.from_coco("instances.json", images="images/", objects=False, store="cars.nbc")
        >>> ds.objects.embed().label_issues()
        >>> ds.objects.where("label = 'bus' and width < 40").images
        """
        whole = self._whole_objects()
        if whole.store is self._store:
            return self
        return whole if self._only is None else whole.where(self.objects_of(self.ids))

    @property
    def images(self) -> Self:
        """The images that these objects are on, as a data set of their own; see :attr:`objects`.

        The columns ``objects``, ``boxes`` and ``annotations`` say what is on each. Of a view, those that its objects
        are on. A data set of images gives itself.
        """
        whole = self._whole_images()
        if whole.store is self._store:
            return self
        return whole if self._only is None else whole.where(self.images_of(self.ids))

    def images_of(self, ids: Ids) -> list[str]:
        """Ids of the images that these objects are on, each once, in their order.

        Parameters
        ----------
        ids : ids
            Of objects.

        Examples
        --------
        >>> ds.images.selection.set(ds.images_of(ds.objects.selection))
        """
        items = self._whole_objects().store.items
        rows = items.rows_of_keys(items.keys_of_ids(as_ids(ids)))
        return list(dict.fromkeys(image_ids(items, rows).to_pylist()))

    def objects_of(self, ids: Ids) -> list[str]:
        """Ids of the objects on these images, in the order in which they came in.

        Parameters
        ----------
        ids : ids
            Of images.

        Examples
        --------
        >>> ds.objects.selection.set(ds.objects_of(ds.where("split = 'train'")))
        """
        items = self._whole_objects().store.items
        self._whole_images().store.items.keys_of_ids(names := as_ids(ids))
        rows = np.flatnonzero(items.shown)
        on = np.asarray(pc.is_in(image_ids(items, rows), pa.array(names, pa.string())))  # pyright: ignore[reportAttributeAccessIssue]
        return items.ids.take(pa.array(rows[on])).to_pylist()

    def _whole_objects(self) -> Self:
        from ..collection.companion import is_of_objects, objects_store

        return type(self)(self._store if is_of_objects(self._store) else objects_store(self._store))

    def _whole_images(self) -> Self:
        from ..collection.companion import images_store, is_of_objects

        return type(self)(images_store(self._store) if is_of_objects(self._store) else self._store)
