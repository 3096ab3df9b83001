"""Settings of Sphinx for the documentation site, which `make docs-site` builds from the pages of the repository and the reference."""

from __future__ import annotations

import re
from pathlib import Path

import yaml
from docutils import nodes

ROOT = Path(__file__).resolve().parents[2]
GALAXY = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
SOURCES = GALAXY["repository"] + "/blob/main/"
LINK = re.compile(r"\]\((?!https?:|[#/]|mailto:)([^)#\s]+)((?:#[^)\s]*)?)\)")
#: the theme shows the contents of each page itself, and refuses this directive
CONTENTS = re.compile(r"^\.\. contents::\n(?:   .*\n)*", re.MULTILINE)
MERMAID = re.compile(r"^```mermaid\n.*?^```$", re.MULTILINE | re.DOTALL)

project = "opta.platform"
author = "opta.platform contributors"
version = release = GALAXY["version"]
extensions = ["myst_parser", "sphinx_antsibull_ext", "sphinx_copybutton"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4
root_doc = "docs/site/index"
include_patterns = [
    "*.md",
    "docs/**",
    "examples/**.md",
    "reference/**",
    "roles/*/README.md",
]
exclude_patterns = ["roles/*/docs.md"]
highlight_language = "text"
html_theme = "furo"
html_title = f"opta.platform {release}"
html_static_path = ["site.css"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_copyright = False
pygments_style = "ansible"
nitpicky = True
# What only Ansible's own site documents
nitpick_ignore_regex = [("ansible-option", ".*"), ("envvar", ".*")]
ANSIBLE = "https://docs.ansible.com/ansible/latest/"
ANSIBLE_PAGES = {
    "action_plugins": "plugins/action.html",
    "ansible_configuration_settings": "reference_appendices/config.html",
    "common_return_values": "reference_appendices/common_return_values.html",
}
suppress_warnings = ["myst.header"]  # pages of the repository may skip a level
linkcheck_ignore = [re.escape(GALAXY["repository"])]


def prepare(app, docname, source) -> None:
    """Make links to files that are no pages lead to the repository, and diagrams of GitHub images."""
    page = ROOT / f"{docname}.md"
    if docname.startswith("reference/"):
        source[0] = CONTENTS.sub("", source[0])
    if not page.exists():
        return

    def link(found: re.Match[str]) -> str:
        target = (page.parent / found[1]).resolve()
        name = target.relative_to(ROOT).as_posix()
        if name.removesuffix(".md") in app.env.found_docs:
            return f"](/{name}{found[2]})"
        return f"]({SOURCES}{name}{found[2]})"

    source[0] = MERMAID.sub("![An environment](/docs/site/diagrams/environment.svg)", LINK.sub(link, source[0]))


def ansible_page(_app, _env, node, content):
    """Resolve references to pages of Ansible and of other collections, whose inventories are not downloaded."""
    target = node.get("reftarget", "")
    plugin = re.fullmatch(r"ansible_collections\.(\w+)\.(\w+)\.(\w+_[a-z]+)", target)
    page = f"collections/{plugin[1]}/{plugin[2]}/{plugin[3]}.html" if plugin and plugin[1] != "opta" else ANSIBLE_PAGES.get(target)
    return nodes.reference("", "", content, refuri=ANSIBLE + page, internal=False) if page else None


def setup(app) -> None:
    app.connect("missing-reference", ansible_page)
    app.connect("source-read", prepare)
