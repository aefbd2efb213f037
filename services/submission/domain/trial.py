"""A claim written on trial: whatever the writer of files would refuse of it is found before it is queued.

People are sealed here, so somebody stands in for them; the doors of registration take no person that cannot be written.
"""

from collections.abc import Iterator
from datetime import date

from contracts.phi import MemberDetails, PersonDetails
from contracts.reference import FacilityListed
from contracts.submission import PayerName
from services.submission.domain.as_written import Opened, claim
from services.submission.domain.findings import Facts, Found
from shared.x12 import claim_837p as x
from shared.x12.writing import Header, NotWritable, plain

_SOMEBODY = PersonDetails(
    last="DOE", first="J", born_on=date(2000, 1, 1), sex="U",
    street="1 MAIN ST", city="TOWN", state="NY", zip="10001",
)  # fmt: skip
_DEPENDENT = MemberDetails(member_id="M", subscriber=_SOMEBODY)
_SELF = MemberDetails(member_id="M")
_DAY = date(2000, 1, 3)
_HEADER = Header(sender="S", receiver="R", isa13=1, gs06=1, on=_DAY)


def writable(facts: Facts) -> Iterator[Found]:
    """What the writer refuses of the claim, its loop and element; nothing of a facility that is not listed."""
    package, facility = facts.package, facts.books.facilities.get(facts.package.facility)
    if facility is None:
        return
    members = {c.order: _SELF if c.relation == "18" else _DEPENDENT for c in package.coverages}
    try:
        written = claim(Opened(package, _SOMEBODY, members), _payers(facts))
        x.write_837p(_HEADER, [_alone(written, facility)])
    except NotWritable as no:
        sentence = no.sentence.split("; claim ")[0]
        yield Found(f"It cannot be written: {sentence}.", no.loop, no.element)


def _payers(facts: Facts) -> dict[str, PayerName]:
    found = {}
    for coverage in facts.package.coverages:
        listed = facts.books.payer(coverage.payer, facts.service_from)
        if listed is not None:
            found[coverage.payer] = PayerName(
                payer=coverage.payer, name=listed.name, payer_id=listed.payer_id
            )
    return found


def _alone(written: x.ProfessionalClaim, facility: FacilityListed) -> x.Batch837:
    return x.Batch837(
        control="0001", reference="1", on=_DAY, hhmm="0800",
        submitter_name="S", submitter_id="S", contact_name="S", contact_phone="5550100",
        receiver_name="R", receiver_id="R",
        billing=x.BillingProvider(
            name=plain(facility.name, 60), npi=facility.npi, tax_id=facility.tax_id,
            taxonomy=facility.taxonomy, street=plain(facility.street, 55),
            city=plain(facility.city, 30), state=plain(facility.state, 2), zip=facility.zip,
        ),
        claims=[written],
    )  # fmt: skip
