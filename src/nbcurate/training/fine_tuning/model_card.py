"""The model card of a tuned encoder: what it is, what it was made of, how, and how good it is."""

from __future__ import annotations

from typing import Any

_SHOWN = 50  # classes that are listed


def model_card(training: dict[str, Any]) -> str:
    """The card as Markdown, with the header that model hubs read.

    Parameters
    ----------
    training : dict
        What `fine_tune` notes of a training.
    """
    classes, items = training["classes"], training["items"]
    lines = [
        "---",
        "library_name: transformers",
        "pipeline_tag: image-classification",
        f"base_model: {training['base']['model']}",
        "tags: [image-classification, image-feature-extraction, nbcurate]",
        "---",
        "",
        f"# {training['name']}",
        "",
        f"`{training['base']['name']}`, fine-tuned on {items['train']:,} pictures of {len(classes)} classes with "
        f"nbcurate {training['nbcurate']}. It gives classes (`AutoModelForImageClassification`) and vectors "
        "(`AutoModel`, or `ds.embed(folder)` in nbcurate).",
        "",
        f"**Classes**: {', '.join(classes[:_SHOWN])}{' ...' if len(classes) > _SHOWN else ''}",
        "",
        f"**Data**: {', '.join(f'{part} {count:,}' for part, count in items.items())} pictures; "
        f"digest `{training['data']}`.",
        "",
        *_how_good(training),
        "## Recipe",
        "",
        "```python",
        f"nbcurate.fine_tune(ds, {training['base']['model']!r}, {_arguments(training['arguments'])})",
        "```",
        "",
        f"Kept: epoch {training['best_epoch']}{_stopped(training)}. Everything else is in `training.json`.",
        "",
    ]
    return "\n".join(lines)


def _how_good(training: dict[str, Any]) -> list[str]:
    """What was measured; nothing where that was interrupted."""
    report = training.get("report")
    if report is None:
        return []
    accuracies = [f"{value:.3f} ({part})" for part, value in training["accuracy"].items()]
    measures = [f"| {name} | {report['frozen'][name]:.3f} | {report['tuned'][name]:.3f} |" for name in report["frozen"]]
    return [
        "## How good",
        "",
        f"Accuracy of the classifier: {', '.join(accuracies)}. Of the vectors, on {report['n_items']:,} pictures of "
        f"the part {report['part']!r}, which it was not trained on:",
        "",
        "| measure | frozen | tuned |",
        "|---|---|---|",
        *measures,
        "",
    ]


def _arguments(arguments: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in arguments.items())


def _stopped(training: dict[str, Any]) -> str:
    return f"; {training['stopped']}" if training["stopped"] else ""
