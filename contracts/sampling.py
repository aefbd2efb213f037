"""A synthetic value for every declared type, always the same: golden samples are made of these."""

import hashlib
from base64 import b64encode
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic.fields import FieldInfo

ACCOUNT = "00000000000000"
TEXTS = {
    "account": ACCOUNT,
    "claim": f"{ACCOUNT}010",
    "charge": f"{ACCOUNT}-001",
    "key_id": hashlib.sha256(b"key").hexdigest()[:32],
    "box": b64encode(bytes(28)).decode(),
    "currency": "USD",
}
"""By the field's name, where a value has a shape of its own; nobody has such an account."""
PATTERNS = {
    r"^[0-9]{1,11}(\.[0-9]{1,3})?$": "1.5",
    r"^[0-9]{1,7}\.[0-9]{1,3}$": "1.5",
    r"^([0-9]{10})?$": "1999999999",
    r"^[0-9]{9}$": "000000000",
    r"^[0-9A-Z]{3}$": "431",
    r"^[0-9A-Z]{2,3}$": "W2",
    r"^([0-9A-Z]{1,2})?$": "MB",
    r"^([0-9]{4})?$": "0900",
    r"^[0-9]{10}$": "1999999999",
    r"^[0-9a-f]{64}$": hashlib.sha256(b"sample").hexdigest(),
}


def sample(cls: type, name: str = "") -> Any:
    """An instance of a record with every field filled, optional ones too."""
    hints = get_type_hints(cls, include_extras=True)
    return cls(**{field.name: _value(hints[field.name], field.name) for field in fields(cls)})


def _value(hint: Any, name: str, limits: FieldInfo | None = None) -> Any:
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        found = [extra for extra in args[1:] if isinstance(extra, FieldInfo)]
        return _value(args[0], name, found[-1] if found else limits)
    if origin in (Union, UnionType):
        return _value(next(arg for arg in args if arg is not NoneType), name, limits)
    if origin is Literal:
        return args[0]
    if origin is tuple:
        one = _value(args[0], name.removesuffix("s"))
        return (one, one)
    if is_dataclass(hint) and isinstance(hint, type):
        return sample(hint, name)
    return _plain(hint, name, limits)


def _plain(hint: Any, name: str, limits: FieldInfo | None) -> Any:
    bounds = {
        key: getattr(extra, key)
        for extra in (limits.metadata if limits else ())
        for key in ("ge", "le", "min_length", "max_length", "pattern")
        if getattr(extra, key, None) is not None
    }
    if hint is str:
        return _text(name, bounds)
    if hint is int:
        wanted = 12_345 if name.endswith("cents") else 3
        return max(bounds.get("ge", wanted), min(bounds.get("le", wanted), wanted))
    if hint is bool:
        return True
    if hint is date:
        return date(2026, 1, 5)
    if hint is datetime:
        return datetime(2026, 1, 5, 12, 0, 0)
    raise TypeError(f"no sample is known for {name}: {hint}")


def _text(name: str, bounds: dict[str, Any]) -> str:
    if bounds.get("pattern") in PATTERNS:
        return PATTERNS[bounds["pattern"]]
    text = TEXTS.get(name, f"{name}-1")
    return text[: bounds.get("max_length", 100)].ljust(bounds.get("min_length", 0), "0")
