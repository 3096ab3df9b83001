"""Errors as AWS answers them."""

from __future__ import annotations

from moto.core.exceptions import ServiceException


class AwsError(ServiceException):
    """A refusal: the service's error code and message.

    status: the HTTP status, None for the one of botocore's model (400 where it has none). members: what else the error's shape has.
    """

    def __init__(self, code: str, message: str, status: int | None = None, **members: object) -> None:
        super().__init__(code, message)
        self.status = status
        for name, value in members.items():
            setattr(self, name, value)


class DroppedConnectionError(ConnectionError):
    """The connection ends without an answer, because a fault was asked for."""
