"""Routes of `tickets`: reports, as JSON and as files for spreadsheets."""

from __future__ import annotations

from shared.entry import Routes
from shared.errors import NotFound
from shared.permissions import Permission
from shared.request import Request, Response
from shared.services.reports import reports
from shared.services.reports.reports import (
    FILES,
    Asked,
    SatisfactionReport,
    TimesReport,
    VolumesReport,
)

routes = Routes("functions.tickets")


@routes.get("/reports/volumes", allow=Permission.REPORT_READ, query=Asked)
def report_volumes(request: Request, query: Asked) -> VolumesReport:
    """Count tickets created, solved, reopened and unsolved, and mails, by day, mailbox, agent or tag."""
    return reports.volumes(request.app, request.actor, query)


@routes.get("/reports/times", allow=Permission.REPORT_READ, query=Asked)
def report_times(request: Request, query: Asked) -> TimesReport:
    """Measure first replies and solutions, in seconds: median and ninth tenth, also in business time."""
    return reports.times(request.app, request.actor, query)


@routes.get("/reports/satisfaction", allow=Permission.REPORT_READ, query=Asked)
def report_satisfaction(request: Request, query: Asked) -> SatisfactionReport:
    """Count what customers answered."""
    return reports.satisfaction(request.app, request.actor, query)


@routes.get("/reports/{file}", allow=Permission.REPORT_READ, query=Asked)
def report_file(request: Request, query: Asked) -> Response:
    """Return a report as a file for spreadsheets: volumes.csv, times.csv or satisfaction.csv."""
    kind = FILES.get(request.path["file"])
    if kind is None:
        raise NotFound("report.not_found")
    name = f"{kind}-{query.since}-{query.until}.csv"
    return Response(
        reports.table(request.app, request.actor, kind, query),
        content_type=reports.MEDIA_TYPE,
        headers=(("Content-Disposition", f'attachment; filename="{name}"'),),
    )
