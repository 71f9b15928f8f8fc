"""The front page as mail: what a real server receives, and every way in which it may not arrive."""

import json
import os
import socket
import ssl
import subprocess
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from cs_lib.edition import read_edition
from cs_lib.errors import EditionError, MailError
from cs_lib.pack.kernels.kernel_provider import kernel_environment
from cs_lib.pack.run.publish import PackPaths, locked
from cs_lib.pack.share import smtp
from cs_lib.pack.share.approval import ApprovalState, approval_of
from cs_lib.pack.share.message import Letter, html_of, message_of, text_of
from cs_lib.pack.share.send_command import _recipients, send
from cs_lib.period import Period, Segment
from cs_lib.report.tables.front_page import ActionText, FrontPage, TileText
from cs_lib.report.text.story_sentences import StoryText
from cs_lib.vocabulary import MAIL_SERVER

aiosmtpd = pytest.importorskip("aiosmtpd.controller")

SECRET = "p@ss/word:#1"
CODED = "p%40ss%2Fword%3A%231"
FRONT = FrontPage(
    headline=("Growing fast, leaking in APAC.", "MRR is $255K & we kept 80.5%."),
    tiles=(TileText("MRR", "$255K", change="+78% on the year"), TileText("NPS", "38", verdict="~")),
    stories=(
        StoryText("APAC loses 4.0% <b>", "A rival.", "$109K a year", "Call them.", "VP", "31 July"),
        StoryText("First value in 9 days", "", "", good=True),
    ),
    decisions=("Meet the price in APAC?",),
    actions=(ActionText("Hire two.", "Support", "Head", "30 April", "done", "Both are here."),),
    foot="Data to 30 June 2026.",
)
TINY = """
company: Tiny & Sons
tables: {subscriptions: data/subscriptions.csv}
segments: [plan, region]
mail:
  from: Reports <reports@tiny.example>
  recipients: {all: [Ada <ada@tiny.example>, bob@tiny.example], plan=Pro: [pro@tiny.example]}
"""


def letter(**given) -> Letter:
    draft = ApprovalState(asked=False, digest="a.b.c", last=None)
    told = {"company": "Tiny & Sons", "segment": "", "period": "May 2026", "front": FRONT}
    return Letter(**{**told, "approval": draft, "where": "The reports stand in x.", **given})


# --- the message


def test_a_mail_says_the_front_page_twice_and_escapes_what_came_from_data():
    sent = message_from_bytes(
        bytes(message_of(letter(), "R <r@tiny.example>", ("a@b.c",))), policy=default
    )
    assert sent["Subject"] == "Tiny & Sons · May 2026: Growing fast, leaking in APAC"
    assert sent.get_content_type() == "multipart/alternative"
    text, html = (part.get_content() for part in sent.iter_parts())
    for said in (
        "$255K",
        "APAC loses 4.0%",
        "Call them",
        "Meet the price in APAC?",
        "Both are here.",
    ):
        assert said in text and said in html
    assert "4.0% &lt;b&gt;" in html and "Tiny &amp; Sons" in html and "<b>" not in html
    assert max(map(len, text.splitlines())) <= 76


def test_what_mail_programs_drop_is_not_there():
    html = html_of(letter(accent="#123456"))
    for dropped in ("var(", "display:grid", "display:flex", "<style", "<script", "http", "src="):
        assert dropped not in html
    assert html.count("#123456") >= 2


def test_a_logo_goes_inside_and_the_book_beside(tmp_path):
    logo, book = tmp_path / "logo.png", tmp_path / "board.pdf"
    logo.write_bytes(b"\x89PNG\r\n\x1a\n..")
    book.write_bytes(b"%PDF-1.7 ..")
    mail = message_of(letter(logo=logo, book=book), "r@tiny.example", ("a@b.c",))
    sent = message_from_bytes(bytes(mail), policy=default)
    assert [part.get_content_type() for part in sent.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html",
        "image/png", "application/pdf",
    ]  # fmt: skip
    parts = list(sent.walk())
    assert parts[5]["Content-ID"] == "<logo>" and 'src="cid:logo"' in parts[4].get_content()
    assert parts[6].get_filename() == "Tiny & Sons · May 2026.pdf"
    assert parts[6].get_content() == b"%PDF-1.7 .."


