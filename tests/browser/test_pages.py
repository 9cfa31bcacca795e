"""The report and the live page in a real browser: sizes, colors, keyboard, and what axe finds."""

import os
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from automl import AutoMLClassifier, AutoMLRegressor, AutoMLWarning, catalogue

playwright = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:columns of one value are left out"),
]
BROWSER = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",  # a container is one; root cannot have another
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
SIZES = [(390, 844), (1280, 800)]
SCHEMES = ["light", "dark"]
WINDOWS = [(size, scheme) for size in SIZES for scheme in SCHEMES]
TWO = pytest.mark.parametrize("window", [WINDOWS[0], WINDOWS[-1]], indirect=True, ids=str)
ONE = pytest.mark.parametrize("window", WINDOWS[:1], indirect=True, ids=str)
RNG = np.random.default_rng(0)
SCRIPT = "<script>document.title = 'hacked'</script>"
X = pd.DataFrame(RNG.normal(size=(150, 4)), columns=["size", SCRIPT, "b" * 200, "c"]).assign(
    city=RNG.choice(["Oslo", "Rome", "Graz"], 150)
)
NUMBERS = pd.Series(X["size"] + X[SCRIPT] + 0.5 * RNG.normal(size=150), name="price")
LABELS = pd.Series(np.where(NUMBERS > 0, "yes", "no"), name="sold")
MODELS = ["logistic_regression", "ridge", "gaussian_nb", "k_neighbors_regressor"]
STEPS = ["simple_imputer", "standard_scaler", "one_hot_encoder"]
QUICK = {
    "time_budget": None,
    "max_evaluations": 8,
    "cv": 3,
    "catalogue": catalogue("default", include=[*MODELS, *STEPS]),
    "n_jobs": 1,
    "verbose": 0,
    "random_state": 0,
}
# All that the keyboard should reach, in the order of the page.
CONTROLS = "a[href], summary, [tabindex='0'], input, button"


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    if not Path(BROWSER).exists():
        pytest.fail(f"there is no browser at {BROWSER}; install Debian's chromium, or set CHROMIUM")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=BROWSER, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """Return the paths of a report on classes with new rows, and of one on numbers."""
    folder = tmp_path_factory.mktemp("reports")
    paths = {name: folder / f"{name}.html" for name in ("classes", "numbers")}
    search = AutoMLClassifier(**QUICK).fit(X, LABELS)
    with warnings.catch_warnings():  # on a slow machine, columns are left out
        warnings.simplefilter("ignore", AutoMLWarning)
        search.explain(X, LABELS, seconds=5)
    search.report(paths["classes"], X[::-1], LABELS[::-1], by="city")
    AutoMLRegressor(**QUICK).fit(X, NUMBERS).report(paths["numbers"])
    return paths


@pytest.fixture(params=WINDOWS, ids=str)
def window(browser, request):
    """Return a page that fails where the console has an error."""
    (width, height), scheme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
    )
    page, errors = context.new_page(), []
    page.on("console", lambda message: message.type == "error" and errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: errors.append(dialog.message))
    page.on("requestfailed", lambda asked: errors.append(asked.url))
    yield page
    context.close()
    assert errors == []


def test_a_report_on_classes(window, reports):
    window.goto(reports["classes"].as_uri())
    assert window.title() == "Classification of sold"
    check(window)


@TWO
def test_a_report_on_numbers(window, reports):
    window.goto(reports["numbers"].as_uri())
    assert window.title() == "Regression of price"
    check(window)


@TWO
def test_a_point_of_the_front_leads_to_its_row(window, reports):
    window.goto(reports["classes"].as_uri())
    point = window.locator("svg a").first
    row = point.get_attribute("href")
    point.focus()
    window.keyboard.press("Enter")
    assert window.evaluate("location.hash") == row
    assert window.evaluate("document.activeElement.id") == row.removeprefix("#")
    assert window.locator(row).evaluate("row => row.getBoundingClientRect().top") > -1


@ONE
def test_axe_sees_what_is_wrong(window, reports):
    window.goto(reports["classes"].as_uri())
    window.evaluate("document.querySelector('h1').insertAdjacentHTML('afterend', '<img src=\"\">')")
    with pytest.raises(AssertionError, match="image-alt"):
        check(window)


