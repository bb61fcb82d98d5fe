"""``fine_tune`` with its defaults, a plain Trainer script, and fastai, on one split; judged on its test part.

Every model begins with the weights of EfficientNet-Lite0 and sees the same training and validation pictures. What is
judged are the vectors of the test pictures: leave-one-out kNN, a linear probe on the training pictures, NMI of k-means
with the classes, retrieval; and the accuracy of each one's own classifier. scikit-learn judges, not what is judged.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from ground_truth import photographs  # pyright: ignore[reportMissingImports]
from numpy.typing import NDArray
from PIL import Image
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, normalized_mutual_info_score
from sklearn.model_selection import cross_val_predict
from sklearn.neighbors import KNeighborsClassifier

import nbcurate as nbc

SEED = int(os.environ.get("NBCURATE_SEED", "0"))
EPOCHS = 5  # of the others; ours takes its default
_BATCH = 16


def main() -> None:
    """Print a row a model."""
    pictures = photographs()
    with tempfile.TemporaryDirectory() as folder:
        ds = nbc.Dataset.from_folder(pictures.folder, store=Path(folder) / "pictures.nbc")
        ds = ds.embed().where("label is not null")
        ds.split(0.7, 0.15, 0.15, seed=SEED)
        part = np.array(ds.column("split").to_pylist())
        counts = ", ".join(f"{name} {int((part == name).sum()):,}" for name in ("train", "val", "test"))
        print(f"{len(ds):,} pictures, {counts}; seed {SEED}\n")
        print("| | own accuracy | kNN | probe | NMI | mAP | seconds |")
        print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
        show("frozen", ds, part, ds.embeddings(), None, 0.0)
        for name, train in (("nbcurate.fine_tune", ours), ("Trainer script", trainer_script), ("fastai", fastai)):
            since = time.perf_counter()
            try:
                vectors, said = train(ds, part)
            except ImportError as error:
                print(f"| {name} | not installed: {error.name} ||||||")
                continue
            show(name, ds, part, vectors, said, time.perf_counter() - since)


def show(
    name: str, ds: nbc.Dataset, part: NDArray[np.str_], vectors: NDArray, said: Sequence[str] | None, seconds: float
) -> None:
    """Print how good vectors and predictions are on the test part."""
    labels = np.array(ds.labels, str)
    test, train = part == "test", part == "train"
    own = float("nan") if said is None else float((np.array(said, str)[test] == labels[test]).mean())
    row = [own, *measures(vectors[test], labels[test], vectors[train], labels[train])]
    print(f"| {name} | {' | '.join(f'{value:.3f}' for value in row)} | {seconds:.0f} |", flush=True)


def measures(held_out: NDArray, labels: NDArray, train: NDArray, train_labels: NDArray) -> list[float]:
    """kNN accuracy, probe accuracy, NMI, mean average precision."""
    knn = KNeighborsClassifier(10, metric="cosine", weights="distance")
    voted = cross_val_predict(
        knn, held_out, labels, cv=[([*range(i), *range(i + 1, len(labels))], [i]) for i in range(len(labels))]
    )
    probe = max(
        LogisticRegression(C=c, max_iter=500).fit(train, train_labels).score(held_out, labels) for c in (1, 10, 100)
    )
    k = len(set(labels))
    nmi = np.mean(
        [normalized_mutual_info_score(labels, KMeans(k, random_state=s).fit_predict(held_out)) for s in range(3)]
    )
    similarity = held_out @ held_out.T
    others = ~np.eye(len(labels), dtype=bool)
    precision = [
        average_precision_score(labels[others[i]] == labels[i], similarity[i, others[i]])
        for i in range(len(labels))
        if np.count_nonzero(labels == labels[i]) > 1
    ]
    return [float(np.mean(np.asarray(voted) == labels)), float(probe), float(nmi), float(np.mean(precision))]


def ours(ds: nbc.Dataset, part: NDArray[np.str_]) -> tuple[NDArray, list[str]]:
    """Three lines."""
    tuned = nbc.fine_tune(ds, "efficientnet-lite0", seed=SEED)
    ds.embed(tuned)
    return ds.embeddings(tuned.name), tuned.predict(ds)["prediction"].tolist()


def trainer_script(ds: nbc.Dataset, part: NDArray[np.str_]) -> tuple[NDArray, list[str]]:
    """What transformers' documentation shows for classifying images: all layers, 5e-5, its defaults otherwise."""
    from torchvision.transforms import v2
    from transformers import AutoModelForImageClassification, Trainer, TrainingArguments

    from nbcurate.encoders.loading.packaged import packaged_checkpoint

    data = ds.to_torch()
    folder = packaged_checkpoint("efficientnet-lite0").folder
    model = AutoModelForImageClassification.from_pretrained(
        folder, num_labels=len(data.classes), ignore_mismatched_sizes=True
    )
    finish = [v2.PILToTensor(), v2.ToDtype(torch.float32, scale=True), v2.Normalize([0.5] * 3, [0.5] * 3)]
    crop = v2.Compose([v2.RandomResizedCrop(224), v2.RandomHorizontalFlip(), *finish])
    whole = v2.Compose([v2.Resize(256, v2.InterpolationMode.BICUBIC), v2.CenterCrop(224), *finish])

    class Some(torch.utils.data.Dataset):
        def __init__(self, name: str, transform: Any) -> None:
            self.rows, self.transform = np.flatnonzero(part == name), transform

        def __len__(self) -> int:
            return len(self.rows)

        def __getitem__(self, index: int) -> dict[str, Any]:
            picture, target = data[int(self.rows[index])]
            return {"pixel_values": self.transform(picture), "labels": target}

    with tempfile.TemporaryDirectory() as output:
        arguments = TrainingArguments(
            output, num_train_epochs=EPOCHS, per_device_train_batch_size=_BATCH, eval_strategy="epoch",
            save_strategy="no", report_to="none", remove_unused_columns=False, disable_tqdm=True, seed=SEED,
            use_cpu=not torch.cuda.is_available(),
        )  # fmt: skip
        trainer = Trainer(model, arguments, train_dataset=Some("train", crop), eval_dataset=Some("val", whole))
        trainer.train()
    model.eval()

    def pooled(pictures: list[Image.Image]) -> NDArray:
        with torch.inference_mode():
            batch = torch.stack([whole(picture) for picture in pictures]).to(model.device)
            return (
                model.timm_model.forward_head(model.timm_model.forward_features(batch), pre_logits=True).cpu().numpy()
            )

    vectors, scores = _both(data, pooled, model.timm_model.get_classifier())
    return vectors, [data.classes[c] for c in scores.argmax(axis=1)]


