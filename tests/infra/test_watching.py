"""Who is told of what: alerts, objectives, what is charted, and what is not logged."""

from __future__ import annotations

import json
import re
from typing import Final

import pytest

from tests.infra.plan import Plan, Resource
from tests.infra.terraform import ROOT

# What an operator is woken for, by the name of its alert.
ALERTS: Final = {
    "audit_log_differs",
    "dead_letters",
    "late_events",
    "server_errors",
    "reconcile_gap",
    *("log.decrypt_failure", "log.grant_lost", "log.watch_expiry"),
    *("objective.answers", "objective.mail"),
}
OPERATORS: Final = "google_monitoring_notification_channel.operators.id"


def test_operators_are_told(plan: Plan) -> None:
    """Each alert and the budget reach the operators' channel; none that was decided on is missing."""
    alerts = plan.all("google_monitoring_alert_policy")
    budget = plan.one("google_billing_budget", "month")

    assert {_name(one) for one in alerts} >= ALERTS
    for alert in alerts:
        assert OPERATORS in plan.references(alert, "notification_channels")
    assert OPERATORS in plan.references(
        budget, "all_updates_rule", "monitoring_notification_channels"
    )


def test_an_alert_says_where_to_read_on(plan: Plan) -> None:
    """The section of docs/operations.md that an alert names is there."""
    headings = set(
        re.findall(r"^#+ (.+)$", (ROOT / "docs/operations.md").read_text("utf-8"), re.MULTILINE)
    )

    for alert in plan.all("google_monitoring_alert_policy"):
        content = alert.block("documentation")["content"]
        assert "docs/operations.md" in content
        (section,) = re.findall(r'docs/operations.md, "([^"]+)"', content)
        assert section in headings, section


def test_what_alerts_look_for_is_what_the_code_logs(plan: Plan) -> None:
    """A log line that was renamed would silence its alert for ever."""
    code = "\n".join(
        path.read_text("utf-8")
        for folder in ("shared", "functions")
        for path in (ROOT / folder).rglob("*.py")
    )
    wanted = {
        name
        for alert in plan.all("google_monitoring_alert_policy")
        for condition in alert.values["conditions"]
        for log in condition["condition_matched_log"] or []
        for name in re.findall(r'"([a-z_]+\.[a-z_]+)"', log["filter"])
        if not name.startswith("resource.")
    }

    assert len(wanted) > 3
    assert {name for name in wanted if f'"{name}"' not in code} == set()
    assert "class Unopenable" in code, "the alert on what does not open names this error"


def test_objectives_are_counted_over_the_month(plan: Plan) -> None:
    """Of the desk's answers 999 in 1,000 are no failure; of new mail 99 in 100 is a ticket at once."""
    objectives = {one.key: one for one in plan.all("google_monitoring_slo")}

    assert {key: one.values["goal"] for key, one in objectives.items()} == {
        "answers": 0.999,
        "mail": 0.99,
    }
    for one in objectives.values():
        assert one.values["rolling_period_days"] == 28
    people = objectives["answers"].block("request_based_sli")["good_total_ratio"][0]
    assert '"tickets"' in people["total_service_filter"]
    assert "write-audit" not in people["total_service_filter"]


def test_the_dashboard_is_one_that_the_console_draws(plan: Plan) -> None:
    """Every chart asks for one metric of one kind of resource."""
    content = json.loads(plan.one("google_monitoring_dashboard", "desk").values["dashboard_json"])

    widgets = content["gridLayout"]["widgets"]
    assert len(widgets) == 8
    for widget in widgets:
        (data,) = widget["xyChart"]["dataSets"]
        asked = data["timeSeriesQuery"]["timeSeriesFilter"]["filter"]
        assert re.search(r'^metric.type="[a-z./_]+" resource.type="[A-Za-z./_]+"', asked)


@pytest.mark.parametrize("kept", ['severity <= "INFO"', "httpRequest.status < 400"])
def test_only_what_went_well_is_not_logged(kept: str, plan: Plan) -> None:
    """No failure and no line of ours is excluded, and nothing of the audit logs."""
    exclusion = plan.one("google_logging_project_exclusion", "served").values["filter"]

    assert kept in exclusion
    assert 'log_id("run.googleapis.com/requests")' in exclusion


def _name(alert: Resource) -> str:
    return alert.name if alert.key is None else f"{alert.name}.{alert.key}"
