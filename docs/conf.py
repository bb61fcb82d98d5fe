"""How the site is built: `make docs`, offline. Pages are Markdown; those with cells are run."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import warnings
from pathlib import Path

DOCS = Path(__file__).parent
ROOT = DOCS.parent
WORK = ROOT / ".demo" / "docs"

sys.path.insert(0, str(DOCS))  # for pages that import site_pictures

import nbcurate  # noqa: E402

project = "nbcurate"
author = "the nbcurate authors"
copyright = author
release = version = nbcurate.__version__

extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx_copybutton",
    "sphinx_design",
]
exclude_patterns = ["_build", "jupyter_execute", "**.ipynb_checkpoints"]

# -- pages ------------------------------------------------------------------------------------------------------------

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

# -- what is executed -------------------------------------------------------------------------------------------------


def sources_hash() -> str:
    """Of what the pages run: outputs are computed anew when the package has changed."""
    digest = hashlib.sha256()
    for file in sorted([*(ROOT / "src").rglob("*.py"), DOCS / "site_pictures.py"]):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def copy_notebooks() -> None:
    """The tutorials lie outside of the folder that Sphinx reads. One that has not changed keeps its time."""
    target = DOCS / "notebooks"
    target.mkdir(exist_ok=True)
    for file in sorted((ROOT / "notebooks").glob("*.ipynb")):
        copy = target / file.name
        if not copy.exists() or copy.read_bytes() != file.read_bytes():
            shutil.copyfile(file, copy)


copy_notebooks()
SITE = WORK / sources_hash()
SITE.mkdir(parents=True, exist_ok=True)
os.environ["NBCURATE_SITE"] = str(SITE)
PHOTOS, STAMPS = ROOT / ".demo" / "photos", ROOT / ".demo" / "stamps"
os.environ.setdefault("NBCURATE_IMAGES", str(PHOTOS if PHOTOS.is_dir() else STAMPS))
os.environ.setdefault("NBCURATE_CUT_OUTS", str(STAMPS))
os.environ["NBCURATE_WORK"] = str(SITE / "work")
os.environ["PYTHONPATH"] = os.pathsep.join([str(DOCS), os.environ.get("PYTHONPATH", "")])
os.environ["TQDM_DISABLE"] = "1"
Path(os.environ["NBCURATE_WORK"]).mkdir(exist_ok=True)

nb_execution_mode = "cache"
nb_execution_cache_path = str(SITE / "outputs")
nb_execution_timeout = 1_200  # a machine may be busy
nb_execution_show_tb = True  # a cell that fails is a warning, which ends `make docs` once all pages were tried
nb_execution_in_temp = True
nb_merge_streams = True
nb_ipywidgets_js = {}  # views need a kernel: a page has what they leave where there is none, and loads nothing
# After HTML, so that views are what they leave; before plain text, so that progress bars are nothing.
nb_mime_priority_overrides = [("html", "application/vnd.jupyter.widget-view+json", 35)]

# -- reference --------------------------------------------------------------------------------------------------------

autodoc_member_order = "groupwise"
autodoc_typehints = "none"  # the docstrings say what things are, in the words of the field
toc_object_entries_show_parents = "hide"
add_module_names = False
numpydoc_show_class_members = False
numpydoc_use_plots = False

# -- looks ------------------------------------------------------------------------------------------------------------

html_theme = "pydata_sphinx_theme"
html_title = "nbcurate"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "navbar_end": ["theme-switcher"],
    "navbar_persistent": ["search-button"],  # the wide one has a name for the eye and another for the ear
    "secondary_sidebar_items": ["page-toc"],
    "show_prev_next": False,
    "footer_start": ["copyright"],
    "footer_end": [],
    "navigation_with_keys": False,
    "show_toc_level": 2,
}
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
copybutton_exclude = ".linenos, .gp, .go"

warnings.filterwarnings("ignore", category=DeprecationWarning)
