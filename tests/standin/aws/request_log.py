"""One line of JSON for each AWS call: tests read from it that a second run writes nothing."""

from __future__ import annotations

import datetime
import json
import re
import threading
from pathlib import Path
from typing import Any

from tests.standin.aws.protocol import Request
from tests.standin.aws_calls import USER_AGENT

READING = re.compile(
    r"(Describe|List|Get|Lookup|Head|Check|BatchGet|Search|Query|Scan|Select|Test|Simulate|Estimate|Preview|Verify|Validate)"
)
# KMS's and STS's work on what they are given
READING_OPERATIONS = ("Encrypt", "Decrypt", "ReEncrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "Sign")
SECRET = re.compile(r"password|secretstring|secretbinary|secretaccesskey|authtoken|plaintext|ciphertext|privatekey", re.IGNORECASE)
LONGEST_STRING = 2000


def is_mutating(request: Request) -> bool:
    """Whether the operation changes something, judged by its name."""
    if request.service == "sts" or request.operation in READING_OPERATIONS or request.parameters.get("DryRun"):
        return False
    if request.model is None:
        return request.environ["REQUEST_METHOD"] not in ("GET", "HEAD")
    return not READING.match(request.operation)


def client_of(request: Request) -> str:
    """`stand-in` for the stand-in's own loops, else nothing."""
    return USER_AGENT if request.user_agent.endswith(USER_AGENT) else ""


class RequestLog:
    """Argument: the file, which is appended to. mutations: how many calls that change something it holds."""

    def __init__(self, path: Path) -> None:
        self.mutations = 0
        self._file = path.open("a", buffering=1)
        self._lock = threading.Lock()

    def write(self, request: Request, status: int, error_code: str | None) -> None:
        """A status of 0 is a connection that was dropped."""
        mutating = is_mutating(request)
        entry = {
            "time": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds"),
            "service": request.service,
            "operation": request.operation,
            "region": request.region,
            "status": status,
            "error_code": error_code,
            "user_agent": request.user_agent,
            "mutating": mutating,
            "parameters": without_secrets(request.parameters),
        }
        if client_of(request):
            entry["client"] = client_of(request)
        with self._lock:
            self.mutations += mutating
            self._file.write(json.dumps(entry, default=str) + "\n")

    def close(self) -> None:
        with self._lock:
            self._file.close()


def without_secrets(value: Any) -> Any:
    """Parameters for the log: secrets hidden, long texts cut."""
    if isinstance(value, dict):
        return {key: "********" if SECRET.search(str(key)) else without_secrets(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_secrets(item) for item in value]
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    if isinstance(value, str) and len(value) > LONGEST_STRING:
        return f"{value[:LONGEST_STRING]}…"
    return value
