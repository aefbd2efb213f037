"""Handing a file to a service's door; the file's own hash is the Idempotency-Key."""

import hashlib
from typing import Any

import httpx


def hand_in(url: str, name: str, data: bytes) -> tuple[str, dict[str, Any]]:
    """(the refusal or empty, the answer). httpx.TransportError when nobody is there."""
    answer = httpx.post(
        f"{url}/files",
        content=data,
        params={"name": name[:120]},
        headers={
            "Idempotency-Key": f"file/{hashlib.sha256(data).hexdigest()}",
            "X-Actor": "command line",
            "content-type": "application/octet-stream",
        },
        timeout=120,
    )
    try:
        body: dict[str, Any] = answer.json()
    except ValueError:
        return f"{answer.status_code} without a reason", {}
    if answer.status_code >= 400:
        return str(body.get("sentence") or answer.status_code), {}
    return "", body
