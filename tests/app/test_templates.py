"""Every template is reached, builds on the layout, and takes in only what it uses."""

import re
from pathlib import Path

from jinja2 import nodes

from tests.support.whole_app import WholeApp

TRACKER = Path(__file__).resolve().parents[2] / "tracker"
ALONE = {"notifications/letter.html"}
"""A mail is read outside the product and brings its own frame."""


def templates() -> dict[str, Path]:
    """Give every HTML template by the name under which it is loaded."""
    return {str(path).rpartition("/templates/")[2]: path for path in sorted(TRACKER.rglob("templates/**/*.html"))}


def trees(app: WholeApp) -> dict[str, nodes.Template]:
    """Read every template."""
    return {name: app.app.jinja_env.parse(path.read_text(encoding="utf-8")) for name, path in templates().items()}


def test_every_template_is_a_page_on_the_layout_or_a_part(whole_app: WholeApp) -> None:
    bare = [
        name
        for name, tree in trees(whole_app).items()
        if not name.startswith("macros/")
        and not Path(name).name.startswith("_")
        and name not in ALONE | {"base.html"}
        and tree.find(nodes.Extends) is None
    ]
    assert bare == []


def test_every_template_is_used(whole_app: WholeApp) -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in TRACKER.rglob("*.py"))
    markup = "\n".join(path.read_text(encoding="utf-8") for path in templates().values())
    errors = re.compile(r"errors/\d+\.html")
    unused = [
        name
        for name in templates().keys() - ALONE
        if f'"{name}"' not in code and f'"{name}"' not in markup and not errors.fullmatch(name)
    ]
    assert unused == []


def test_every_macro_is_used_somewhere(whole_app: WholeApp) -> None:
    taken: set[tuple[str, str]] = set()
    own: dict[str, set[str]] = {}
    for name, tree in trees(whole_app).items():
        for imported in tree.find_all(nodes.FromImport):
            if isinstance(imported.template, nodes.Const):
                taken |= {
                    (imported.template.value, entry if isinstance(entry, str) else entry[0]) for entry in imported.names
                }
        own[name] = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}
    unused = [
        f"{name}: {macro.name}"
        for name, tree in trees(whole_app).items()
        for macro in tree.find_all(nodes.Macro)
        if (name, macro.name) not in taken and macro.name not in own[name]
    ]
    assert unused == []


def test_nothing_is_imported_for_nothing(whole_app: WholeApp) -> None:
    unused = []
    for name, tree in trees(whole_app).items():
        used = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}
        for imported in tree.find_all(nodes.FromImport):
            known = {entry if isinstance(entry, str) else entry[1] for entry in imported.names}
            unused += [f"{name}: {word}" for word in known - used]
        unused += [f"{name}: {node.target}" for node in tree.find_all(nodes.Import) if node.target not in used]
    assert unused == []
