"""What stands inside sealed fields. These types never travel in the clear and never reach a log."""

from datetime import date

from contracts.registry import record


@record
class PersonDetails:
    """A person as registered: name, birth date, administrative sex (M, F, U), address, contact, MRN.

    Of a subscriber who is not the patient neither birth date nor address need be known (loop 2010BA).
    """

    last: str
    first: str
    middle: str = ""
    born_on: date | None = None
    sex: str
    street: str
    city: str
    state: str
    zip: str
    phone: str = ""
    mrn: str = ""
    suffix: str = ""
    street2: str = ""


@record
class MemberDetails:
    """A coverage's member: id and group; the subscriber where that is not the patient."""

    member_id: str
    group_number: str = ""
    subscriber: PersonDetails | None = None


@record
class LineNote:
    """What a claim says of one charge in free words (NTE of loop 2400); `line` is the charge's number, from 1."""

    line: int
    text: str
    kind: str = "ADD"


@record
class AmbulanceTrip:
    """CR1: why and how many miles a patient was carried, with what weight; `patients` (QTY*PT) shared the ride.

    `line` is the number of its charge; 0 where the whole claim is meant.
    """

    reason: str = ""
    miles: str = ""
    pounds: str = ""
    round_trip: str = ""
    stretcher: str = ""
    patients: int | None = None
    line: int = 0


@record
class AmbulanceStop:
    """Where an ambulance took up a patient (PW) or let one off (45): often a home. `line` as of a trip."""

    role: str
    name: str = ""
    street: str = ""
    street2: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    line: int = 0


@record
class ClaimNote:
    """What a claim says that may speak of the patient: in free words (NTE of loop 2300) of some kind, and of rides."""

    text: str
    kind: str = "ADD"
    lines: tuple[LineNote, ...] = ()
    trips: tuple[AmbulanceTrip, ...] = ()
    stops: tuple[AmbulanceStop, ...] = ()


@record
class RemittancePeople:
    """Names and ids as an 835 gives them (NM1*QC, IL, 74), kept for the person who has to match by hand."""

    patient_last: str = ""
    patient_first: str = ""
    patient_id: str = ""
    corrected_last: str = ""
    corrected_first: str = ""
    corrected_id: str = ""
