"""Documentation cannot lie: public names are documented, links resolve, examples run, generated pages are fresh."""

from __future__ import annotations

import doctest
import re
import runpy
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def pages(root: Path) -> list[Path]:
    return sorted([*root.glob("*.md"), *(root / "docs").rglob("*.md")])


def documented(name: str, thing: Any) -> bool:
    """Whether someone wrote what `thing` is: a docstring, or, for a table of a file, the meaning of each of its keys.

    The docstring that ``dataclass`` makes is the signature and says nothing.
    """
    fields = getattr(thing, "model_fields", {})
    if fields and all(field.description for field in fields.values()):
        return True
    docstring = (thing.__doc__ or "").strip()
    return docstring != "" and not docstring.startswith(f"{name.rsplit('.', 1)[-1]}(")


def test_every_module_and_public_name_is_documented(modules: list[ModuleType], public: list[tuple[str, Any]]) -> None:
    things: list[tuple[str, Any]] = [*((module.__name__, module) for module in modules), *public]
    bare = [name for name, thing in things if not documented(name, thing)]
    assert not bare, "\n".join(bare)


def test_links_resolve(root: Path) -> None:
    broken = [
        f"{page.relative_to(root)}: {target}"
        for page in pages(root)
        for target in LINK.findall(page.read_text())
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert not broken


def test_every_page_is_reachable_from_the_readme(root: Path) -> None:
    seen: set[Path] = set()
    ahead = [root / "README.md"]
    while ahead:
        page = ahead.pop()
        seen.add(page)
        linked = {(page.parent / target).resolve() for target in LINK.findall(page.read_text()) if target.endswith(".md")}
        ahead += linked - seen
    assert not [page.relative_to(root) for page in pages(root) if page not in seen]


def test_examples_in_the_pages_run(root: Path) -> None:
    runs = {page: doctest.testfile(str(page), module_relative=False) for page in pages(root)}
    assert runs[root / "README.md"].attempted > 0
    assert not [page for page, run in runs.items() if run.failed]


def test_examples_in_the_code_run(modules: list[ModuleType]) -> None:
    runs = {module.__name__: doctest.testmod(module) for module in modules}
    assert not [name for name, run in runs.items() if run.failed]


def test_the_reference_is_fresh(root: Path) -> None:
    page: str = runpy.run_path(str(root / "docs" / "build_reference.py"))["reference"]()
    assert (root / "docs" / "reference.md").read_text() == page, "run make docs"


def test_every_validation_table_has_its_line_in_the_index(root: Path) -> None:
    folder = root / "docs" / "validation"
    tables = {page.name for page in folder.glob("*.md")} - {"README.md"}
    listed = set(LINK.findall((folder / "README.md").read_text()))
    assert tables == {name for name in listed if "/" not in name}


def test_tables_come_from_tests_that_exist(root: Path) -> None:
    made = re.compile(r"^Made by `(.+?)::(.+?)`\.$", re.MULTILINE)
    for page in (root / "docs" / "validation").glob("*.md"):
        if page.name == "README.md":
            continue
        found = made.search(page.read_text())
        assert found, page
        assert f"def {found[2].split('::')[-1]}(" in (root / found[1]).read_text(), page


@pytest.mark.parametrize("word", ["TODO", "FIXME"])
def test_nothing_is_left_for_later(root: Path, word: str) -> None:
    unfinished = [path for path in (root / "src").rglob("*.py") if word in path.read_text()]
    assert not unfinished
