"""Names of streams, the one partition function, and the numbers that lead back to a stream by arithmetic."""

import hashlib
import zlib

BROADCAST = "broadcast"
"""The stream of records that stand in every partition."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U to misread
_INDEX = {letter: number for number, letter in enumerate(_ALPHABET)}
_LETTERS = frozenset(_ALPHABET)


def _sums(factor: int) -> bytes:
    """For every byte that is a letter, the sum of the digits of its value times a factor."""
    values = {ord(letter): number * factor for letter, number in _INDEX.items()}
    return bytes(values.get(byte, 0) // 32 + values.get(byte, 0) % 32 for byte in range(256))


_SINGLE, _DOUBLED = _sums(1), _sums(2)
ACCOUNT_LENGTH = 14


def partition_of(stream: str, partitions: int) -> int:
    """The partition of a stream: CRC-32 of its name, modulo the fixed number of partitions."""
    return zlib.crc32(stream.encode()) % partitions


def kind_of(stream: str) -> str:
    """`account/…` -> `account`."""
    return stream.partition("/")[0]


def _digest(*parts: str) -> bytes:
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).digest()


def _letters(number: int, length: int) -> str:
    out = ""
    for _ in range(length):
        number, rest = divmod(number, 32)
        out = _ALPHABET[rest] + out
    return out


def account_number(tenant: str, source_system: str, encounter: str) -> str:
    """14 letters (70 bits) from tenant, source system and encounter: the same encounter, the same account."""
    return _letters(int.from_bytes(_digest(tenant, source_system, encounter)), ACCOUNT_LENGTH)


def account_stream(account: str) -> str:
    """The stream of an account."""
    return f"account/{account}"


def charge_number(account: str, number: int) -> str:
    """A charge's number for life, which is also its line's REF*6R: `ACCOUNT-001`."""
    return f"{account}-{number:03d}"


def check_letter(text: str) -> str:
    """Luhn modulo 32 over Crockford letters, and nothing else: finds every single wrong letter."""
    letters = text.encode()
    total = sum(letters[-1::-2].translate(_DOUBLED)) + sum(letters[-2::-2].translate(_SINGLE))
    return _ALPHABET[-total % 32]


def claim_number(account: str, number: int) -> str:
    """CLM01: account, two letters of the claim's running number (1 to 1,023), one check letter; 17 in all."""
    if not 1 <= number < 1024:
        raise ValueError("an account holds at most 1,023 claims")
    if not _LETTERS.issuperset(account):
        raise ValueError("an account is named by Crockford letters")
    body = account + _letters(number, 2)
    return body + check_letter(body)


def read_claim_number(text: str) -> tuple[str, int] | None:
    """(account, claim number) of a CLM01 of ours, upper or lower case; None when it cannot be one."""
    text = text.strip().upper()
    if len(text) != ACCOUNT_LENGTH + 3 or not _LETTERS.issuperset(text):
        return None
    body = text[:-1]
    if check_letter(body) != text[-1]:
        return None
    number = _INDEX[body[-2]] * 32 + _INDEX[body[-1]]
    return (body[:ACCOUNT_LENGTH], number) if number else None


def remittance_key(payer: str, trn02: str, trn03: str, bpr16: str) -> str:
    """The id of one payment: TRN02 alone is unique per payer only."""
    return _digest(payer, trn02, trn03, bpr16).hex()


def remittance_stream(remittance: str) -> str:
    """The stream of one check or EFT."""
    return f"remittance/{remittance}"


def outbound_stream(receiver: str, lane: int) -> str:
    """The stream of one lane of a receiver's queue."""
    return f"outbound/{receiver}/{lane}"


def inbound_stream(sha256: str) -> str:
    """The stream of one received file."""
    return f"inbound/{sha256}"


def payee_stream(payer: str, tax_id: str) -> str:
    """The stream of provider-level money between a payer and a TIN."""
    return f"payee/{payer}/{tax_id}"


def patient_stream(patient: str) -> str:
    """The stream of a person, under a random id."""
    return f"patient/{patient}"


def guarantor_stream(guarantor: str) -> str:
    """The stream of whoever pays for a patient."""
    return f"guarantor/{guarantor}"


def deposit_stream(deposit: str) -> str:
    """The stream of one line of the bank's statement."""
    return f"deposit/{deposit}"


def trace_stream(trn02: str, trn03: str) -> str:
    """Where a bank's deposit and a remittance meet: both carry the trace and the payer's id, neither the other's."""
    return f"trace/{_digest(trn02.strip().upper(), trn03.strip().upper()).hex()}"


def takeback_stream(payer: str, reference: str) -> str:
    """Where a payer's takeback and an overpaid account meet: both know the payer's control number."""
    return f"takeback/{_digest(payer, reference.strip().upper()).hex()}"


def books_stream(name: str = "company") -> str:
    """The stream that decides what the books say to everybody."""
    return f"books/{name}"


def statement_number(guarantor: str, number: int) -> str:
    """A guarantor's n-th statement: `S`, 12 letters (60 bits), and a check letter, as a patient writes it on a cheque."""
    body = "S" + _letters(int.from_bytes(_digest("statement", guarantor, str(number))), 12)
    return body + check_letter(body)
