# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Look at the inputs of an environment or a service before anything is changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.opta.platform.plugins.module_utils._errors import PlatformError
from ansible_collections.opta.platform.plugins.module_utils._helm.binary import find_helm
from ansible_collections.opta.platform.plugins.module_utils._preflight import conversion, rules, variables
from ansible_collections.opta.platform.plugins.module_utils._service.layer_rules import addon_namespaces, layer_errors, scope_of
from ansible_collections.opta.platform.plugins.module_utils._service.public_rules import shared_errors
from ansible_collections.opta.platform.plugins.module_utils._service.rules import service_errors
from ansible_collections.opta.platform.plugins.module_utils._stores import registry
from ansible_collections.opta.platform.plugins.plugin_utils import _inputs, _prepared  # noqa: F401 (imported for what it does)

#: the roles that start helm; their tags bear their names
HELM_ROLES = ("k8s_addons", "opta_service")
#: what says which addresses a service has
ADDRESS_INPUTS = ("opta_service_environment", "opta_service_public_addresses", "opta_service_ports")
#: what says where a service lives
LAYER_INPUTS = ("opta_service_environment", "opta_service_name", "opta_service_layer", "opta_service_pod_security")
CHARTS_INPUT = "k8s_addons_extra_charts"


class ActionModule(ActionBase):
    """Runs in the controller: it sees every variable of the host, and asks nobody."""

    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: Any = None, task_vars: Mapping[str, Any] | None = None) -> dict[str, Any]:
        super().run(tmp, dict(task_vars or {}))
        _unused, arguments = self.validate_argument_spec(
            argument_spec={
                "roles": {"type": "list", "elements": "str", "required": True},
                "kind": {"choices": ["environment", "service"], "default": "environment"},
                "found": {"type": "dict"},
                "removal": {"type": "bool", "default": False},
            }
        )
        present = task_vars or {}
        options = {**variables.COLLECTION_OPTIONS, **_inputs.options()}
        known = set(options)
        given, unknown = self._given(present, known)
        values, invalid = conversion.convert_all(given, options)
        values = {**_defaults(arguments["roles"]), **values}
        values.setdefault("opta_environment", str(present.get("inventory_hostname")))
        notes: list[str] = []
        if arguments["found"] is not None:
            problems = rules.aws_rules(values, arguments["found"])
            notes = rules.aws_notes(values, arguments["found"])
        else:
            problems = variables.unknown_variables(present, known, _inputs.roles())
            problems += unknown
            problems += variables.empty_variables(given, options, _inputs.nullable())
            problems += self._told(arguments["kind"], values, present, invalid)
            problems += self._helm_errors(arguments["roles"], present)
            problems += [] if arguments["removal"] else _layers(arguments["kind"], values, present)
            notes = variables.misspelt_variables(present, known)
            notes += variables.unknown_tags(present.get("ansible_run_tags") or [], _inputs.roles())
            notes += [] if arguments["removal"] else variables.confirmation_notes(given)
            notes += rules.environment_notes(values) if arguments["kind"] == "environment" and not problems else []
        if problems:
            raise AnsibleActionFail("\n".join(problems))
        reported = {"warnings": notes} if notes else {}
        if arguments["kind"] != "environment":
            return {**reported, "changed": False, "stores": {}, "node_groups": []}
        return {**reported, "changed": False, "stores": registry.offer_entries(values), "node_groups": rules.typed_node_groups(values)}

    def _told(self, kind: str, values: dict[str, Any], present: Mapping[str, Any], invalid: Mapping[str, list[str]]) -> list[str]:
        """What the rules say, and what is wrong with the types of variables that they do not name."""
        try:
            reported = self._rules(kind, values, present)
        except Exception:  # rules take for granted that each value is of its type
            if not invalid:
                raise
            reported = []
        named = " ".join(reported)
        return reported + [sentence for variable, sentences in invalid.items() if variable not in named for sentence in sentences]

    @staticmethod
    def _rules(kind: str, values: dict[str, Any], present: Mapping[str, Any]) -> list[str]:
        if kind == "environment":
            return rules.environment_rules(values)
        values.setdefault("opta_service_name", values["opta_environment"])
        values.setdefault("opta_service_layer", values["opta_service_name"])
        groups = present.get("groups") or {}
        problems = service_errors(values, groups.get("environments", []))
        return problems or _shared_addresses(values, present, groups.get("services", []))

    def _helm_errors(self, roles: Iterable[str], present: Mapping[str, Any]) -> list[str]:
        """Why the helm of this machine cannot do what these roles need, when they run here at all."""
        desired, skipped = set(present.get("ansible_run_tags") or ["all"]), set(present.get("ansible_skip_tags") or [])
        needed = any(role in HELM_ROLES and desired & {"all", "tagged", role} and role not in skipped for role in roles)
        if not needed or self._connection.transport != "local":
            return []
        environment: dict[str, Any] = {}
        self._compute_environment_string(raw_environment_out=environment)
        try:
            find_helm(environment.get("PATH"))
        except PlatformError as error:
            return [str(error)]
        return []

    def _given(self, present: Mapping[str, Any], names: set[str]) -> tuple[dict[str, Any], list[str]]:
        """The inputs that the user set, templated, and a sentence for each that cannot be.

        One that needs another role's outputs is not known yet.
        """
        none = self._templar.template("{{ none }}")  # before ansible-core 2.19 an empty string
        given, problems = {}, []
        for name in sorted(names & set(present)):
            try:
                value = _inputs.plain(self._templar.template(present[name]))
            except Exception as error:
                if not variables.PUBLISHED_NAME.search(str(error)):
                    problems.append(f"{name}: {variables.cause(error)}. Define the missing variable, or correct the template.")
                continue
            is_none = value == none != present[name] and name in _inputs.nullable()
            given[name] = None if is_none else value
        return given, problems


