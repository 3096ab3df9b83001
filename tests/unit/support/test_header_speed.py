"""Headers are parsed as Python's own parser parses them."""

from __future__ import annotations

import io

from tests.support import header_speed


def test_headers_are_those_of_the_parser_of_emails():
    lines = (b"Content-Type: text/xml; charset=utf-8", b"X-Empty:", b"Set-Cookie: a=b", b"Set-Cookie:  c:d ", b"", b"<body/>")
    sent = b"\r\n".join(lines)
    expected = header_speed.PARSE(io.BytesIO(sent))
    content = io.BytesIO(sent)
    parsed = header_speed._parse_headers(content)
    assert [(name, value.strip()) for name, value in expected.items()] == parsed.items()
    assert parsed.get_all("set-cookie") == ["a=b", "c:d"]
    assert parsed.get_content_type() == "text/xml"
    assert content.read() == b"<body/>"
