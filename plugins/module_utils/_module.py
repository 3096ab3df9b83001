# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What all modules for AWS share: their common options, their clients, and how they end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

with suppress(ImportError):  # AnsibleAWSModule says so
    import botocore.exceptions
    from botocore.config import Config

from ansible.module_utils.ansible_release import __version__ as ansible_version
from ansible_collections.amazon.aws.plugins.module_utils.botocore import get_aws_connection_info
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from . import _lost_responses, _session, _wait
from ._controller import Controller
from ._errors import PlatformError
from ._names import Identity
from ._reconcile import as_result, ensure_absent, ensure_present
from ._resource import Outcome, Resource
from ._response_cache import ResponseCache

#: documented in the fragment opta.platform.resource
COMMON_ARGUMENTS: dict[str, dict[str, Any]] = {
    "state": {"choices": ["present", "absent"], "default": "present"},
    "tags": {"type": "dict"},
    "purge_tags": {"type": "bool", "default": False},
    "adopt": {"type": "bool", "default": False},
    "allow_replacement": {"type": "bool", "default": False},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 1800},
}

T = TypeVar("T")
if TYPE_CHECKING:
    Outcomes = Outcome | Sequence[Outcome]
    #: what the work of a module returns: outcomes, and more keys of the result
    Result = Outcomes | tuple[Outcomes, Mapping[str, Any]]

READING = ("Describe", "Get", "List", "Head", "Lookup", "Search", "Simulate", "Decode", "AssumeRole", "BatchGet")
RETRIES = {"mode": "adaptive", "max_attempts": 12}
#: for the first call of a run: an endpoint that does not answer is reported within seconds
FIRST_CALL_RETRIES = {"mode": "standard", "max_attempts": 3}


class PlatformModule(AnsibleAWSModule):
    """An Ansible module of this collection.

    argument_spec: the module's own options; those of COMMON_ARGUMENTS are added unless common is false.
    """

    def __init__(self, argument_spec: Mapping[str, Any], common: bool = True, **settings: Any) -> None:
        self._controller = Controller()
        self._session: Any = None
        self._clients: dict[tuple[Any, ...], Any] = {}
        self._making = threading.Lock()  # a session creates one client at a time
        self._responses = ResponseCache()
        _wait.WAITING.set(replace(_wait.WAITING.get(), before=self._responses.forget))
        spec = {**(COMMON_ARGUMENTS if common else {}), **argument_spec}
        super().__init__(argument_spec=spec, supports_check_mode=True, **settings)

    def client(self, service: str, retries: Mapping[str, Any] = RETRIES, **settings: Any) -> Any:
        """Return a botocore client that retries throttled calls, and changes nothing after its controller has ended; one for each service.

        It uses the connection options as AnsibleAWSModule.client() does; only the session's data are not read again for each client.
        """
        key = (service, *sorted(retries.items()), *sorted(settings.items()))
        with self._making:
            if key not in self._clients:
                self._clients[key] = self._new_client(service, retries, settings)
            return self._clients[key]

    def identity(self, account_id: str = "", partition: str = "") -> Identity:
        """Return the environment that the options environment, name_prefix and region identify."""
        return Identity(self.params["environment"], self.params["name_prefix"], self.region or "", account_id, partition)

    def _new_client(self, service: str, retries: Mapping[str, Any], settings: Mapping[str, Any]) -> Any:
        region, endpoint_url, arguments = get_aws_connection_info(self)
        profile = arguments.pop("profile_name", None)
        config = Config(retries=dict(retries), user_agent=f"APN/1.0 Ansible/{ansible_version} opta.platform")
        config = config.merge(arguments.pop("aws_config", None) or Config())
        try:
            if self._session is None:
                self._session = _session.new_session(profile)
            client = self._session.create_client(
                service, endpoint_url=endpoint_url, config=config, **{"region_name": region, **arguments, **settings}
            )
        except botocore.exceptions.NoRegionError:
            self.fail_json(msg="No AWS region was found: set the option region, for example eu-west-1, or the variable AWS_REGION.")
        except (ValueError, botocore.exceptions.BotoCoreError) as error:
            self.fail_json_aws(error, msg="Couldn't connect to AWS")
        client.meta.events.register("before-call", self._before_call)
        self._responses.listen(client)
        _lost_responses.watch(client)
        return client

    def _should_inject_warnings(self) -> bool:
        """No: ansible-core adds the warnings itself, and warns of a deprecation when they are passed to exit_json."""
        return False

    def _before_call(self, model: Any, params: dict[str, Any], context: dict[str, Any], **_more: Any) -> tuple[Any, Any] | None:
        if model.name.startswith(READING):
            return self._responses.find(model, params, context)
        self.before_change(model.name)
        return None

    def before_change(self, what: str) -> None:
        """Call this before everything that changes something: it raises in check mode, and when the controller has ended."""
        if self.check_mode:
            raise PlatformError(f"{what} would have been called in check mode: this is a defect of the module {self._name}")
        self._controller.check()
        self._responses.forget()

    def desired(self, resource: Resource | type[Resource], entry: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the options that are given and are attributes of the resource. entry: an item of a list option, which takes precedence."""
        given = {**self.params, **(entry or {})}
        return {a.name: given[a.name] for a in resource.attributes if given.get(a.name) is not None}

    def reconcile(self, resource: Resource, desired: Mapping[str, Any] | None = None, wait: bool | None = None) -> Outcome:
        """Reconcile one resource with the common options. wait: overrides the option."""
        common = {"check_mode": self.check_mode, "adopt": self.params["adopt"], "wait": self.params["wait"] if wait is None else wait}
        common["timeout_seconds"] = self.params["wait_timeout"]
        if self.params["state"] == "absent":
            return ensure_absent(resource, tags=self.params["tags"], **common)
        values = self.desired(resource) if desired is None else desired
        return ensure_present(resource, values, allow_replacement=self.params["allow_replacement"], **common)

    def run(self, work: Callable[[PlatformModule], Result], key: str) -> None:
        """Do the work and end the module: with the main resource under `key`, or with one clear sentence."""
        done = self._attempt(work)
        found, more = done if isinstance(done, tuple) else (done, {})
        outcomes = [found] if isinstance(found, Outcome) else list(found)
        for note in (note for outcome in outcomes for note in outcome.notes):
            self.warn(note)
        self.exit_json(**{**as_result(outcomes, key), **more})

    def report(self, work: Callable[[PlatformModule], Mapping[str, Any]]) -> None:
        """Do the work of a module that only reads, and end the module with what it returns, or with one clear sentence."""
        self.exit_json(changed=False, **self._attempt(work))

    def _attempt(self, work: Callable[[PlatformModule], T]) -> T:
        try:
            return work(self)
        except PlatformError as error:
            self.fail_json(msg=str(error))
        except AnsibleAWSError as error:
            self.fail_json_aws_error(error)
        except (botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError) as error:
            self.fail_json_aws(error)
        raise AssertionError("the module has ended")
