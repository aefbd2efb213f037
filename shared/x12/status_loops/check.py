"""What a 276 and a 277 may both be wrong in: levels, names, traces, days and lines."""

from collections.abc import Mapping

from shared.x12.inquiry_loops.check import Checking
from shared.x12.status_loops.model import Patient, StatusClaim, StatusLine, StatusSet

PARENTS: Mapping[str, str] = {"20": "", "21": "20", "19": "21", "22": "19", "23": "22"}


class StatusChecking(Checking):
    """The findings of one set of claim statuses."""

    def everybody(self, made: StatusSet) -> None:
        """Levels and names from payer to patient."""
        self.levels(PARENTS)
        if not made.payers:
            self.wrong(-1, "no payer is named", "2000A", "HL", code="3")
        for payer in made.payers:
            self.names(payer, "2100A", "PR AY")
            for receiver in payer.receivers:
                self.names(receiver, "2100B", "41")
                for provider in receiver.providers:
                    self.names(provider, "2100C", "1P", 2)
                    for subscriber in provider.subscribers:
                        self.names(subscriber, "2100D", "IL")
                        for patient in subscriber.dependents:
                            self.names(patient, "2100E", "QC", ids=False)

    def claim(self, c: StatusClaim, loop: str, trace_kind: str) -> None:
        """A claim's trace, its days and its lines."""
        claim = c.trace.number
        if not claim:
            self.wrong(c.place, "a claim has no trace", loop, "TRN02", code="1")
        if c.trace.kind != trace_kind:
            sentence = f"the trace of a claim is not of kind {trace_kind}"
            self.wrong(c.place, sentence, loop, "TRN01", code="7", claim=claim)
        self.dates(c.dates, c.place, loop, claim)
        if c.served is not None:
            self.past(c.served.on, c.place, loop, "DTP03", claim)
        elif not all(line.served for line in c.lines) or not c.lines:
            sentence = "neither the claim nor each of its lines says when it was rendered"
            self.wrong(c.place, sentence, loop, "DTP03", "warning", claim=claim)
        for line in c.lines:
            self.line(line, loop.replace("2200", "2220"), claim)

    def line(self, x: StatusLine, loop: str, claim: str) -> None:
        """A line's procedure and days."""
        if not x.procedure.code and not x.revenue_code:
            self.wrong(x.place, "a line has no procedure", loop, "SVC01", code="1", claim=claim)
        self.dates(x.dates, x.place, loop, claim)


def claim_loop(patient: Patient | None) -> str:
    """Where a claim stands: under its dependent, or under the subscriber."""
    return "2200D" if patient is None else "2200E"
