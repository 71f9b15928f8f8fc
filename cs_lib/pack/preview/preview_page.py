"""What is asked of a preview, and the page that it shows: outside any pack, and looked at again and again."""

import hashlib
import re
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import quote

from cs_lib.pack.run.publish import write_atomically
from cs_lib.period import ALL, LONGEST_NAME, Segment, with_digest

FOLDER = Path(".cache") / "preview"
NOTEBOOKS = "notebooks"
#: milliseconds after which an open page asks whether there is a newer one
AGAIN = 500
#: asks by a file beside the page, for a page from a disk may fetch nothing else
_LOOKS = """<script>
window.made = "{made}";
setInterval(() => {{
  const look = document.createElement("script");
  look.src = "{beside}?" + Date.now();
  look.onload = look.onerror = () => look.remove();
  document.head.append(look);
}}, {again});
</script>"""
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass(frozen=True)
class PreviewRequest:
    """The words of the command line. `notebook` is a name; `data_dir` a folder, empty for the edition's own."""

    notebook: str
    edition: str = "sample"
    segment: str = ALL
    period: str | None = None
    data_dir: str = ""
    allow_rejects: bool = False

    def file(self, root: Path) -> Path:
        """The notebook's file."""
        return root / NOTEBOOKS / f"{self.notebook}.ipynb"

    def page(self, root: Path) -> Path:
        """Where the page lies: one for each notebook, edition and segment."""
        slug = Segment.parse(self.segment).slug
        name = f"{self.notebook}--{Path(self.edition).stem}--{slug}"
        if len(name.encode()) > LONGEST_NAME:
            name = with_digest(name, name)
        return root / FOLDER / f"{name}.html"


def put_page(place: Path, page: str) -> None:
    """Put a page in its place. Where an older one is open, the browser shows this one within a second."""
    made = hashlib.sha256(page.encode()).hexdigest()[:16]
    beside = place.with_suffix(".js")
    looks = _LOOKS.format(made=made, beside=quote(beside.name), again=AGAIN)
    place.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(place, page.replace("</head>", f"{looks}</head>", 1))
    write_atomically(beside, f'if (window.made !== "{made}") location.reload();\n')


def trouble_page(trouble: str, details: str = "") -> str:
    """What went wrong, as a page."""
    below = f"<pre>{escape(_ANSI.sub('', details))}</pre>" if details else ""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Preview</title>'
        '<meta name="color-scheme" content="light dark"></head>'
        '<body style="font: 1rem/1.5 system-ui, sans-serif; margin: 2rem; overflow-wrap: anywhere">'
        f"<h1>This report cannot be made</h1><p>{escape(trouble)}</p>{below}</body></html>\n"
    )