def test_a_name_that_breaks_lines_adds_no_header():
    mail = message_of(letter(company="Tiny\r\nBcc: eve@x.y"), "r@tiny.example", ("a@b.c",))
    assert mail["Bcc"] is None and mail["Subject"].startswith("Tiny Bcc: eve@x.y · May 2026")


def test_how_it_stands_and_where_the_rest_is(tmp_path):
    asked = ApprovalState(asked=True, digest="a.b.c", last=None)
    text = text_of(letter(approval=asked, link="https://r.example/tiny/2026-05/index.html"))
    assert "Draft: not approved." in text
    assert text.rstrip().endswith("https://r.example/tiny/2026-05/index.html")


# --- a real server


class Box:
    """Keeps what is delivered, and refuses whom it is told to."""

    def __init__(self, refuses=(), breaks=""):
        self.mails, self.refuses, self.breaks = [], refuses, breaks

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refuses:
            return f"550 no such user {SECRET}" if self.breaks == "echo" else "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.breaks == "data":
            server.transport.abort()
        self.mails.append((envelope.rcpt_tos, envelope.content))
        return "552 too large" if self.breaks == "size" else "250 OK"


def authenticator(server, session, envelope, mechanism, given):
    from aiosmtpd.smtp import AuthResult

    return AuthResult(success=given.password == SECRET.encode(), handled=False)


@contextmanager
def serving(box, *, scheme="smtp", user="ada:" + CODED, **options):
    known = options.pop("known", True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    login = {"authenticator": authenticator, "auth_require_tls": False} if known else {}
    server = aiosmtpd.Controller(box, hostname="127.0.0.1", port=port, **login, **options)
    server.start()
    try:
        yield f"{scheme}://{user + '@' if user else ''}127.0.0.1:{port}"
    finally:
        server.stop()


def published(project, measures, text=TINY) -> None:
    """The manifest of a pack of the tiny edition, as a run writes it."""
    project.edition(text)
    edition, period = read_edition("tiny", root=project.root), Period.parse("2026-05")
    told = {"edition": "tiny", "company": "Tiny", "period": "2026-05", "period_end": "2026-06-01"}
    told |= {"made_at": "2026-06-10", "made_of": "x", "reports": []}
    told["approval"] = approval_of(edition, measures, period).as_dict()
    project.pack.mkdir(parents=True, exist_ok=True)
    (project.pack / "manifest.json").write_text(json.dumps(told))


@pytest.fixture
def post(project, measures, monkeypatch):
    """`post(url, ...)` sends the pack of the tiny edition, and gives what was said."""
    found = measures()
    published(project, found)

    def go(url="", **words):
        said = []
        if url:
            monkeypatch.setenv(MAIL_SERVER, url)
        else:
            monkeypatch.delenv(MAIL_SERVER, raising=False)
        send("tiny", root=project.root, say=said.append, **words)
        return said

    monkeypatch.setattr("cs_lib.metrics.audit.cache.load_measures", lambda *_, **__: found)
    monkeypatch.setattr("cs_lib.kit.kit_front.front_page", lambda selection: FRONT)
    return go


def ledger(project):
    return project.root / "reports" / "tiny" / "2026-05.sent.json"


def test_each_gets_it_once_for_the_same_figures(project, post):
    box = Box()
    with serving(box) as url:
        said = post(url)
        assert said == [
            "all: sent to Ada <ada@tiny.example>, bob@tiny.example.",
            "plan=Pro: sent to pro@tiny.example.",
        ]
        assert [to for to, _ in box.mails] == [
            ["ada@tiny.example", "bob@tiny.example"], ["pro@tiny.example"],
        ]  # fmt: skip
        sent = message_from_bytes(box.mails[0][1], policy=default)
        assert sent["To"] == "Ada <ada@tiny.example>, bob@tiny.example"
        assert "leaking in APAC" in sent.get_body(("html",)).get_content()
        assert post(url, segment="plan=Pro") == [
            "plan=Pro: these figures went to pro@tiny.example before. --again sends them again."
        ]
        assert len(box.mails) == 2
        post(url, segment="plan=Pro", again=True)
        assert len(box.mails) == 3
    path = ledger(project)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each["to"] for each in json.loads(path.read_text())][:2] == [
        "ada@tiny.example",
        "bob@tiny.example",
    ]
    assert not any(secret in path.read_text() for secret in (SECRET, CODED))


