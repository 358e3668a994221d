"""The promises of the privacy policy that only infrastructure can keep, on the Terraform plans."""

from __future__ import annotations

import pytest

from tests.infra.plan import Plan

pytestmark = pytest.mark.xdist_group("terraform")

DAY = 24 * 3600


def test_p04_the_way_in_is_tls_1_2_or_newer(plan: Plan) -> None:
    """The only way in refuses older clients; plain HTTP is told to come back."""
    https = plan.one("google_compute_target_https_proxy", "edge")

    assert plan.one("google_compute_ssl_policy", "edge").values["min_tls_version"] == "TLS_1_2"
    assert 'google_compute_ssl_policy.edge["edge"].id' in plan.references(https, "ssl_policy")
    [redirect] = plan.all("google_compute_url_map", "redirect")
    assert redirect.block("default_url_redirect")["https_redirect"] is True


def test_p05_the_key_is_outside_of_the_databases(plan: Plan) -> None:
    """APP_KEY is a secret of Secret Manager; no function has it, or any secret, in its environment."""
    assert "app-key" in {
        one.values["secret_id"] for one in plan.all("google_secret_manager_secret")
    }
    for function in plan.functions().values():
        assert function.block("service_config")["secret_environment_variables"] == []


def test_p12_what_is_destroyed_cannot_be_restored(plan: Plan) -> None:
    """The database of keys has no backup and no history, and their copies no versions."""
    backed_up = {one.values["database"] for one in plan.all("google_firestore_backup_schedule")}
    [keyring] = [one for one in plan.all("google_firestore_database") if one.key == "keyring"]
    copies = plan.one("google_storage_bucket", "key_copies")

    assert "keyring" not in backed_up
    history = keyring.values["point_in_time_recovery_enablement"]
    assert history == "POINT_IN_TIME_RECOVERY_DISABLED"
    assert copies.block("versioning") == {"enabled": False}
    assert copies.block("soft_delete_policy")["retention_duration_seconds"] == 0


def test_p13_every_way_in_is_behind_the_firewall(plan: Plan) -> None:
    """Each backend has the policy that slows down who asks too much, and functions take no other way."""
    backends = plan.all("google_compute_backend_service")

    assert backends
    for backend in backends:
        policies = plan.references(backend, "security_policy")
        assert 'google_compute_security_policy.edge["edge"].id' in policies
    for function in plan.functions().values():
        ingress = function.block("service_config")["ingress_settings"]
        assert ingress in ("ALLOW_INTERNAL_AND_GCLB", "ALLOW_INTERNAL_ONLY")


def test_p14_backups_are_regular_and_end(plan: Plan) -> None:
    """Daily and weekly, kept for 30 days at most; Google encrypts what it stores, backups among it."""
    schedules = plan.all("google_firestore_backup_schedule")

    assert {(one.name, one.values["database"]) for one in schedules} == {
        (often, database) for often in ("daily", "weekly") for database in ("(default)", "audit")
    }
    for one in schedules:
        assert 0 < int(one.values["retention"].removesuffix("s")) <= 30 * DAY


def test_p15_patches_come_by_themselves(plan: Plan) -> None:
    """Google renews what runs under every function, without a deployment."""
    for function in plan.functions().values():
        assert len(function.block("build_config")["automatic_update_policy"]) == 1
