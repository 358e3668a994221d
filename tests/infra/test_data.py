"""Where data lies: databases and their backups, secrets, buckets, logs, and who is told."""

from __future__ import annotations

from tests.infra.plan import Plan

DAY = 24 * 3600


def test_a_database_is_backed_up_for_less_than_a_month(plan: Plan) -> None:
    """P14: daily and weekly; what is erased is in no backup after 30 days."""
    schedules = plan.all("google_firestore_backup_schedule")

    assert sorted((one.name, one.values["database"]) for one in schedules) == [
        ("daily", "(default)"),
        ("daily", "audit"),
        ("weekly", "(default)"),
        ("weekly", "audit"),
    ]
    for one in schedules:
        assert int(one.values["retention"].removesuffix("s")) <= 30 * DAY


def test_the_keyring_has_no_history(plan: Plan) -> None:
    """P12: a destroyed key cannot be restored, whatever is restored beside it."""
    databases = {
        one.key: (
            one.values["point_in_time_recovery_enablement"],
            one.values["delete_protection_state"],
            one.values["type"],
        )
        for one in plan.all("google_firestore_database")
    }

    protected = ("DELETE_PROTECTION_ENABLED", "FIRESTORE_NATIVE")
    assert databases == {
        "(default)": ("POINT_IN_TIME_RECOVERY_ENABLED", *protected),
        "audit": ("POINT_IN_TIME_RECOVERY_ENABLED", *protected),
        "keyring": ("POINT_IN_TIME_RECOVERY_DISABLED", *protected),
        "witness": ("POINT_IN_TIME_RECOVERY_DISABLED", *protected),
    }


def test_a_deleted_copy_of_a_key_is_gone(plan: Plan) -> None:
    """P12: the copies lie in another region, without versions, soft delete or retention."""
    copies = plan.one("google_storage_bucket", "key_copies")
    keyring = next(one for one in plan.all("google_firestore_database") if one.key == "keyring")

    assert copies.values["location"] != keyring.values["location_id"]
    assert copies.block("soft_delete_policy")["retention_duration_seconds"] == 0
    assert copies.block("versioning") == {"enabled": False}
    assert copies.values["retention_policy"] == []


def test_the_databases_are_closed_to_clients(plan: Plan) -> None:
    """A client with an API key instead of a service account reads and writes nothing, in any database."""
    (source,) = plan.one("google_firebaserules_ruleset", "deny").values["source"]
    releases = {one.values["name"] for one in plan.all("google_firebaserules_release")}

    assert "allow read, write: if false;" in source["files"][0]["content"]
    assert source["files"][0]["content"].count("allow") == 1
    assert releases == {
        "cloud.firestore",
        *(f"cloud.firestore/{name}" for name in ("audit", "keyring", "witness")),
    }


def test_no_bucket_is_public(plan: Plan) -> None:
    """Objects are reached by IAM on the bucket alone, and but for the page's files never by everybody."""
    for bucket in plan.all("google_storage_bucket"):
        open_to_all = bucket.name == "page"
        assert bucket.values["public_access_prevention"] == (
            "inherited" if open_to_all else "enforced"
        )
        assert bucket.values["uniform_bucket_level_access"] is True


def test_a_file_on_its_way_does_not_stay(plan: Plan) -> None:
    """What the desk forgets to delete goes after 40 days, and what is deleted is in no version."""
    files = plan.one("google_storage_bucket", "files")
    rule = files.block("lifecycle_rule")

    assert [one["type"] for one in rule["action"]] == ["Delete"]
    assert [one["age"] for one in rule["condition"]] == [40]
    assert files.block("soft_delete_policy")["retention_duration_seconds"] == 0
    assert files.block("versioning") == {"enabled": False}
    assert files.values["retention_policy"] == []


def test_audit_copies_are_locked_in_production(prod: Plan, dev: Plan) -> None:
    """P08: nobody, the owner of the project included, deletes the copies within a year."""
    for bucket in ("audit_copies", "audit_log"):
        policy = prod.one("google_storage_bucket", bucket).block("retention_policy")
        assert policy["is_locked"] is True
        assert policy["retention_period"] >= 365 * DAY
        trial = dev.one("google_storage_bucket", bucket).block("retention_policy")
        assert trial["is_locked"] is False


def test_reading_data_and_secrets_leaves_a_log(plan: Plan) -> None:
    """P08: Google's own logs say who read Firestore, secrets or objects, and are copied."""
    logged = {
        one.values["service"]: {each["log_type"] for each in one.values["audit_log_config"]}
        for one in plan.all("google_project_iam_audit_config")
    }

    kinds = {"ADMIN_READ", "DATA_READ", "DATA_WRITE"}
    assert logged == {
        "datastore.googleapis.com": kinds,
        "secretmanager.googleapis.com": kinds,
        "storage.googleapis.com": {"DATA_READ"},
    }
    sink = plan.one("google_logging_project_sink", "audit")
    copies = plan.one("google_storage_bucket", "audit_copies").values["name"]
    assert sink.values["destination"] == f"storage.googleapis.com/{copies}"
    assert "cloudaudit.googleapis.com/data_access" in sink.values["filter"]


def test_secrets_have_names_and_no_values(plan: Plan) -> None:
    """P05: Terraform makes the holders; a version destroyed by mistake comes back for 30 days."""
    for secret in plan.all("google_secret_manager_secret"):
        assert secret.values["deletion_protection"] is True
        assert secret.values["version_destroy_ttl"] == f"{30 * DAY}s"
    for function in plan.functions().values():
        assert function.block("service_config")["secret_environment_variables"] == []


def test_base_images_are_patched_without_a_deployment(plan: Plan) -> None:
    """P15: Google puts security patches under every function, on the Python that is tested."""
    for function in plan.functions().values():
        build = function.block("build_config")
        assert build["runtime"] == "python311"
        assert len(build["automatic_update_policy"]) == 1
