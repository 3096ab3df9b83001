"""Client tokens: the same call once more is answered as the first time, and does nothing.

Source: Amazon EC2 Developer Guide, ensuring idempotency; AWS Secrets Manager API, CreateSecret.
"""

from __future__ import annotations

from typing import Any

from tests.standin.aws.errors import AwsError
from tests.standin.aws.operations import Call
from tests.standin.aws.protocol import Answer

#: the parameter by service; EKS, ACM and launch templates look at theirs by themselves
PARAMETERS = {"ec2": "ClientToken", "secretsmanager": "ClientRequestToken"}
OPERATIONS = {
    "ec2": ("CreateFlowLogs", "CreateNatGateway", "CreateRouteTable", "CreateVpcEndpoint", "CreateLaunchTemplateVersion"),
    "secretsmanager": ("CreateSecret",),
}


class ClientTokens:
    """What was answered to which token."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], tuple[dict[str, Any], Answer]] = {}

    def answer(self, call: Call) -> Answer | None:
        """The answer given before to the same token; IdempotentParameterMismatch when the call is another one."""
        known = self._known.get(self._key(call))
        if known is None:
            return None
        if known[0] != call.parameters:
            message = (
                f"The request uses the same client token as a previous, but non-identical request: {call.get(PARAMETERS[call.service])}"
            )
            raise AwsError("IdempotentParameterMismatch", message, 400)
        return known[1]

    def remember(self, call: Call, answer: Answer) -> None:
        if answer[0] < 300 and self._key(call):
            self._known[self._key(call)] = (dict(call.parameters), answer)

    @staticmethod
    def _key(call: Call) -> tuple[str, ...]:
        token = call.get(PARAMETERS.get(call.service, ""))
        if not token or call.operation not in OPERATIONS.get(call.service, ()):
            return ()
        return (call.account, call.region, call.operation, str(token))
