"""Events reach their functions: subscriptions, their dead letters, and who may call."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from shared.app import LATER_QUEUE, App
from shared.bus.pubsub_dead_letters import PubSubDeadLetters
from shared.settings import Settings
from tests.infra.plan import Plan, Resource

KEPT = "2678400s"  # 31 days, the most that Pub/Sub keeps


def test_a_function_is_subscribed_to_its_topics_and_no_other(
    plan: Plan, manifest: dict[str, Any]
) -> None:
    """Each topic of a manifest's row has one push subscription to that function."""
    expected = {
        f"{function.replace('_', '-')}.{topic}": topic
        for function, row in manifest.items()
        for topic in row.get("topics", [])
    }

    subscriptions = _subscriptions(plan)

    assert {name: one.values["topic"] for name, one in subscriptions.items()} == expected
    for name, subscription in subscriptions.items():
        assert subscription.values["name"] == name
        assert "module.function" in plan.references(subscription, "push_config", "push_endpoint")


def test_a_subscription_outlasts_its_function(plan: Plan, manifest: dict[str, Any]) -> None:
    """An event is not delivered again while a function still works on it, and no quiet month ends it."""
    for name, subscription in _subscriptions(plan).items():
        row = manifest[name.partition(".")[0].replace("-", "_")]

        assert subscription.values["ack_deadline_seconds"] == row["timeout"] + 30 <= 600
        assert subscription.values["message_retention_duration"] == KEPT
        assert subscription.block("expiration_policy") == {"ttl": ""}
        assert subscription.block("retry_policy") == {
            "minimum_backoff": "10s",
            "maximum_backoff": "600s",
        }


def test_a_refused_event_becomes_a_dead_letter_that_is_kept(plan: Plan) -> None:
    """After 100 attempts an event lies in dead-<subscription> for 31 days, until somebody pulls it."""
    names = {f"dead-{name}" for name in _subscriptions(plan)}
    topics = plan.all("google_pubsub_topic", "dead")
    kept = plan.all("google_pubsub_subscription", "dead")

    assert {one.values["name"] for one in topics} == names
    assert {one.values["name"] for one in kept} == names
    for subscription in _subscriptions(plan).values():
        assert subscription.block("dead_letter_policy")["max_delivery_attempts"] == 100
        assert plan.references(subscription, "dead_letter_policy", "dead_letter_topic")[0] == (
            "google_pubsub_topic.dead"
        )
    for subscription in kept:
        assert subscription.values["message_retention_duration"] == KEPT
        assert subscription.values["push_config"] == []
        assert subscription.block("expiration_policy") == {"ttl": ""}
        assert subscription.values["topic"] == subscription.values["name"]


def test_an_operator_looks_at_every_subscription(plan: Plan) -> None:
    """The dead letters that are listed and replayed are those of the subscriptions that are made."""
    dead_letters = App(replace(_settings(), local=None), "operate").dead_letters
    assert isinstance(dead_letters, PubSubDeadLetters)

    assert dead_letters._topics == {
        name: one.values["topic"] for name, one in _subscriptions(plan).items()
    }


def test_pubsub_may_move_dead_letters(plan: Plan) -> None:
    """Without both grants of its own account Pub/Sub would deliver for ever, and say nothing."""
    agent = r"serviceAccount:service-\d+@gcp-sa-pubsub.iam.gserviceaccount.com"
    names = set(_subscriptions(plan))
    publishes = plan.all("google_pubsub_topic_iam_member", "dead")
    takes = plan.all("google_pubsub_subscription_iam_member", "dead")

    assert {one.values["topic"] for one in publishes} == {f"dead-{name}" for name in names}
    assert {one.values["subscription"] for one in takes} == names
    assert {one.values["role"] for one in publishes} == {"roles/pubsub.publisher"}
    assert {one.values["role"] for one in takes} == {"roles/pubsub.subscriber"}
    for one in publishes + takes:
        assert re.fullmatch(agent, one.values["member"])


def test_a_push_is_signed_for_one_function(plan: Plan) -> None:
    """The audience is the function's own URL: Cloud Run accepts it, and no other function does."""
    functions = plan.functions()

    for name, subscription in _subscriptions(plan).items():
        function = functions[name.partition(".")[0].replace("-", "_")]
        environment = function.block("service_config")["environment_variables"]
        token = subscription.block("push_config")["oidc_token"][0]
        settings = _settings(push_audience=environment["CMO_PUSH_AUDIENCE"])

        assert token["audience"] == (
            f"{environment['CMO_PUSH_AUDIENCE']}/{function.values['name']}"
        )
        assert token["audience"] == settings.audience_of(name.partition(".")[0].replace("-", "_"))
        assert environment["CMO_PUSH_AUDIENCE"] == (
            f"https://{environment['CMO_LOCATION']}-{environment['CMO_PROJECT']}.cloudfunctions.net"
        )
        assert "google_service_account.push.email" in plan.references(
            subscription, "push_config", "oidc_token", "service_account_email"
        )


def test_gmail_publishes_to_one_topic(plan: Plan) -> None:
    """The only account outside of the project that may publish is Gmail's, to gmail-push."""
    gmail = plan.one("google_pubsub_topic_iam_member", "gmail")

    assert gmail.values["member"] == "serviceAccount:gmail-api-push@system.gserviceaccount.com"
    assert gmail.values["role"] == "roles/pubsub.publisher"
    assert gmail.values["topic"] == "gmail-push"


def test_a_scheduled_function_is_ticked(plan: Plan, manifest: dict[str, Any]) -> None:
    """Each schedule of the manifest has a job that publishes to the function's own tick- topic."""
    expected = {
        topic: row["schedule"]
        for row in manifest.values()
        if "schedule" in row
        for topic in row["topics"]
        if topic.startswith("tick-")
    }

    jobs = plan.all("google_cloud_scheduler_job", "tick")

    assert {job.values["name"]: job.values["schedule"] for job in jobs} == expected
    assert {job.values["time_zone"] for job in jobs} == {"Etc/UTC"}
    assert all(job.key == job.values["name"] for job in jobs)
    assert all(job.block("pubsub_target")["data"] == "e30=" for job in jobs)  # {}


def test_an_event_for_later_is_tried_for_ever(plan: Plan) -> None:
    """Cloud Tasks drops a task after its last attempt; in the queue that the bus names there is none."""
    queue = plan.one("google_cloud_tasks_queue", "later")

    assert queue.values["name"] == LATER_QUEUE
    assert queue.block("retry_config")["max_attempts"] == -1
    assert queue.block("retry_config")["max_retry_duration"] == "0s"


def test_a_task_acts_as_the_function_that_made_it(plan: Plan) -> None:
    """The account that a function names in its tasks is the one that it runs as."""
    for function, (account,) in plan.of_functions("google_service_account", "this").items():
        app = App(_settings(local=None, project="example-desk"), function)

        assert app._service_account == (
            f"{account.values['account_id']}@example-desk.iam.gserviceaccount.com"
        )


def _settings(**changes: Any) -> Settings:
    settings = Settings.for_local_desk(
        Path("home"), url="http://127.0.0.1", google="http://localhost"
    )
    return replace(settings, **changes)


def _subscriptions(plan: Plan) -> dict[str, Resource]:
    return {str(one.key): one for one in plan.all("google_pubsub_subscription", "this")}
