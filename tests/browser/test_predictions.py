"""What a person does with predictions and columns beside each other, in a real JupyterLab on a real kernel."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from .jupyterlab import Notebook, View
from .test_looks import take_picture


def test_predictions_are_drawn_beside_labels_and_chosen_from(notebook: Notebook, opening_detections: str) -> None:
    notebook.run(opening_detections, "grid = nbc.SimilarityGrid(ds, predictions='yolo8', thumbnail_size=192)\ngrid")
    grid = notebook.grid().wait()
    first = grid.tile("00.jpg")
    labels, predicted = first.locator("g.label"), first.locator("g.prediction")
    expect(labels).to_have_count(3)
    expect(predicted).to_have_count(5)  # one is doubled, one made up
    assert predicted.locator("rect").last.evaluate("rect => getComputedStyle(rect).strokeDasharray") != "none"

    grid.test_id("drawn-menu").click()
    grid.test_id("score").fill("0.5")
    notebook.wait_for("grid.score", 0.5)
    expect(predicted).to_have_count(3)
    notebook.execute("grid.score = 0")
    expect(predicted).to_have_count(5)
    expect(grid.test_id("score")).to_have_value("0")
    grid.test_id("drawn-menu-box").locator("[data-value=food]").check()
    notebook.wait_for("grid.drawn_classes", ["food"])
    expect(labels.or_(predicted)).to_have_count(0)
    grid.test_id("draw-all").click()
    expect(labels).to_have_count(3)
    grid.test_id("drawn-predictions").select_option("")
    notebook.wait_for("grid.predictions", None)
    expect(predicted).to_have_count(0)
    notebook.execute("grid.predictions = 'yolo8'")
    expect(predicted).to_have_count(5)
    take_picture(grid.root, "drawn-menu")
    grid.page.keyboard.press("Escape")

    first.dblclick()
    stage = grid.test_id("preview").locator(".stage")
    expect(stage.locator("g.prediction text").first).to_contain_text("0.")
    expect(stage.locator("img:not(.rough)")).to_be_visible()
    take_picture(grid.root, "drawn-preview")


def test_two_columns_span_a_scatter_and_what_is_lassoed_is_selected(notebook: Notebook, opening: str) -> None:
    scores = "dict(zip(ds.ids, [n / 200 for n in range(len(ds))]))"
    making = f"view = nbc.Scatter(ds, x='score', y='width', columns={{'score': {scores}}}, height=420)\nview"
    notebook.run(opening, making)
    view = notebook.view("scatter")
    stage = view.test_id("stage")
    expect(stage.locator("canvas[data-drawn='111']")).to_be_visible()
    expect(view.test_id("axis-x")).to_contain_text("score")
    expect(view.test_id("axis-y")).to_contain_text("width (px)")
    expect(view.test_id("axis-x").locator("span").first).to_have_text("0.0")
    take_picture(view.root, "scatter")

    view.test_id("tool-box").click()
    box = stage.bounding_box()
    assert box
    page = notebook.page
    page.mouse.move(box["x"] + 2, box["y"] + 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 2, steps=4)
    page.mouse.up()
    expect(view.test_id("count")).not_to_have_text("0")
    notebook.wait_for("view.selected and sorted(view.selected) == sorted(ds.ids[: len(view.selected)])", True)
    assert 45 <= notebook.value("len(view.selected)") <= 60
    notebook.execute("ds.selection.set(ds.ids[:5])")
    view.expect_count(5)

    view.test_id("x").select_option("height")
    view.test_id("log-x").click()
    notebook.wait_for("(view.x, view.log_x)", ("height", True))
    expect(view.test_id("axis-x")).to_contain_text("height (px)")
    notebook.execute("view.y = 'bytes'; view.log_y = True; view.color = None")
    expect(view.test_id("axis-y")).to_contain_text("bytes (B)")
    expect(view.test_id("axis-y").locator("span").first).to_be_visible()  # the values are there
    expect(view.test_id("log-y")).to_have_attribute("aria-pressed", "true")
    expect(view.test_id("legend")).to_have_count(0)
    stage.focus()
    page.keyboard.press("ArrowLeft")
    expect(view.test_id("card")).to_contain_text("bytes:")


def test_the_score_is_dragged_and_holds_in_every_view_of_the_predictions(
    notebook: Notebook, opening_detections: str
) -> None:
    making = "curves = nbc.PrecisionRecall(ds, evaluation, height=420)\ncurves"
    drawing = "grid = nbc.SimilarityGrid(ds, predictions=evaluation, height=420)\ngrid"
    notebook.run(opening_detections + "\nevaluation = ds.evaluate('yolo8')", making, drawing)
    curves, grid = notebook.view("curves"), notebook.grid().wait()
    page = notebook.page
    line, readout = curves.test_id("threshold"), curves.test_id("readout")
    expect(line).to_have_attribute("aria-valuenow", f"{notebook.value('evaluation.score'):.2f}")
    best = notebook.value("[round(float(v), 3) for v in curves.at().loc['all']]")
    for number in best:
        expect(readout).to_contain_text(f"{number:.3f}")
    missed = grid.root.locator("g.label[data-outcome=missed]")
    expect(missed).to_have_count(notebook.value("int(evaluation.table.missed.sum())"))

    line.focus()
    page.keyboard.press("Home")
    notebook.wait_for("curves.score", 0.0)
    notebook.wait_for("grid.score", 0.0)
    expect(grid.tile("00.jpg").locator("g.prediction")).to_have_count(5)
    page.keyboard.press("PageUp")
    page.keyboard.press("ArrowRight")
    notebook.wait_for("curves.score", 0.11)
    box = curves.test_id("score-plot").bounding_box()
    assert box
    place = line.bounding_box()
    assert place
    page.mouse.move(place["x"] + place["width"] / 2, place["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 20, place["y"] + 60, steps=5)
    page.mouse.up()
    notebook.wait_for("curves.score > 0.9", True)
    expect(grid.root.locator("g.prediction")).to_have_count(notebook.value(above("curves.score")))
    notebook.execute("told = []\ncurves.observe(lambda change: told.append(change.new), names='score')")
    notebook.execute("grid.score = .6")
    expect(line).to_have_attribute("aria-valuenow", "0.6")
    notebook.wait_for("told", [0.6])

    curves.legend("food").click()
    notebook.wait_for("curves.of", "food")
    recall = notebook.value("float(curves.at(.6).loc['food', 'recall'])")
    expect(readout).to_contain_text(f"{recall:.3f}")
    notebook.execute("curves.of = ''")
    expect(readout).to_contain_text("all classes")
    curve = curves.test_id("recall-plot").locator("path.focused").bounding_box()
    assert curve
    page.mouse.move(curve["x"] + 3, curve["y"] + 3)
    expect(curves.test_id("tip")).to_contain_text("precision 1.000")
    take_picture(curves.root, "precision-recall")
    curves.test_id("best").click()
    notebook.wait_for("curves.score == evaluation.score", True)
    take_picture(grid.root, "drawn-outcomes")
    page.keyboard.press("x")
    assert notebook.cell_count() == 3


def above(score: str) -> str:
    """Code that counts the predictions of a score or more."""
    return f"int((ds.predictions['yolo8'].exact_scores >= {score}).sum())"


def test_a_cell_of_objects_selects_their_pictures_or_the_objects(notebook: Notebook, opening_detections: str) -> None:
    making = "of_images = nbc.ConfusionMatrix(ds, evaluation, height=360)\nof_images"
    other = "of_objects = nbc.ConfusionMatrix(ds.objects, evaluation, height=360)\nof_objects"
    notebook.run(opening_detections + "\nevaluation = ds.evaluate('yolo8')", making, other)
    images, objects = notebook.view("confusion"), notebook.view("confusion", 1)
    table = notebook.value("evaluation.confusion.to_dict('index')")

    def cell(view: View, given: str, predicted: str) -> Locator:
        return view.root.locator(f"[data-given={given}][data-predicted={predicted}]")

    for given, predicted in (("animals", "animals"), ("food", "nothing"), ("nothing", "vehicles")):
        expect(cell(images, given, predicted)).to_have_text(str(table[given][predicted]))
    expect(images.test_id("summary")).to_contain_text("missed")
    cell(images, "food", "nothing").click()
    notebook.wait_for("sorted(of_images.selected)", notebook.value("sorted(of_images.cell('food', 'nothing'))"))
    expect(cell(images, "food", "nothing")).to_have_attribute("data-kept", "all")
    notebook.execute("ds.selection.set([])")
    expect(cell(images, "food", "nothing")).not_to_have_attribute("data-kept", "all")

    cell(objects, "food", "nothing").click()
    notebook.wait_for("len(of_objects.selected)", table["food"]["nothing"])
    notebook.wait_for("sorted(of_objects.selected)", notebook.value("sorted(of_objects.cell('food', 'nothing'))"))
    take_picture(images.root, "confusion-of-objects")

    images.test_id("score").fill("0.9")
    notebook.wait_for("of_images.score", 0.9)
    missed = notebook.value("of_images.table.loc['food', 'nothing'].item()")
    expect(cell(images, "food", "nothing")).to_have_text(str(missed))
    assert missed > table["food"]["nothing"]


def test_an_object_is_shown_on_its_picture_with_what_is_predicted_there(
    notebook: Notebook, opening_detections: str
) -> None:
    notebook.run(opening_detections, "nbc.SimilarityGrid(ds.objects, predictions='yolo8')")
    grid = notebook.grid().wait()
    first = grid.tile(grid.ids()[0])
    first.dblclick()
    stage = grid.test_id("preview").locator(".stage")
    expect(stage.locator("g.label")).to_have_count(1)
    expect(stage.locator("g.prediction")).to_have_count(5)
    expect(first.locator("g.prediction")).to_have_count(0)
