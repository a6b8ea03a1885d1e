"""The documents name what exists: commands, options, settings, files, and a manifest that Slack accepts."""

from __future__ import annotations

import itertools
import json
import os
import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from dotenv import dotenv_values
from jsonschema import validators

from cxbot.cli.campaigns import campaign
from cxbot.cli.incidents import incident
from cxbot.cli.layouts import shipped
from cxbot.cli.main import COMMANDS, main
from cxbot.cli.surveys import survey
from cxbot.cli.teams import team
from cxbot.cli.touchpoints import touchpoint
from cxbot.config import Settings
from cxbot.core.csv_files import campaigns, customers, touchpoints
from cxbot.core.csv_files.answers import COLUMNS
from cxbot.core.csv_files.mapping import KEYS
from cxbot.core.hooks import bodies, kinds
from cxbot.core.hooks.signatures import SignedRequest, verify
from cxbot.core.metrics.shipped import METRICS
from cxbot.core.surveys.shipped import SURVEYS
from cxbot.slack.incoming.listeners import register
from cxbot.slack.web_api.manifest import BASE_COMMANDS, BASE_EVENTS, FEATURES, MORE_COMMANDS, manifest, scopes
from cxbot.store.engine import migrations
from tests.desk import Desk

ROOT = Path(__file__).parents[1]
ORACLES = Path(os.environ.get("CXBOT_ORACLES", ROOT.parent / "shared" / "oracles"))
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", *(f"docs/{each.name}" for each in ROOT.glob("docs/*.md")))
SPAN = re.compile(r"`([^`\n]+)`")
CODE_LINE = re.compile(r"^ {4,}(\S.*)$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
MAP = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()
PATHS = re.compile(r"`((?:cxbot|docs|tests)/[\w./]*)`")


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _shell(name: str) -> Iterator[list[str]]:
    """Every `cxbot …` and `make …` in a document, as words."""
    for line in [*SPAN.findall(_text(name)), *CODE_LINE.findall(_text(name))]:
        words = shlex.split(line, comments=True)
        while words and re.fullmatch(r"[A-Z_]+=\S+", words[0]):
            words.pop(0)
        if words and words[0] in ("cxbot", "make"):
            yield words


def _command(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that a line names, and what is left of the line."""
    context = click.Context(main)
    found = main.get_command(context, words[1])
    assert found is not None, " ".join(words)
    rest = words[2:]
    if isinstance(found, click.Group) and rest:
        inner = found.get_command(context, rest[0])
        assert inner is not None, " ".join(words)
        return inner, rest[1:]
    return found, rest


def _every_command() -> Iterator[list[str]]:
    yield []
    for name in COMMANDS:
        yield [name]
    for group in (team, survey, incident, touchpoint, campaign):
        for name in group.commands:
            yield [str(group.name), name]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_and_option_in_a_document_exists(name: str) -> None:
    for words in _shell(name):
        if words == ["make"]:
            continue
        if words[0] == "make":
            assert re.search(rf"^{words[1]}:", _text("Makefile"), re.MULTILINE), " ".join(words)
        elif len(words) > 1 and words[1] != "…" and not words[1].startswith("--"):
            command, rest = _command(words)
            known = {option for each in command.params for option in (*each.opts, *each.secondary_opts)}
            options = {each for each in rest if each.startswith("--")}
            assert options <= known | {"--help"}, " ".join(words)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_leads_somewhere(name: str) -> None:
    folder = (ROOT / name).parent
    for link in LINK.findall(_text(name)):
        assert link.startswith("https://") or (folder / link.partition("#")[0]).exists(), link


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_file_that_is_named_exists(name: str) -> None:
    for path in PATHS.findall(_text(name)):
        assert (ROOT / path).exists() or path == "cxbot/locale/sv.po", path


@pytest.mark.parametrize("words", list(_every_command()), ids=" ".join)
def test_every_command_has_help(words: list[str]) -> None:
    done = CliRunner().invoke(main, [*words, "--help"])
    assert done.exit_code == 0
    assert done.output.startswith("Usage: ")


def test_the_readme_names_every_command() -> None:
    named = {words[1] for words in _shell("README.md") if words[0] == "cxbot" and len(words) > 1}
    assert set(COMMANDS) <= named


def test_the_readme_names_the_schema_and_the_handlers_early() -> None:
    start = "\n".join(_text("README.md").splitlines()[:25])
    assert f"`{Path(migrations.__file__).relative_to(ROOT)}`" in start
    assert f"`{Path(register.__code__.co_filename).relative_to(ROOT)}`" in start


def test_the_slash_commands_of_the_manifest_are_in_the_readme() -> None:
    for name in (*BASE_COMMANDS, *MORE_COMMANDS):
        assert f"`{name}" in _text("README.md") + _text("docs/slack.md"), name


def _variables() -> set[str]:
    """The variables that Settings reads: `.get` notes each."""
    read: set[str] = set()

    class Noting(dict[str, str]):
        def get(self, name: str, default: str = "") -> str:  # type: ignore[override]
            read.add(name)
            return default

    Settings.from_env(Noting())
    return read


def test_the_example_lists_every_variable_and_no_other() -> None:
    assert set(dotenv_values(ROOT / ".env.example")) == _variables()


def test_the_readme_lists_every_variable_and_no_other() -> None:
    table = _text("README.md").partition("\n## Environment\n")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `([A-Z_]+)`", table, re.MULTILINE)) == _variables()


def test_the_example_can_be_used_as_it_is() -> None:
    example = {name: value or "" for name, value in dotenv_values(ROOT / ".env.example").items()}
    assert Settings.from_env(example) == Settings.from_env({})


def test_every_variable_of_the_example_is_explained() -> None:
    lines = _text(".env.example").splitlines()
    for number, line in enumerate(lines):
        if "=" in line and not line.startswith("#"):
            assert lines[number - 1].startswith("# "), line


def test_every_column_of_the_import_is_documented() -> None:
    assert _first_cells(_text("docs/import.md").partition("\n## ")[0]) == set(COLUMNS)
    parts = {"Customers": customers.COLUMNS, "Touchpoints": touchpoints.COLUMNS}
    for title, columns in parts.items():
        told = _text("docs/import.md").partition(f"\n## {title}\n")[2].partition("\n## ")[0]
        assert _first_cells(told) == set(columns)


def test_every_column_of_a_campaign_is_documented() -> None:
    told = _text("docs/campaigns.md").partition("\n## The file\n")[2].partition("\n## ")[0]
    assert _first_cells(told) == set(campaigns.COLUMNS)


def test_every_metric_is_documented_with_its_scores() -> None:
    assert _first_cells(_text("docs/import.md").partition("\n## Metrics")[2].partition("\n## ")[0]) == set(METRICS)


def test_every_survey_is_documented() -> None:
    assert _first_cells(_text("README.md").partition("\n## Surveys")[2].partition("\n## ")[0]) == set(SURVEYS)


def _first_cells(text: str) -> set[str]:
    """The names in the first column of a document's tables."""
    return {name for line in text.splitlines() if line.startswith("|") for name in SPAN.findall(line.split("|")[1])}


KINDS = {"customer": "customers", "touchpoint": "touchpoints"}  # by the first column of an example
EXAMPLE = re.compile(r"((?:^    \S.*,.*\n)+)", re.MULTILINE)


def test_the_examples_of_the_import_can_be_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXBOT_DB", str(tmp_path / "trial.db"))
    examples = [each for each in EXAMPLE.findall(_text("docs/import.md")) if "=" not in each.partition("\n")[0]]
    for number, example in enumerate(examples):
        file = tmp_path / f"{number}.csv"
        file.write_text("".join(line.strip() + "\n" for line in example.splitlines()), encoding="utf-8")
        kind = KINDS.get(example.strip().partition(",")[0])
        done = CliRunner().invoke(main, ["import", *([kind] if kind else []), str(file)])
        assert done.output.endswith(f"{len(example.splitlines()) - 1} added, 0 updated, 0 unchanged.\n")
    assert len(examples) == 4
    exported = CliRunner().invoke(main, ["export", "answers"]).stdout
    (tmp_path / "again.csv").write_text(exported, encoding="utf-8")
    assert "0 added" in CliRunner().invoke(main, ["import", str(tmp_path / "again.csv")]).output


MAPPED = """\
Sample export
ID,Submitted,E-Mail,First name,Last name,Queue (now),How likely are you to recommend us?,Why?,Was it solved?,State
,Submitted,,,,,Open,,,
17,03/11/2026 10:05,,Sample,One,Support,9,Quick,"Yes, fully",complete
18,04/11/2026 10:05,two@example.com,,,Support,3,,Did not say,complete
19,05/11/2026 10:05,,,,,10,,No,test
Total,,,,,,,,,
"""


def test_the_example_of_a_mapping_does_what_is_said(desk: Desk) -> None:
    block = _text("docs/import.md").partition("A mapping is a file in [TOML]")[2].partition("\n| key |")[0]
    lines = [line.removeprefix("    ") for line in block.splitlines() if line.startswith("    ") or not line]
    (desk.folder / "map.toml").write_text("\n".join(lines), encoding="utf-8")
    (desk.folder / "export.csv").write_text(MAPPED, encoding="utf-8")
    said = desk.run("import", "--map", "map.toml", "export.csv")
    assert said == "3 added, 0 updated, 0 unchanged.\n1 row dropped: State is “test” (line 6).\n"
    found = [json.loads(line) for line in desk.run("export", "answers", "--format", "ndjson").splitlines()]
    assert {(each["external_id"], each["metric"], each["score"], each["customer"]) for each in found} == {
        ("ourtool:17", "nps", 9, "Sample One"),
        ("ourtool:17", "rating", 2, "Sample One"),
        ("ourtool:18", "nps", 3, "two@example.com"),
    }
    first = next(each for each in found if each["external_id"] == "ourtool:17" and each["metric"] == "nps")
    assert (first["answered_at"], first["asked_by"]) == ("2026-11-03T08:05:00.000000Z", "campaign")
    assert (first["team"], first["comment"]) == ("Support", "Quick")


def test_every_layout_and_every_key_of_a_mapping_is_documented() -> None:
    layouts, mapping = (
        _text("docs/import.md").partition(f"\n## {title}\n")[2].partition("\n## ")[0]
        for title in ("From another tool", "A mapping")
    )
    assert _first_cells(layouts) == {layout.name for layout in shipped()} | {"--map"}
    assert _first_cells(mapping) == set(KEYS)
    for layout in shipped():
        assert layout.title in " ".join(_text("README.md").split()), layout.title


NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def _of_hooks(title: str) -> str:
    return _text("docs/hooks.md").partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def _blocks(text: str) -> list[str]:
    """The blocks of code in a text, each with its empty lines."""
    found = re.findall(r"^    .*\n(?:(?:    .*)?\n)*", text, re.MULTILINE)
    return [re.sub(r"^    ", "", block, flags=re.MULTILINE) for block in found]


def test_every_kind_of_hook_is_documented_with_what_it_does_not_tell() -> None:
    rows = {row.split(" | ")[0].strip("| `"): row for row in _of_hooks("Kinds").splitlines() if row.startswith("| `")}
    assert set(rows) == set(kinds.shipped())
    for name, kind in kinds.shipped().items():
        cells = rows[name].strip("| ").split(" | ")
        assert cells[3:] == [f"{kind.sure['signature']} · {kind.sure['body']}", kind.limits], name
        assert name == "generic" or kind.title in cells[1]


def test_every_key_of_a_kind_of_hook_is_documented() -> None:
    kind, scheme, event = re.split(r"^Keys of an? \w+:$", _of_hooks("A kind of your own"), flags=re.MULTILINE)
    assert (_first_cells(kind), _first_cells(scheme), _first_cells(event)) == (
        set(kinds.KEYS), set(kinds.SCHEME), set(kinds.EVENT),
    )  # fmt: skip
    assert set(kinds.CONDITION) <= set(SPAN.findall(event))
    places = {place for several in kinds.shipped()["generic"].fields.values() for place in several}
    told = _first_cells(_of_hooks("The body of the kind generic"))
    assert {".".join(place.split(".")[:2]) for place in places} <= told


def test_the_example_of_a_hook_is_a_close_and_its_signature_is_right() -> None:
    body, code = (each.encode() for each in _blocks(_of_hooks("The body of the kind generic")))
    generic, secret, known = kinds.shipped()["generic"], "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", {}
    (event,) = bodies.read(generic, {}, body, NOW)
    assert (event.meaning, event.customer.email, len(event.agents)) == ("closed", "customer@example.com", 2)
    exec(code, known)
    headers = known["signed"](body, secret)
    verify(generic.scheme(), [secret], SignedRequest("POST", "", headers, body), datetime.now(UTC))


def test_the_example_of_a_kind_does_what_is_said() -> None:
    (text,) = _blocks(_of_hooks("A kind of your own"))
    kind = kinds.read(text, "file")
    ticket = {
        "id": 7,
        "state": "Done",
        "changed": 1795248270,
        "from": "sample@example.com",
        "labels": [{"name": "vip"}],
    }
    (closed,) = bodies.read(kind, {"x-event": "ticket.updated"}, json.dumps({"ticket": ticket}).encode(), NOW)
    assert (closed.meaning, closed.key, closed.customer.email, closed.tags) == (
        "closed", "7|1795248270", "sample@example.com", ("vip",),
    )  # fmt: skip
    changes = [{"field": "owner", "from": "x"}, {"field": "state", "from": "solved"}]
    again = {"event": {"id": "e-1"}, "ticket": ticket | {"state": "open"}, "changes": changes}
    (reopened,) = bodies.read(kind, {}, json.dumps(again).encode(), NOW)
    assert (reopened.meaning, reopened.key) == ("reopened", "e-1")


def test_every_scope_event_and_feature_is_documented() -> None:
    said = set(SPAN.findall(_text("docs/slack.md")))
    events = {event for feature in FEATURES.values() for event in feature.events}
    assert {*scopes(FEATURES), *BASE_EVENTS, *events, *FEATURES} <= said


def _combinations() -> Iterator[tuple[str, ...]]:
    for size in range(len(FEATURES) + 1):
        yield from itertools.combinations(FEATURES, size)


@pytest.mark.parametrize("url", ["", "https://example.com/slack/events"], ids=["socket", "http"])
def test_slacks_schema_takes_every_manifest(url: str) -> None:
    path = ORACLES / "manifest.schema.2.0.0.json"
    if not path.exists():
        pytest.skip("Slack's manifest schema is not on this machine (CXBOT_ORACLES)")
    schema = json.loads(path.read_text())
    validator = validators.validator_for(schema)(schema)
    for features in _combinations():
        wrong = [
            f"{list(each.absolute_path)}: {each.message}" for each in validator.iter_errors(manifest(features, url))
        ]
        assert wrong == [], features


def test_a_manifest_asks_for_no_more_than_its_features_use() -> None:
    for features in _combinations():
        made = manifest(features)
        assert made["oauth_config"]["scopes"]["bot"] == scopes(features)
        assert len(set(scopes(features))) == len(scopes(features))
        commands = {each["command"] for each in made["features"]["slash_commands"]}
        assert commands == {*BASE_COMMANDS, *(MORE_COMMANDS if "commands" in features else ())}


def test_the_command_prints_that_manifest() -> None:
    done = CliRunner().invoke(main, ["manifest", "--with", "files,history"])
    assert json.loads(done.stdout) == manifest(("files", "history"))
    assert "files (files:write): Pictures" in done.stderr


@pytest.mark.parametrize("line", [line.strip() for line in MAP if ".py → " in line], ids=lambda line: line.split()[0])
def test_the_map_follows_imports(line: str) -> None:
    """Of two neighbours on the way, one imports the other."""
    files = [ROOT / name for name in line.split(" → ")]
    for one, other in itertools.pairwise(files):
        assert _imports(one, other) or _imports(other, one), (one, other)


def _imports(file: Path, other: Path) -> bool:
    package, _, name = ".".join(other.relative_to(ROOT).with_suffix("").parts).rpartition(".")
    code = file.read_text(encoding="utf-8")
    by_name = rf"^from {package} import (\([^)]*|.*)\b{name}\b"
    return f"from {package}.{name} import" in code or re.search(by_name, code, re.MULTILINE) is not None
