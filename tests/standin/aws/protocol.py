"""From HTTP to an operation with parameters in botocore's shape, and back. Moto's parsers, routers and serializers do the work."""

from __future__ import annotations

import contextlib
import io
import re
import urllib.parse
from typing import Any

from botocore import parsers
from moto.core.errors import COMMON_ERROR_CODES
from moto.core.model import OperationModel, ServiceModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request as HttpRequest
from moto.core.request import determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model
from werkzeug.exceptions import NotFound

from tests.standin.aws.errors import AwsError

# Names in the scope of a signature that are not botocore's names of the service
SIGNING_NAMES = {
    "elasticloadbalancing": "elbv2",
    "tagging": "resourcegroupstaggingapi",
    "servicequotas": "service-quotas",
    "monitoring": "cloudwatch",
    "email": "ses",
}
CREDENTIAL = re.compile(r"Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
Environ = dict[str, Any]
Answer = tuple[int, list[tuple[str, str]], bytes]


class Request:
    """One HTTP request to AWS. `model` is None when botocore does not know the operation; then `operation` is the method and path."""

    def __init__(self, environ: Environ, body: bytes, default_region: str) -> None:
        _sign_by_header(environ)
        self.environ, self.body = environ, body
        self.user_agent = environ.get("HTTP_USER_AGENT", "")
        scope = CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
        self.access_key, self.region, signing_name = scope.groups() if scope else ("", default_region, "s3")
        self.service = SIGNING_NAMES.get(signing_name, signing_name)
        self._http = HttpRequest(self.fresh_environ())
        self.model: OperationModel | None = None
        self.parameters: dict[str, Any] = {}
        self.operation = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        self._parse(scope is not None)

    def fresh_environ(self) -> Environ:
        """The WSGI environment with an unread body."""
        return {**self.environ, "wsgi.input": io.BytesIO(self.body), "CONTENT_LENGTH": str(len(self.body))}

    def _parse(self, signed: bool) -> None:
        if not signed:  # only web identities come to STS without a signature, and browsers to S3
            form = dict(urllib.parse.parse_qsl(self.body.decode(errors="replace")))
            self.service = "sts" if form.get("Action", "").startswith("AssumeRoleWith") else "s3"
        try:
            service = get_service_model(self.service)
            model, uri_parameters = get_service_router(self.service).match(self._http)
        except (NotFound, NotImplementedError, ValueError):
            return
        except Exception as error:
            if type(error).__name__ != "UnknownServiceError":
                raise
            return
        self.model, self.operation = model, str(model.name)
        parser = PROTOCOL_PARSERS[self._protocol(service)](model, map_type=dict)
        self.parameters = parser.parse(
            {
                "method": self._http.method,
                "values": self._http.values,
                "headers": self._http.headers,
                "body": self.body,
                "url_path": self._http.path,
                "url_params": uri_parameters,
            }
        )

    def _protocol(self, service: ServiceModel) -> str:
        return determine_request_protocol(service, self.environ.get("CONTENT_TYPE", ""))

    def serialize(self, result: dict[str, Any] | Exception) -> Answer:
        """An output, or an error, as HTTP."""
        service = get_service_model(self.service)
        model = self.model or OperationModel({}, service)
        if isinstance(result, AwsError) and result.code not in COMMON_ERROR_CODES:
            COMMON_ERROR_CODES.append(result.code)  # else moto warns of codes that botocore's model lacks
        answer = get_serializer_class(self.service, self._protocol(service))(model).serialize(result)
        body = answer["body"]
        status = getattr(result, "status", None) or answer["status_code"]
        headers = [(name, str(value)) for name, value in answer["headers"].items()]
        return status, headers, body.encode() if isinstance(body, str) else body

    def parse_answer(self, answer: Answer) -> dict[str, Any]:
        """An HTTP answer in botocore's shape; AwsError when it is an error."""
        parsed = self._parse_answer(answer)
        if answer[0] >= 300:
            error = parsed.pop("Error", {})
            raise AwsError(error.get("Code") or str(answer[0]), error.get("Message") or "", answer[0])
        return parsed

    def error_code(self, answer: Answer) -> str | None:
        """The code of an error, None when the answer is none."""
        if answer[0] < 300 or self.model is None:
            return None
        return self._parse_answer(answer).get("Error", {}).get("Code")

    def _parse_answer(self, answer: Answer) -> dict[str, Any]:
        assert self.model is not None
        status, headers, body = answer
        parser = parsers.create_parser(self._protocol(self.model.service_model))
        parsed: dict[str, Any] = parser.parse({"status_code": status, "headers": _lower(headers), "body": body}, self.model.output_shape)
        parsed.pop("ResponseMetadata", None)
        return parsed


def check_shape(value: Any, shape: Any, path: str) -> None:
    """Raises TypeError when an answer has a member that the model's shape lacks: botocore would drop it silently."""
    if value is None or shape is None:
        return
    if shape.type_name == "structure":
        unknown = value.keys() - shape.members.keys()
        if unknown:
            raise TypeError(f"{path} has no member {', '.join(sorted(unknown))}")
        for name, item in value.items():
            check_shape(item, shape.members[name], f"{path}.{name}")
    elif shape.type_name == "list":
        for item in value:
            check_shape(item, shape.member, f"{path}[]")
    elif shape.type_name == "map":
        for item in value.values():
            check_shape(item, shape.value, f"{path}{{}}")
    elif shape.type_name == "string" and not isinstance(value, str):
        raise TypeError(f"{path} is not a string but {value!r}")


def _lower(headers: list[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}


def _sign_by_header(environ: Environ) -> None:
    """A presigned URL (an EKS token is one) as a request that is signed by its header; then it finds the same way."""
    query = dict(urllib.parse.parse_qsl(environ.get("QUERY_STRING", "")))
    if "HTTP_AUTHORIZATION" in environ or not {"X-Amz-Credential", "X-Amz-SignedHeaders", "X-Amz-Signature"} <= query.keys():
        return
    environ["HTTP_AUTHORIZATION"] = (
        f"AWS4-HMAC-SHA256 Credential={query['X-Amz-Credential']}, SignedHeaders={query['X-Amz-SignedHeaders']}, "
        f"Signature={query['X-Amz-Signature']}"
    )
    with contextlib.suppress(KeyError):
        environ["HTTP_X_AMZ_SECURITY_TOKEN"] = query["X-Amz-Security-Token"]
