# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Validate the links of a service, also against the stores of its environment. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from .._kms.arns import KEY_ARN
from .inputs import CERTIFICATES_VARIABLE, PREFIX, Inputs
from .link_kinds import KINDS, LinkKind
from .links import OPTIONS, Link, Stores, kinds_named, links
from .validation import VARIABLE, Errors

ALIASES = {alias: name for name, kind in KINDS.items() for alias in kind.aliases}


def link_errors(inputs: Inputs, errors: Errors) -> None:
    """Add the problems of the links themselves."""
    given = inputs.get("links")
    if given is not None and not isinstance(given, (list, tuple)):
        errors.add(f"{PREFIX}links must be a list, for example [{{aurora: main}}].")
    for number, entry in enumerate(inputs.items("links"), start=1):
        _shape_errors(f"{PREFIX}links[{number}]", entry, errors)
    seen: set[tuple[str, str, str]] = set()
    for link in links(inputs):
        for rule in (_permission_errors, _arn_errors, _naming_errors):
            rule(link, errors)
        same = (link.kind_name, link.name, link.permission)
        if same in seen and not link.kind.variables:
            errors.add(f"{link.where} is linked twice with permission {link.permission}: link it once.")
        seen.add(same)
    _double_variables(inputs, errors)


def missing_stores(inputs: Inputs, stores: Stores) -> list[str]:
    """Return a sentence for each link to a store that the environment does not have."""
    errors = Errors()
    for link in links(inputs):
        if not link.kind.described_in:
            continue
        outputs = stores.get(link.kind_name) or {}
        if all(link.name in (outputs.get(output) or {}) for output in link.kind.needed_outputs):
            continue
        known = sorted(outputs.get(link.kind.needed_outputs[0]) or {})
        there_is = f"there is {', '.join(known)}" if known else "there is none"
        errors.add(
            f"{link.where}: environment {inputs.text('environment')} has no {link.kind.noun} of that name ({there_is}). "
            f"Link one of those, or add it to {link.kind.described_in} and run opta.platform.env for the environment first."
        )
    return errors.items


def _shape_errors(where: str, entry: Any, errors: Errors) -> None:
    kinds = ", ".join(KINDS)
    if not isinstance(entry, Mapping):
        errors.add(f"{where} is {entry!r}: a link is a kind and a name, for example {{aurora: main}}; kinds are {kinds}.")
        return
    unknown = [str(option) for option in entry if option not in (*KINDS, *OPTIONS)]
    for option in unknown:
        near = ALIASES.get(option) or next(iter(difflib.get_close_matches(option, [*KINDS, *OPTIONS], n=1)), None)
        meant = f"write {near}." if near else f"a link must have one of {kinds}, and may have {', '.join(OPTIONS)}."
        errors.add(f"{where} has {option}, which is not an option of a link: {meant}")
    named = kinds_named(entry)
    if len(named) > 1:
        errors.add(f"{where} names {' and '.join(named)}: write one link for each.")
    elif not named and not unknown:
        errors.add(f"{where} has no kind: it must have one of {kinds}, for example aurora: main.")
    elif named and (not isinstance(entry[named[0]], str) or not entry[named[0]]):
        errors.add(f"{where}: {named[0]} has no name: {_how_to_name(KINDS[named[0]], named[0])}.")


def _how_to_name(kind: LinkKind, word: str) -> str:
    if kind.described_in:
        return f"give the name of an entry of the environment's {kind.described_in}, for example {word}: main"
    return f"give its ARN, for example {word}: {kind.arn_example}"


def _permission_errors(link: Link, errors: Errors) -> None:
    allowed = link.kind.permissions
    given = link.entry.get("permission")
    if not allowed and given is not None:
        errors.add(f"{link.where}: permission is not allowed here: the user of a data store has all permissions in it.")
    elif allowed and not link.permission:
        errors.add(f"{link.where} has no permission: set permission: {' or '.join(allowed)}.")
    elif allowed and link.permission not in allowed:
        errors.add(f"{link.where}: permission is {given!r}: it must be {' or '.join(allowed)}.")


def _arn_errors(link: Link, errors: Errors) -> None:
    pattern = link.kind.arn_pattern
    if pattern and not pattern.fullmatch(link.name):
        errors.add(f"{link.where}: {_how_to_name(link.kind, link.kind_name)}.")
    if not link.kms_key_arn:
        return
    if not pattern:
        errors.add(f"{link.where}: kms_key_arn is not allowed here: its key is defined by the environment.")
    elif not KEY_ARN.fullmatch(link.kms_key_arn):
        errors.add(
            f"{link.where}: kms_key_arn is {link.kms_key_arn!r}: it must be the ARN of a key, not of an alias, "
            "for example arn:aws:kms:eu-west-1:123456789012:key/0123abcd-4567-89ab-cdef-0123456789ab."
        )


def _naming_errors(link: Link, errors: Errors) -> None:
    """Add the problems of the names of environment variables."""
    given, known = link.entry.get("variables"), link.kind.variables
    if not known:
        if given is not None or link.entry.get("as") is not None:
            errors.add(f"{link.where}: as and variables are not allowed here: it sets no environment variables.")
        return
    if given is not None and not isinstance(given, Mapping):
        errors.add(f"{link.where}: variables is {given!r}: it must be a map of new names, for example {{{known[0]}: MY_NAME}}.")
    for what in link.renamed:
        if what not in known:
            errors.add(f"{link.where}: variables has {what}: it must be one of {', '.join(known)}.")
    wrong = [name for name in link.variables().values() if not VARIABLE.match(name)]
    if wrong:
        errors.add(
            f"{link.where} sets the environment variable {wrong[0]!r}: use letters, digits and _, not beginning with a digit; "
            "as and variables rename it, for example as: main."
        )


def _double_variables(inputs: Inputs, errors: Errors) -> None:
    """Add the environment variables that are set twice: which of the values wins must not be left to chance."""
    taken = {
        **dict.fromkeys(inputs.pairs("environment_variables"), f"{PREFIX}environment_variables"),
        **dict.fromkeys(inputs.pairs("secrets"), f"{PREFIX}secrets"),
    }
    taken.setdefault(CERTIFICATES_VARIABLE, "the role, for the certificates of databases,")
    for link in links(inputs):
        names = list(link.variables().values())
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            errors.add(f"{link.where} sets the environment variable {repeated[0]} twice: give each its own name in variables.")
        double = [name for name in names if name in taken]
        if double:
            errors.add(
                f"{link.where} and {taken[double[0]].removeprefix(f'{PREFIX}links, ')} both set the environment variable {double[0]}: "
                f"rename it, for example {{{link.kind_name}: {link.name}, as: {link.kind_name}_{link.name}}}."
            )
        taken |= dict.fromkeys(names, link.where)
