"""What a file says around its claims: ISA and GS, and each set's submitter, receiver and billing provider."""

from collections.abc import Mapping, Sequence
from datetime import date

from contracts.submission import BatchedSet, BillingProvider, FileHeader, PayerName
from services.submission.domain.loops import RENDERING, UNNAMED, Opened, claim
from shared.errors import Refused
from shared.x12 import claim_837p as x
from shared.x12.writing import Header, plain


def header_of(header: FileHeader | None, isa13: int, on: date, hhmm: str) -> Header:
    """ISA and GS: ids of the header, the lane's control number, the business day, the time of the batch."""
    named = told(header)
    return Header(
        sender=named.submitter_id,
        receiver=named.receiver_id,
        isa13=isa13,
        gs06=isa13,
        on=on,
        hhmm=hhmm,
        usage=named.usage,
    )


def told(header: FileHeader | None) -> FileHeader:
    """The header that a batch must have."""
    if header is None:
        raise Refused("the batch does not say who sends it to whom")
    return header


def bht03(isa13: int, st02: str) -> str:
    """The batch id that a 277CA answers: ISA13 and ST02."""
    return f"{isa13:09d}{st02}"


def batch_of(
    of: Header,
    header: FileHeader,
    batched: BatchedSet,
    claims: Sequence[Opened],
    payers: Mapping[str, PayerName],
) -> x.Batch837:
    """One set with these claims in order."""
    billing = _billing(batched.billing)
    return x.Batch837(
        control=batched.st02,
        reference=bht03(of.isa13, batched.st02),
        on=of.on,
        hhmm=of.hhmm,
        submitter_name=plain(header.submitter_name, 60),
        submitter_id=header.submitter_id,
        contact_name=plain(header.contact_name, 60),
        contact_phone=header.contact_phone,
        receiver_name=plain(header.receiver_name, 60),
        receiver_id=header.receiver_id,
        billing=billing,
        claims=[under(billing, claim(opened, payers)) for opened in claims],
    )


def under(billing: x.BillingProvider, made: x.ProfessionalClaim) -> x.ProfessionalClaim:
    """Loops 2310B and 2420A are for rendering providers that are not the billing one: where they say nothing, it is."""

    def is_billing(p: x.Provider) -> bool:
        return p.role == RENDERING and p.npi == billing.npi and p.last == UNNAMED

    whole = _of_the_whole(made)
    if not is_billing(whole) and not any(
        is_billing(p) for line in made.lines for p in line.providers
    ):
        return made
    made.rendering_npi = made.rendering_last = made.rendering_first = made.rendering_taxonomy = ""
    made.rendering_references = []
    made.providers = [p for p in made.providers if p.role != RENDERING]
    for line in made.lines:
        own = [p for p in line.providers if p.role == RENDERING]
        if not own and not is_billing(whole):
            line.providers = [*line.providers, whole]
        else:
            line.providers = [p for p in line.providers if not is_billing(p)]
    return made


def _of_the_whole(made: x.ProfessionalClaim) -> x.Provider:
    for one in made.providers:  # Somebody with more than a name and an NPI.
        if one.role == RENDERING:
            return one
    return x.Provider(
        RENDERING,
        made.rendering_last,
        made.rendering_first,
        npi=made.rendering_npi,
        taxonomy=made.rendering_taxonomy,
        references=made.rendering_references,
    )


def _billing(billing: BillingProvider | None) -> x.BillingProvider:
    if billing is None:
        raise Refused("the facility of a set was not listed when the batch was closed")
    return x.BillingProvider(
        name=plain(billing.name, 60),
        npi=billing.npi,
        tax_id=billing.tax_id,
        taxonomy=billing.taxonomy,
        street=plain(billing.street, 55),
        city=plain(billing.city, 30),
        state=plain(billing.state, 2),
        zip=billing.zip,
    )