def _shared_addresses(values: Mapping[str, Any], present: Mapping[str, Any], services: Iterable[str]) -> list[str]:
    """Public addresses that another service of the inventory has in the same environment; two of one run would race for them."""
    environment, hosts = values.get("opta_service_environment"), present.get("hostvars") or {}
    if not values.get("opta_service_public_addresses") or not environment:
        return []
    others = {host: _variables(hosts, host, ADDRESS_INPUTS) for host in services if host != present.get("inventory_hostname")}
    beside = {host: inputs for host, inputs in others.items() if inputs.get("opta_service_environment") == environment}
    domain = _variables(hosts, environment, ["dns_cert_domain"]).get("dns_cert_domain") or ""
    return shared_errors(values, beside, str(domain))


def _layers(kind: str, values: Mapping[str, Any], present: Mapping[str, Any]) -> list[str]:
    """What is wrong with the namespaces of a service, or of all services of an environment."""
    host, hosts, groups = str(present.get("inventory_hostname")), present.get("hostvars") or {}, present.get("groups") or {}
    environment = host if kind == "environment" else str(values.get("opta_service_environment") or "")
    given: dict[str, Mapping[str, Any]] = {each: _variables(hosts, each, LAYER_INPUTS) for each in groups.get("services", [])}
    given |= {host: values} if kind == "service" else {}
    places = {each: scope_of(each, inputs) for each, inputs in given.items() if inputs.get("opta_service_environment") == environment}
    addons = _defaults(["k8s_addons"])
    addons |= _variables(hosts, environment, addons)
    charts = addons.get(CHARTS_INPUT) or []
    reported = {
        each: layer_errors(each, places, environment, addon_namespaces(addons), charts if isinstance(charts, list) else [])
        for each in places
        if kind == "environment" or each == host
    }
    return [sentence if kind == "service" else f"Service {each}: {sentence}" for each, said in reported.items() for sentence in said]


def _variables(hosts: Mapping[str, Any], host: str, names: Iterable[str]) -> dict[str, Any]:
    """Inputs of another host, without those that cannot be known yet."""
    found = {}
    for name in names:
        try:
            found[name] = hosts[host][name]
        except Exception:
            continue
    return conversion.convert_all(_inputs.plain(found), _inputs.options())[0]


def _defaults(roles: Iterable[str]) -> dict[str, Any]:
    """The defaults of these roles that no template makes."""
    found = {name: value for role in roles for name, value in variables.role_defaults(_inputs.ROLES_DIRECTORY, role).items()}
    return {name: value for name, value in found.items() if not (isinstance(value, str) and "{{" in value)}