def start(*arguments, folder):
    return subprocess.Popen(
        [sys.executable, "-m", "automl", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def end(process):
    process.kill()
    process.communicate()


@pytest.fixture
def run(tmp_path):
    """Return the folder of a run that another process is in the midst of."""
    X.assign(sold=LABELS).to_csv(tmp_path / "train.csv", index=False)
    options = "fit train.csv --target sold --budget 600 --jobs 1 --quiet --history run.db".split()
    process = start(*options, folder=tmp_path)
    while not (tmp_path / "run.db").exists() or (tmp_path / "run.db").stat().st_size == 0:
        assert process.poll() is None
        time.sleep(0.05)
    yield tmp_path
    end(process)


@TWO
def test_the_live_page_follows_a_run(window, run):
    server = start("watch", "run.db", folder=run)
    try:
        window.goto(server.stdout.readline().strip())
        while not window.locator("details").count():  # the course begins with the first score
            window.wait_for_timeout(200)
        window.locator("#refresh").uncheck()
        check(window, least_charts=2)
        window.locator("#refresh").check()
        count = "document.querySelector('#progress p').textContent"
        window.evaluate("document.querySelector('details').open = true")
        window.locator("nav a[href='#data']").focus()  # which may scroll
        window.evaluate("window.scrollTo(0, 300)")
        before = window.evaluate(count)
        while window.evaluate(count) == before:  # the page forbids the script of a wait of its own
            window.wait_for_timeout(200)
        # What the reader has opened, scrolled and focused stays.
        assert window.evaluate("document.querySelector('details').open")
        assert window.evaluate("window.scrollY") == 300
        assert window.evaluate("document.activeElement.getAttribute('href')") == "#data"
        # Nothing moves while the box is empty.
        window.locator("#refresh").uncheck()
        frozen = window.evaluate(count)
        window.wait_for_timeout(5_000)
        assert window.evaluate(count) == frozen
        assert window.evaluate("document.title") == "Classification of sold"
    finally:
        end(server)


def check(window, least_charts=3):
    """Make sure that everybody can read and use a page."""
    # The page itself never scrolls sideways; wide tables do, inside of their own frame.
    widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    scrolled, seen = window.evaluate(widths)
    assert scrolled <= seen
    assert_tab_reaches_all(window)
    assert_charts_have_tables(window, least_charts)
    for part in window.query_selector_all("details"):
        part.evaluate("part => part.open = true")
    scrolled, seen = window.evaluate(widths)
    assert scrolled <= seen
    violations = axe.Axe().run(window).response["violations"]
    assert [(rule["id"], rule["impact"], rule["nodes"][0]["html"]) for rule in violations] == []


def assert_tab_reaches_all(window):
    window.evaluate(
        """selector => {
          const parts = [...document.querySelectorAll(selector)];
          window.expected = parts.filter(part => part.checkVisibility());
          window.reached = [];
          document.addEventListener('focusin', event => window.reached.push(event.target));
        }""",
        CONTROLS,
    )
    n_controls = window.evaluate("window.expected.length")
    assert n_controls > 8
    for _ in range(n_controls + 2):  # the focus may pass through the browser itself
        window.keyboard.press("Tab")
    missed = window.evaluate(
        "window.expected.filter(part => !window.reached.includes(part)).map(part => part.outerHTML)"
    )
    assert missed == []
    # Space opens what a summary hides.
    window.locator("summary").first.focus()
    window.keyboard.press("Space")
    assert window.evaluate("document.querySelector('details').open")
    window.keyboard.press("Space")


def assert_charts_have_tables(window, least):
    """Each chart is followed by its numbers."""
    without = window.evaluate(
        """() => [...document.querySelectorAll('figure')].filter(figure => {
          const table = figure.nextElementSibling?.querySelector('table');
          return figure.querySelector('svg') && !(table && table.rows.length > 1);
        }).length"""
    )
    assert without == 0
    assert window.evaluate("document.querySelectorAll('figure svg').length") >= least
