# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Questions to the DNS, by dnspython."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

with suppress(ImportError):  # the module says so
    import dns.exception
    import dns.flags
    import dns.message
    import dns.query
    import dns.rcode
    import dns.rdatatype
    import dns.resolver

from .._errors import PlatformError
from .addresses import PORT, parse_address

#: for one question to one server
PATIENCE_SECONDS = 3.0


class NoAnswerError(PlatformError):
    """No server answered a question, or none could."""


class Resolver:
    """What answers questions: a resolver by its address, else those of this machine.

    With a port of its own all name servers are asked at that port: such a DNS is a laboratory's.
    """

    def __init__(self, resolver: str | None = None, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self.patience_seconds = patience_seconds
        self.port = PORT
        if resolver:
            address, self.port = parse_address(resolver)
            self.resolvers = [address]
        else:
            self.resolvers = self._of_this_machine()

    @staticmethod
    def _of_this_machine() -> list[str]:
        try:
            return [str(server) for server in dns.resolver.Resolver().nameservers]
        except dns.resolver.NoResolverConfiguration as error:
            raise NoAnswerError(
                "this machine has no DNS resolver: set the option resolver to an IP address, for example 192.0.2.53."
            ) from error

    @property
    def reported(self) -> str:
        """The resolvers, as people read them."""
        return ", ".join(self.resolvers) if self.port == PORT else f"{self.resolvers[0]} port {self.port}"

    def ask(self, name: str, kind: str) -> Any:
        """The answer of the first resolver that knows one; raises NobodyAnswersError."""
        return self._ask(name, kind, self.resolvers, recursion=True)

    def ask_servers(self, name: str, kind: str, addresses: Sequence[str]) -> Any:
        """The answer of name servers themselves, which is no cache's."""
        return self._ask(name, kind, addresses, recursion=False)

    def _ask(self, name: str, kind: str, addresses: Sequence[str], recursion: bool) -> Any:
        question = dns.message.make_query(name, kind)
        if not recursion:
            question.flags &= ~dns.flags.RD
        for address in addresses:
            try:
                answer, _by_tcp = dns.query.udp_with_fallback(question, address, self.patience_seconds, self.port)
            except (dns.exception.DNSException, OSError):
                continue
            if answer.rcode() in {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}:
                return answer
        raise NoAnswerError(f"{', '.join(addresses) or 'no server'} did not answer a query for {name}")


def found(answer: Any, name: str, kind: str, authority: bool = False) -> list[Any]:
    """The records of one name and type; with authority, those of a referral too."""
    sections = (answer.answer, answer.authority) if authority else (answer.answer,)
    desired = dns.name.from_text(name)
    for section in sections:
        for rrset in section:
            if rrset.rdtype == dns.rdatatype.from_text(kind) and (rrset.name == desired or (section is answer.answer and kind != "NS")):
                return list(rrset)
    return []