def test_a_dry_run_writes_files_for_their_owner_and_sends_nothing(project, post):
    said = post(dry_run=True)
    folder = project.root / "reports" / "tiny" / "2026-05.mail"
    assert said == [
        "reports/tiny/2026-05.mail/all.eml: to Ada <ada@tiny.example>, bob@tiny.example. Nothing was sent.",
        "reports/tiny/2026-05.mail/plan-Pro.eml: to pro@tiny.example. Nothing was sent.",
    ]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert not ledger(project).exists() and not list(project.pack.rglob("*.eml"))


def test_the_book_goes_to_those_who_get_the_whole_company_and_a_link_to_all(
    project, post, measures
):
    more = "  attach: true\n  link: https://r.example/x/\n"
    published(project, measures(), TINY + more)
    (project.pack / "board.pdf").write_bytes(b"%PDF-1.7 ..")
    post(dry_run=True)
    folder = project.root / "reports" / "tiny" / "2026-05.mail"
    whole, segment = (
        message_from_bytes((folder / name).read_bytes(), policy=default)
        for name in ("all.eml", "plan-Pro.eml")
    )
    assert [part.get_filename() for part in whole.iter_attachments()] == [
        "Tiny & Sons · May 2026.pdf"
    ]
    assert segment.get_content_type() == "multipart/alternative"
    assert segment["Subject"].startswith("Tiny & Sons · Plan Pro · May 2026: ")
    for mail, start in (
        (whole, "The board book is attached"),
        (segment, "The reports behind it: "),
    ):
        text = " ".join(mail.get_body(("plain",)).get_content().split())
        assert start in text and text.endswith("https://r.example/x/tiny/2026-05/index.html")


def test_a_book_printed_as_a_draft_does_not_go_out_as_approved(project, post, measures):
    from cs_lib.pack.share.approve_command import approve

    text = TINY + "  attach: true\n  approved_only: true\n"
    published(project, measures(), text)
    (project.pack / "board.pdf").write_bytes(b"%PDF-1.7 ..")
    approve("tiny", root=project.root, by="Ada", say=lambda _: None)
    again = r"Print it again: python -m cs_lib run tiny --period 2026-05 --pdf"
    with pytest.raises(EditionError, match=again):
        post(dry_run=True)
    assert post(dry_run=True, segment="plan=Pro")
    published(project, measures(), text)  # as a run after the approval leaves it
    assert post(dry_run=True)


def refused(post, url, **words) -> str:
    with pytest.raises(MailError) as caught:
        post(url, **words)
    said = str(caught.value)
    assert SECRET not in said and CODED not in said and "\n" not in said.strip()
    assert caught.value.exit_status == 7 and caught.value.__cause__ is None
    return said


def test_one_refused_recipient_is_named_and_the_others_get_it(project, post):
    box = Box(refuses=("bob@tiny.example",), breaks="echo")
    with serving(box) as url:
        said = refused(post, url)
        assert said == "all: bob@tiny.example was refused: 550."
        assert [to for to, _ in box.mails] == [["ada@tiny.example"], ["pro@tiny.example"]]
        box.refuses = ()
        post(url)
        assert box.mails[-1][0] == ["bob@tiny.example"]


