"""Look for Ansible's plugins, and read what they can be configured with, once for all runs: an eighth of a run's time."""

from __future__ import annotations

import functools
import glob
from collections.abc import Iterable
from types import SimpleNamespace

from ansible.plugins import loader as loaders

#: kinds of which a run loads several plugins
LOADED = (loaders.callback_loader, loaders.inventory_loader)


def find_once(modules: Iterable[str]) -> None:
    """From now on a place is searched once for a name; what this process has found by now, those have that are forked from it.

    modules: fully qualified names.
    """
    search = functools.cache(glob.glob)
    loaders.glob = SimpleNamespace(glob=search, iglob=search)
    for loader in LOADED:
        list(loader.all(class_only=True))
    for name in modules:
        for loader in (loaders.action_loader, loaders.module_loader):
            loader.find_plugin_with_context(name)