def fastai(ds: nbc.Dataset, part: NDArray[np.str_]) -> tuple[NDArray, list[str]]:
    """``vision_learner(...).fine_tune(...)``, as its documentation begins."""
    import warnings

    from fastai.vision.all import (  # pyright: ignore[reportMissingImports]
        CategoryBlock,
        DataBlock,
        ImageBlock,
        IndexSplitter,
        PILImage,
        Resize,
        accuracy,
        aug_transforms,
        vision_learner,
    )

    from nbcurate.encoders.loading.packaged import packaged_checkpoint

    warnings.simplefilter("ignore")
    data = ds.to_torch()
    used = np.flatnonzero(part != "test")
    block = DataBlock(
        (ImageBlock, CategoryBlock), get_x=lambda row: PILImage.create(np.asarray(data[int(row)][0])),
        get_y=lambda row: data.classes[data.targets[int(row)]],
        splitter=IndexSplitter(np.flatnonzero(part[used] == "val")), item_tfms=Resize(256),
        batch_tfms=aug_transforms(size=224),
    )  # fmt: skip
    loaders = block.dataloaders(used.tolist(), bs=_BATCH, num_workers=0)
    learner = vision_learner(loaders, "tf_efficientnet_lite0", pretrained=False, normalize=False, metrics=accuracy)
    from safetensors.torch import load_file

    weights = load_file(packaged_checkpoint("efficientnet-lite0").folder / "model.safetensors")
    body = learner.model[0].model
    body.load_state_dict(
        {name.removeprefix("timm_model."): value for name, value in weights.items() if "classifier" not in name},
        strict=False,
    )
    learner.fine_tune(EPOCHS)
    learner.model.eval()
    test = block.dataloaders(used.tolist(), bs=_BATCH, num_workers=0).test_dl(list(range(len(data))))
    vectors, scores = [], []
    with torch.inference_mode():
        for (batch,) in test:
            map_ = learner.model[0](batch)
            vectors.append(map_.mean(dim=(2, 3)).cpu().numpy())
            scores.append(learner.model[1](map_).cpu().numpy())
    found = np.concatenate(vectors)
    names = list(loaders.vocab)
    return _unit(found), [names[c] for c in np.concatenate(scores).argmax(axis=1)]


def _both(data: Any, pooled: Any, classifier: Any) -> tuple[NDArray, NDArray]:
    found = np.concatenate(
        [
            pooled([data[at][0] for at in range(start, min(start + _BATCH, len(data)))])
            for start in range(0, len(data), _BATCH)
        ]
    )
    with torch.inference_mode():
        scores = classifier(torch.from_numpy(found).to(next(classifier.parameters()).device)).cpu().numpy()
    return _unit(found), scores


def _unit(vectors: NDArray) -> NDArray:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