def test_a_refused_login_says_so_without_the_password(post):
    with serving(Box(), user="ada:wrong") as url:
        said = refused(post, url)
        assert "refused the login (535). Look at the name and the password in CS_KIT_SMTP." in said
        assert "wrong" not in said
    with serving(Box(), known=False) as url:
        assert "takes no login. Leave user and password out of CS_KIT_SMTP." in refused(post, url)


def test_a_lost_connection_leaves_it_open_who_got_it(project, post):
    box = Box(breaks="data")
    with serving(box) as url:
        said = refused(post, url)
        assert (
            "was lost while the message was on its way to ada@tiny.example, bob@tiny.example"
            in said
        )
        box.breaks = ""
        assert post(url)[0] == (
            "all: nobody knows whether these figures reached Ada <ada@tiny.example>, bob@tiny.example. "
            "Ask, and where they did not, send them --again."
        )
        assert len(box.mails) == 2  # the one that broke off, and the segment's
    assert "cannot be reached: Connection refused. Nothing was sent." in refused(
        post, url, again=True
    )


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_who_may_have_got_it_is_written_down_where_sending_is_cut_off(
    project, post, monkeypatch, error
):
    def cut_off(*_):
        raise error

    monkeypatch.setattr(smtp.Postman, "hand_over", cut_off)
    with serving(Box()) as url, pytest.raises(error):
        post(url)
    lines = json.loads(ledger(project).read_text())
    assert [(each["to"], each["how"]) for each in lines] == [
        ("ada@tiny.example", "unsure"), ("bob@tiny.example", "unsure"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["{}", "[1]", '[{"to": "a@b.c", "figures": "x"}]', '["x"]', "["])
def test_a_ledger_that_is_none_is_named(project, post, text):
    ledger(project).write_text(text)
    assert refused(post, "smtp://127.0.0.1:1") == (
        "reports/tiny/2026-05.sent.json, which says who got which figures, cannot be read. Move it away "
        "once you know to whom they went. Nothing was sent."
    )


def test_nothing_is_sent_of_a_pack_that_is_being_made(project, post):
    with (
        locked(PackPaths(project.root, "tiny", "2026-05")),
        pytest.raises(EditionError, match=r"Another run is making tiny 2026-05"),
    ):
        post(dry_run=True)


def test_a_message_that_is_refused_is_not_written_down(project, post):
    with serving(Box(breaks="size")) as url:
        assert refused(post, url).endswith("refused the message: 552 too large")
    assert not ledger(project).exists()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    names = ("-keyout", folder / "key.pem", "-out", folder / "cert.pem")
    subject = ("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2")
    made = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject, *names)
    subprocess.run(made, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context, folder / "cert.pem"


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_tls_is_spoken_and_a_stranger_is_not_trusted(post, certificate, monkeypatch, scheme):
    context, path = certificate
    box = Box()
    tls = (
        {"ssl_context": context}
        if scheme == "smtps"
        else {"tls_context": context, "require_starttls": True}
    )
    with trusting(monkeypatch, path), serving(box, scheme=scheme, **tls) as url:
        post(url)
        assert len(box.mails) == 2
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with serving(box, scheme=scheme, **tls) as url:
        assert "cannot be trusted: self-signed certificate" in refused(post, url, again=True)
        other = url.replace(scheme, {"smtp": "smtps", "smtps": "smtp"}[scheme], 1)
        if scheme == "smtp":
            assert "does not speak TLS as CS_KIT_SMTP says." in refused(post, other, again=True)


@contextmanager
def trusting(monkeypatch, path: Path):
    with monkeypatch.context() as patched:
        patched.setenv("SSL_CERT_FILE", os.fspath(path))
        yield


def test_a_password_does_not_leave_the_machine_in_the_clear(post, monkeypatch):
    with serving(Box()) as url:
        monkeypatch.setattr(smtp, "LOOPBACK", ())
        assert "offers no TLS, and the password would travel in the clear." in refused(post, url)


@pytest.mark.parametrize(
    "url",
    [
        f"smtp://ada:{SECRET}@mail.example:25", "mail.example:25", "http://mail.example", "smtp://",
        f"smtp://ada:12/{SECRET}@mail.example", "smtp://mail.example:port", "smtp://[x",
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_not_repeated(post, url):
    said = refused(post, url)
    assert said.startswith("CS_KIT_SMTP is not written as smtp[s]://user:password@host:port.")
    assert "mail.example" not in said
    assert "is not set. Set it to smtp[s]" in refused(post, "")


def test_a_servers_password_is_not_in_its_words():
    assert SECRET not in repr(smtp.Server("h", 1, True, "ada", SECRET))


# --- what is refused before


def test_nothing_goes_out_that_nobody_approved(project, post, measures):
    from cs_lib.pack.share.approve_command import approve

    published(project, measures(), TINY + "  approved_only: true\n")
    box = Box()
    with serving(box) as url:
        with pytest.raises(
            EditionError, match=r"asks for an approval before anything is sent\. Draft: not"
        ):
            post(url)
        assert box.mails == [] and post(dry_run=True)
        approve("tiny", root=project.root, by="Ada", say=lambda _: None)
        post(url)
        assert len(box.mails) == 2


def test_what_was_not_published_is_not_sent(project, post):
    with pytest.raises(
        EditionError, match=r"mail\.recipients names nobody for it\. Did you mean plan=Pro"
    ):
        post(segment="plan=Prp")
    (project.root / "params" / "notes").mkdir()
    notes = project.root / "params" / "notes" / "tiny.yaml"
    notes.write_text("decisions: [{period: 2026-05, text: Hire}]\n")
    with pytest.raises(EditionError, match="notes were changed since the pack of 2026-05 was"):
        post()
    notes.unlink()
    project.edition(TINY.partition("mail:")[0])
    with pytest.raises(EditionError, match=r"params/tiny\.yaml names nobody to send to\. Add"):
        post()


def test_reports_of_older_figures_are_not_sent(project, post):
    path = project.pack / "manifest.json"
    report = {"slug": "board--all", "notebook": "board", "title": "Board", "segment": "all"}
    report |= {"status": "older", "key": "x", "made_on": "2026-06-10"}
    path.write_text(json.dumps(json.loads(path.read_text()) | {"reports": [report]}))
    with pytest.raises(
        EditionError, match=r"reports of older figures: board--all\. .* it is sent: "
    ):
        post(dry_run=True)


def test_a_segment_of_the_mail_is_found_in_whatever_order_it_is_written(project):
    crossed = 'reports: {segments: ["plan=Pro,region=EMEA"]}\n'
    both = ', "region=EMEA,plan=Pro": [e@tiny.example], "plan=Pro,region=EMEA": [f@tiny.example]}'
    project.edition(TINY.replace("[pro@tiny.example]}", "[pro@tiny.example]" + both) + crossed)
    edition = read_edition("tiny", root=project.root)
    segment = Segment.parse("plan=Pro,region=EMEA")
    for asked in ("region=EMEA,plan=Pro", "plan=Pro,region=EMEA"):
        assert _recipients(edition, edition.mail, asked) == {
            segment: ("e@tiny.example", "f@tiny.example")
        }


def test_no_notebook_is_told_the_password(monkeypatch, tmp_path):
    monkeypatch.setenv(MAIL_SERVER, "smtp://clerk:secret@mail.example.com")
    given = kernel_environment(tmp_path, {})
    assert not [name for name, value in given.items() if "secret" in value]
