"""Settings of Sphinx; `docs/build_site.py` calls it, on the pages that it has collected."""

import os
import warnings
from pathlib import Path

import automl

# Pictures are drawn as on a machine without a screen.
os.environ["MPLBACKEND"] = "Agg"

project = "automl"
author = "the automl contributors"
copyright = author
release = automl.__version__
version = release

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_gallery.gen_gallery",
]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
exclude_patterns = [
    "files",
    "templates",
    "sg_execution_times.rst",
    "gallery/sg_execution_times.rst",
]
templates_path = ["templates"]
default_role = "obj"  # numpydoc's names in backticks are links where the reference has them
highlight_language = "text"
suppress_warnings = ["config.cache"]  # settings of the gallery that no file can hold

myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]

autosummary_generate = True
autodoc_typehints = "none"  # docstrings say types in words
autodoc_member_order = "bysource"
toc_object_entries_show_parents = "hide"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

WITH_CONTENTS = ("*", "guide/*", "api/**", "migration/*", "decisions/*", "results/*")

html_theme = "pydata_sphinx_theme"
html_title = "automl"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_context = {"default_mode": "auto"}  # light or dark, as the reader has it
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "logo": {"text": "automl"},
    "show_prev_next": False,
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "navbar_persistent": ["search-button"],
    # All but the examples, which need the width for their code.
    "secondary_sidebar_items": {
        "index": [],
        **{pattern: ["page-toc"] for pattern in WITH_CONTENTS},
    },
    "footer_start": ["copyright"],
    "footer_end": [],
    "header_links_before_dropdown": 7,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
html_sidebars = {"index": [], "start": [], "results": []}

sphinx_gallery_conf = {
    "examples_dirs": [str(Path(__file__).parents[1] / "gallery")],
    "gallery_dirs": ["gallery"],
    "filename_pattern": "plot_",
    "within_subsection_order": "FileNameSortKey",
    "backreferences_dir": "api/generated/examples",
    "doc_module": ("automl",),
    "reference_url": {"automl": None},
    "download_all_examples": False,
    "show_signature": False,
    "show_memory": False,
    "write_computation_times": False,
    "min_reported_time": 3600,
    "image_srcset": ["2x"],
}

# A warning that an example raises would stand on no page, so it ends the build.
warnings.filterwarnings("error", category=automl.AutoMLWarning)
