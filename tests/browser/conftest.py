"""The sample's pack, published once, and one Chromium to open its pages with."""

import os
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cs_lib.errors import EditionError
from cs_lib.pack.pages.pdf import find_browser

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "report"))
#: the index of a pack, the shelf of all packs, the board book, and the meaning of the figures
LEADING = ("index", "../../index", "board", "definitions")
REPORTS = tuple(f"{path.stem}--all" for path in sorted((ROOT / "notebooks").glob("*.ipynb")))
SLICES = tuple(f"scorecard--plan-{plan}" for plan in ("Network", "Practice", "Solo"))
PAGES = (*LEADING, *REPORTS, *SLICES)
DESKTOP, PHONE = 1280, 390
#: names a folder for pictures of every report, to look at; without it a few are made and dropped
SHOTS = "CS_KIT_SHOTS"
#: how a browser of root's, as in a container, has to be started
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Whatever needs a browser takes long."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("slow")


@pytest.fixture(scope="package")
def chromium() -> str:
    """The path of the browser; what needs it is skipped where it or Playwright is missing."""
    extra = "is in the extra `browser`, which is not installed"
    pytest.importorskip("playwright.sync_api", reason=f"Playwright {extra}")
    pytest.importorskip("axe_playwright_python.sync_playwright", reason=f"axe {extra}")
    try:
        return find_browser()
    except EditionError:
        pytest.skip("there is no Chromium, Chrome or Edge on this machine")


@pytest.fixture(scope="package")
def pack(chromium, tmp_path_factory, publish) -> Path:
    """The folder of the sample's pack: every notebook for all, then one of them for each plan."""
    root = tmp_path_factory.mktemp("project")
    for name in ("params", "notebooks"):
        shutil.copytree(ROOT / name, root / name)
    (ROOT / ".cache").mkdir(exist_ok=True)
    (root / ".cache").symlink_to(ROOT / ".cache")  # where measures are kept by their content
    data = ROOT / "cs_lib" / "data" / "sample"
    for asked in ({"segments": ("all",)}, {"segments": ("plan=*",), "notebooks": ("scorecard",)}):
        published = publish(root, "sample", data_dir=data, **asked)
        assert not published.failed, published.failed
    assert len(published.entries) == len(REPORTS) + len(SLICES)
    return published.paths.pack


@pytest.fixture(scope="package")
def browser(pack, chromium):
    """One browser for all tests, started when the pack is there: the pages are what is tested."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield started
        started.close()


@dataclass
class Watch:
    """What an open page asked for besides itself, and what it complained of."""

    page: object
    requests: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda said: self.words.append(f"{said.type}: {said.text}"))
        self.page.on("pageerror", lambda error: self.words.append(str(error)))

    def open(self, path: Path):
        """Open a file; its own request and what it holds itself are no requests."""
        address = path.resolve().as_uri()
        self.page.goto(address)
        self.requests = [url for url in self.requests if url != address and url[:5] != "data:"]
        return self.page


@pytest.fixture
def watch(browser):
    """`watch(width=…, dark=…)` is a fresh page, cut off from the network and watched."""
    contexts = []

    def fresh(width: int = DESKTOP, dark: bool = False) -> Watch:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light"
        )
        contexts.append(context)
        context.route(lambda url: not url.startswith("file:"), lambda route: route.abort())
        return Watch(context.new_page())

    yield fresh
    for context in contexts:
        context.close()


@pytest.fixture
def shots(tmp_path) -> Path:
    """Where pictures go: the folder that SHOTS names, or one of this test's own."""
    folder = Path(os.environ.get(SHOTS) or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
