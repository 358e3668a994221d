"""A deployment's settings: whole or not at all, and never the laptop's by accident."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.settings import Settings, SettingsError

RIGHT = {
    "CMO_ORGANISATION": "Example Desk",
    "CMO_PUBLIC_URL": "https://desk.example.com",
    "CMO_PRIVACY_CONTACT": "privacy@example.com",
    "CMO_PROJECT": "example",
    "CMO_LOCATION": "europe-west1",
    "CMO_OAUTH_CLIENT_ID": "client.apps.example.com",
    "CMO_GMAIL_TOPIC": "projects/example/topics/gmail-push",
    "CMO_PUSH_SERVICE_ACCOUNT": "push@example.iam.example.com",
    "CMO_PUSH_AUDIENCE": "https://functions.example.com",
}


def test_a_whole_environment_is_read() -> None:
    """Each setting is its variable, blanks around it are not part of it, and it is no local desk."""
    settings = Settings.from_environment(
        RIGHT | {"CMO_PROJECT": "  example ", "CMO_WORKSPACE_DOMAINS": "Example.com, example.net,"}
    )

    assert settings.project == "example"
    assert settings.public_url == "https://desk.example.com"
    assert settings.workspace_domains == ("example.com", "example.net")
    assert settings.database == "(default)"
    assert settings.local is None


def test_all_problems_are_reported_at_once() -> None:
    """Who deploys mends everything in one go."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment(
            {"CMO_PUBLIC_URL": "http://desk.example.com", "CMO_GMAIL_TOPIC": "gmail-push"}
        )

    named = {problem.split()[0] for problem in caught.value.problems}
    assert named == set(RIGHT)
    assert "https origin" in str(caught.value)


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize("value", ["", "   "])
def test_an_empty_value_is_missing(name: str, value: str) -> None:
    """A variable that is set to nothing is not set."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment(RIGHT | {name: value})

    [problem] = caught.value.problems
    assert problem.startswith(f"{name} is missing")


@pytest.mark.parametrize("name", ["CMO_PUBLIC_URL", "CMO_PUSH_AUDIENCE"])
@pytest.mark.parametrize(
    "value",
    [
        "http://desk.example.com",
        "https://desk.example.com/",
        "https://desk.example.com/path",
        "https://user@desk.example.com",
        "https://desk.example.com?x",
        "https://DESK.example.com",
        "https://desk.example.com\nx",
        "desk.example.com",
        "https://",
    ],
)
def test_an_address_must_be_an_https_origin(name: str, value: str) -> None:
    """Anything more or less would make cookies, audiences and origins that never match."""
    with pytest.raises(SettingsError, match="https origin"):
        Settings.from_environment(RIGHT | {name: value})


def test_the_environment_makes_no_local_desk() -> None:
    """No variable reaches the member that only a laptop has."""
    settings = Settings.from_environment(RIGHT | {"CMO_LOCAL": "1", "CMO_HOME": "/tmp/x"})

    assert settings.local is None


def test_a_local_desk_is_refused_on_google_cloud(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """K_SERVICE, which Cloud Run sets, is enough."""
    arguments = {"url": "http://127.0.0.1:8080", "google": "http://localhost:8081"}
    assert Settings.for_local_desk(tmp_path, **arguments).local is not None
    monkeypatch.setenv("K_SERVICE", "tickets")

    with pytest.raises(SettingsError, match="must not run on Google Cloud"):
        Settings.for_local_desk(tmp_path, **arguments)
