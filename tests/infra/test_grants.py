"""Who may do what: every grant of a deployment against tables that are read, not computed.

A new right is a line here, so that it is decided, and seen in review, rather than derived.
"""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.infra.agreement import bucket_of
from tests.infra.plan import Plan, Resource
from tests.infra.terraform import Workspace

READ: Final = "roles/datastore.viewer"
WRITE: Final = "roles/datastore.user"
CREATE: Final = "projects/{project}/roles/firestoreCreateOnly"

DATABASES: Final = {
    "account": {"(default)": WRITE, "keyring": READ},
    "admin": {"(default)": WRITE, "audit": READ, "keyring": WRITE, "witness": READ},
    "apply_deadlines": {"(default)": WRITE},
    "content": {"(default)": WRITE, "keyring": READ},
    "create_ticket": {"(default)": WRITE, "keyring": WRITE},
    "dead_letters": {"(default)": WRITE},
    "deliver_webhook": {"(default)": WRITE, "keyring": READ},
    "erase": {"(default)": WRITE, "keyring": WRITE},
    "gmail_push": {"(default)": WRITE, "keyring": READ},
    "oauth": {"(default)": WRITE, "keyring": WRITE},
    "poll_mailboxes": {"(default)": WRITE, "keyring": READ},
    "public": {"(default)": WRITE, "keyring": READ},
    "react": {"(default)": WRITE, "keyring": READ},
    "reconcile": {"(default)": WRITE, "keyring": READ},
    "renew_watches": {"(default)": WRITE, "keyring": READ},
    "send_notice": {"(default)": WRITE, "audit": READ, "keyring": READ},
    "run_job": {"(default)": WRITE, "keyring": WRITE},
    "send_data_code": {"(default)": WRITE, "keyring": READ},
    "send_password_reset": {"(default)": WRITE, "keyring": READ},
    "send_reply": {"(default)": WRITE, "keyring": READ},
    "session": {"(default)": WRITE, "keyring": READ},
    "tickets": {"(default)": WRITE, "keyring": READ},
    "seal_audit": {"(default)": READ, "audit": WRITE},
    "witness": {"(default)": READ, "audit": READ, "witness": WRITE},
    "write_audit": {"(default)": WRITE, "audit": CREATE},
}

SECRETS: Final = {
    "account": {"app-key", "index-key", "otp-key", "password-pepper"},
    "admin": {"app-key", "index-key", "statement-key"},
    "apply_deadlines": set(),
    "content": {"app-key", "oauth-client-secret", "token-key"},
    "create_ticket": {"app-key", "index-key", "oauth-client-secret", "token-key"},
    "dead_letters": set(),
    "deliver_webhook": {"app-key"},
    "erase": {"app-key", "index-key", "oauth-client-secret", "statement-key"},
    "gmail_push": {"app-key", "index-key", "oauth-client-secret"},
    "oauth": {"app-key", "index-key", "oauth-client-secret", "statement-key"},
    "poll_mailboxes": {"app-key", "index-key", "oauth-client-secret"},
    "public": {"app-key", "index-key", "otp-key", "token-key"},
    "react": {"app-key", "index-key"},
    "reconcile": {"app-key", "index-key", "oauth-client-secret", "statement-key"},
    "renew_watches": {"app-key", "index-key", "oauth-client-secret"},
    "send_notice": {"app-key"},
    "run_job": {"app-key", "index-key", "oauth-client-secret"},
    "send_data_code": {"app-key", "index-key", "otp-key"},
    "send_password_reset": {"app-key", "index-key"},
    "send_reply": {"app-key", "oauth-client-secret", "token-key"},
    "session": {"app-key", "index-key", "otp-key", "password-pepper"},
    "tickets": {"app-key", "index-key", "token-key"},
    "seal_audit": {"audit-signing-key"},
    "witness": {"witness-key"},
    "write_audit": set(),
}

TOPICS: Final = {
    "account": {"audit-recorded", "erasure-requested", "job-due", "password-reset-asked"},
    "admin": {
        *("audit-recorded", "erasure-requested", "gmail-push", "job-due", "message-received"),
        *("reconcile-due", "reply-queued", "webhook-due"),
    },
    "apply_deadlines": {
        *("audit-recorded", "data-code-asked", "erasure-requested", "job-due", "notice-due"),
        *("reconcile-due", "reply-queued", "webhook-due"),
    },
    "content": {"audit-recorded"},
    "create_ticket": {"audit-recorded", "message-received", "reply-queued"},
    # It delivers again whatever was given up.
    "dead_letters": {
        *(
            "audit-recorded",
            "checkpoint-signed",
            "data-code-asked",
            "erasure-requested",
            "gmail-push",
        ),
        *("job-due", "message-received", "notice-due", "password-reset-asked", "reconcile-due"),
        *("reply-queued", "tick-deadlines", "tick-poll", "tick-reconcile", "tick-retention"),
        *("tick-seal", "tick-watches", "webhook-due"),
    },
    "deliver_webhook": {"audit-recorded", "webhook-due"},
    "erase": {"audit-recorded", "erasure-requested"},
    "gmail_push": {"audit-recorded", "gmail-push", "message-received"},
    "oauth": {
        *("audit-recorded", "erasure-requested"),
        *("gmail-push", "message-received", "reply-queued"),
    },
    "poll_mailboxes": {"audit-recorded", "gmail-push", "message-received"},
    "public": {"audit-recorded", "data-code-asked", "job-due"},
    "react": {"audit-recorded", "notice-due", "reply-queued", "webhook-due"},
    "reconcile": {"audit-recorded", "message-received", "reconcile-due"},
    "renew_watches": {"audit-recorded", "gmail-push"},
    "send_notice": {"audit-recorded", "notice-due"},
    "run_job": {"audit-recorded", "job-due"},
    "send_data_code": {"audit-recorded"},
    "send_password_reset": {"audit-recorded", "password-reset-asked"},
    "send_reply": {"audit-recorded", "reply-queued"},
    "session": {"audit-recorded"},
    "tickets": {"audit-recorded", "reply-queued"},
    "seal_audit": {"audit-recorded", "checkpoint-signed", "tick-seal"},
    "witness": {"audit-recorded"},
    "write_audit": set(),
}

BUCKETS: Final = {
    "account": {"files": "filesRead"},
    "admin": {"files": "filesWrite"},
    "apply_deadlines": {"files": "filesWrite"},
    "erase": {"files": "filesWrite"},
    "public": {"files": "filesRead"},
    "seal_audit": {"audit_log": "filesCreate"},
    "send_reply": {"files": "filesWrite"},
    "run_job": {"files": "filesWrite"},
    "tickets": {"files": "filesWrite"},
    "witness": {"audit_log": "filesCreate"},
}

# Deployed only without an edge, where it stands in the place of all other HTTP functions.
SINGLE_ORIGIN: Final = "single_origin"

# What is granted to others than the functions' accounts: type, name, role.
HTTP: Final = frozenset(
    {"account", "admin", "content", "dead_letters", "oauth", "public", "session", "tickets"}
)
PLANNER: Final = {
    "roles/artifactregistry.reader",
    "roles/cloudfunctions.viewer",
    "roles/cloudscheduler.viewer",
    "roles/cloudtasks.viewer",
    "roles/compute.viewer",
    "roles/firebaserules.viewer",
    "roles/iam.securityReviewer",
    "roles/iam.workloadIdentityPoolViewer",
    "roles/logging.logWriter",
    "roles/logging.viewer",
    "roles/monitoring.viewer",
    "roles/pubsub.viewer",
    "roles/run.viewer",
    "roles/secretmanager.viewer",
    "roles/serviceusage.serviceUsageViewer",
}
DEPLOYER: Final = {
    "roles/artifactregistry.admin",
    "roles/cloudfunctions.admin",
    "roles/cloudscheduler.admin",
    "roles/cloudtasks.admin",
    "roles/compute.loadBalancerAdmin",
    "roles/compute.securityAdmin",
    "roles/firebaserules.admin",
    "roles/iam.roleAdmin",
    "roles/iam.serviceAccountAdmin",
    "roles/iam.workloadIdentityPoolAdmin",
    "roles/logging.admin",
    "roles/monitoring.admin",
    "roles/pubsub.admin",
    "roles/resourcemanager.projectIamAdmin",
    "roles/run.admin",
    "roles/serviceusage.serviceUsageAdmin",
    "roles/storage.admin",
}
OTHERS: Final = {
    *(("google_project_iam_member", "plan", role) for role in PLANNER),
    *(("google_project_iam_member", "deploy", role) for role in DEPLOYER),
    ("google_service_account_iam_member", "deploy", "roles/iam.serviceAccountUser"),  # of two
    ("google_project_iam_member", "deploy_secrets", "secretHolder"),  # without their values
    ("google_project_iam_member", "ci_data", "plannerOfData"),  # without what lies in them
    ("google_project_iam_member", "ci_data", "deployerOfData"),
    ("google_storage_bucket_iam_member", "plan_source", "roles/storage.objectViewer"),
    ("google_storage_bucket_iam_member", "page", "roles/storage.legacyObjectReader"),
    ("google_artifact_registry_repository_iam_member", "build", "roles/artifactregistry.writer"),
    ("google_project_iam_member", "build", "roles/logging.logWriter"),
    ("google_project_iam_member", "build_source", "roles/storage.objectViewer"),
    ("google_pubsub_subscription_iam_member", "dead", "roles/pubsub.subscriber"),
    ("google_pubsub_subscription_iam_member", "replay", "roles/pubsub.subscriber"),
    ("google_pubsub_topic_iam_member", "dead", "roles/pubsub.publisher"),
    ("google_pubsub_topic_iam_member", "gmail", "roles/pubsub.publisher"),
    ("google_storage_bucket_iam_member", "audit_sink", "roles/storage.objectCreator"),
}


def test_every_function_runs_as_an_account_of_its_own(plan: Plan) -> None:
    """No two functions share an account, and none runs as a default one."""
    accounts = plan.of_functions("google_service_account", "this")
    ids = {function: one.values["account_id"] for function, (one,) in accounts.items()}

    assert ids == {
        function: f"fn-{deployed.values['name']}" for function, deployed in plan.functions().items()
    }
    assert len(set(ids.values())) == len(ids)
    for deployed in plan.functions().values():
        runs_as = plan.references(deployed, "service_config", "service_account_email")
        assert runs_as == ["google_service_account.this.email", "google_service_account.this"]


def test_a_function_reaches_the_databases_of_its_row(plan: Plan) -> None:
    """Each role on Firestore is held to one database by a condition; audit entries can only be created."""
    found: dict[str, dict[str, str]] = {}
    for function, grants in plan.of_functions("google_project_iam_member").items():
        found[function] = {}
        for grant in grants:
            database = _only_database(grant)
            role = grant.values["role"].replace(grant.values["project"], "{project}")
            found[function][database] = role
            assert grant.key == database

    assert found == DATABASES


def test_a_function_reads_the_secrets_of_its_row(plan: Plan) -> None:
    """The only right on secrets is to read the value of one by its name."""
    grants = plan.of_functions("google_secret_manager_secret_iam_member")

    assert _named(grants, "secret_id") == SECRETS
    assert _roles(grants) == {"roles/secretmanager.secretAccessor"}


def test_a_function_publishes_to_the_topics_of_its_row(plan: Plan) -> None:
    """The only right on topics is to publish to one by its name."""
    grants = plan.of_functions("google_pubsub_topic_iam_member")

    assert _named(grants, "topic") == TOPICS
    assert _roles(grants) == {"roles/pubsub.publisher"}


def test_who_publishes_may_publish_later_as_itself_alone(plan: Plan) -> None:
    """A task acts as the account that made it: no function can act as another through the queue."""
    publishers = {function for function, topics in TOPICS.items() if topics}
    enqueuers = plan.of_functions("google_cloud_tasks_queue_iam_member")
    actors = plan.of_functions("google_service_account_iam_member", "later")

    assert {function for function, grants in enqueuers.items() if grants} == publishers
    assert {function for function, grants in actors.items() if grants} == publishers
    assert _roles(enqueuers) == {"roles/cloudtasks.enqueuer"}
    assert _roles(actors) == {"roles/iam.serviceAccountUser"}
    for grants in actors.values():
        for grant in grants:
            assert "google_service_account.this.name" in plan.references(
                grant, "service_account_id"
            )


def test_copies_of_keys_are_kept_by_those_who_write_keys(plan: Plan) -> None:
    """The bucket of key copies is open to writers of the keyring and to nobody else."""
    writers = {function for function, roles in DATABASES.items() if roles.get("keyring") == WRITE}
    grants = plan.of_functions("google_storage_bucket_iam_member", "key_copies")
    bucket = plan.one("google_storage_bucket", "key_copies").values["name"]

    assert _named(grants, "bucket") == {
        function: {bucket} if function in writers else set() for function in DATABASES
    }


def test_a_function_reaches_the_buckets_of_its_row(plan: Plan) -> None:
    """Objects are reached by their name alone: nobody lists a bucket."""
    found: dict[str, dict[str, str]] = {}
    for function, grants in plan.of_functions("google_storage_bucket_iam_member", "bucket").items():
        for grant in grants:
            found.setdefault(function, {})[bucket_of(grant)] = grant.values["role"].rpartition("/")[
                2
            ]
    roles = {
        one.values["role_id"]: set(one.values["permissions"])
        for one in plan.all("google_project_iam_custom_role", "files")
    }

    assert found == BUCKETS
    assert roles == {
        "filesCreate": {"storage.objects.create", "storage.objects.get"},
        "filesRead": {"storage.objects.get"},
        "filesWrite": {"storage.objects.create", "storage.objects.delete", "storage.objects.get"},
    }


def test_a_functions_rights_go_to_its_own_account(plan: Plan) -> None:
    """Every grant in a function's module but the invoker's and the deployer's names that module's account."""
    others = {"deployer", "invoker"}
    grants = [one for one in _grants(plan) if one.function and one.name not in others]

    assert len(grants) > len(DATABASES)
    for grant in grants:
        assert "google_service_account.this.member" in plan.references(grant, "member"), grant


def test_nothing_else_is_granted_to_anybody(plan: Plan) -> None:
    """Grants outside of the functions are the few of the table; none is a basic role."""
    others = {
        (one.type, one.name, _own(one.values["role"])) for one in _grants(plan) if not one.function
    }

    assert others == OTHERS
    roles = {one.values["role"] for one in _grants(plan)}
    assert roles.isdisjoint({"roles/owner", "roles/editor", "roles/viewer"})


def test_who_deploys_reads_no_secret(plan: Plan) -> None:
    """P16: the deployer makes secrets and grants them; the planner sees names; neither reads a value."""
    holder = plan.one("google_project_iam_custom_role", "secret_holder").values["permissions"]
    accounts = {one.name for one in plan.all("google_service_account") if one.function is None}

    assert accounts == {"build", "deploy", "plan", "push"}
    assert not [one for one in holder if "versions" in one]
    assert {role for role in PLANNER | DEPLOYER if "secretmanager" in role} == {
        "roles/secretmanager.viewer"  # names, not values
    }


def test_who_deploys_acts_as_the_accounts_of_this_desk_alone(plan: Plan) -> None:
    """P16: as each function's, the builder's and the pusher's; not as whatever else the project has."""
    acting = [
        one
        for one in _grants(plan)
        if one.values["role"] == "roles/iam.serviceAccountUser" and one.name != "later"
    ]

    assert {one.type for one in acting} == {"google_service_account_iam_member"}
    assert {one.key for one in acting if one.function is None} == {"build", "push"}
    assert {one.function for one in acting if one.function} == set(plan.functions())
    for one in acting:
        if one.function:
            account = plan.references(one, "service_account_id")
            assert "google_service_account.this.name" in account
            assert plan.references(one, "member") == ["var.deployer"]
        else:
            assert "google_service_account.deploy.member" in plan.references(one, "member")


def test_neither_planner_nor_deployer_is_given_what_lies_in_databases(plan: Plan) -> None:
    """P16: both work on databases, indexes and backups; no role of theirs reads a document."""
    custom = {
        one.values["role_id"]: one.values["permissions"]
        for one in plan.all("google_project_iam_custom_role", "ci")
    }

    assert set(custom) == {"plannerOfData", "deployerOfData"}
    for permissions in custom.values():
        assert not [one for one in permissions if "entities" in one or "objects" in one]
    assert not {role for role in PLANNER | DEPLOYER if role.startswith("roles/datastore")}


def test_a_repository_plans_from_its_main_branch_alone(workspace: Workspace) -> None:
    """Runners of the named repository act as the planner; a fork, a branch or a pull request does not."""
    found = Plan(workspace.plan("dev", "-var=ci_repository=example/desk"))
    provider = found.one("google_iam_workload_identity_pool_provider", "ci").values

    assert provider["attribute_condition"] == (
        'assertion.repository == "example/desk" && assertion.ref == "refs/heads/main"'
    )
    granted = found.one("google_service_account_iam_member", "ci")
    assert granted.values["role"] == "roles/iam.workloadIdentityUser"
    assert "google_service_account.plan.name" in found.references(granted, "service_account_id")


def test_an_entry_of_the_audit_log_can_be_created_and_never_changed(plan: Plan) -> None:
    """The role of the log's writer lacks what an update, a delete or a plain set needs."""
    role = plan.one("google_project_iam_custom_role", "create_only")

    assert set(role.values["permissions"]) == {
        "datastore.databases.get",
        "datastore.entities.create",
        "datastore.entities.get",
    }


def test_only_functions_behind_the_edge_are_public(plan: Plan, manifest: dict[str, Any]) -> None:
    """AllUsers may call HTTP functions, which refuse all but the edge; Pub/Sub's account the others."""
    found: dict[str, object] = {}
    for function, grants in plan.of_functions("google_cloud_run_service_iam_member").items():
        (grant,) = grants
        ingress = plan.functions()[function].block("service_config")["ingress_settings"]
        found[function] = (grant.key, grant.values.get("member"), ingress)
        assert grant.values["role"] == "roles/run.invoker"
        assert grant.values["service"] == plan.functions()[function].values["name"]

    assert found == {
        function: ("edge", "allUsers", "ALLOW_INTERNAL_AND_GCLB")
        if row["trigger"] == "http"
        else ("push", None, "ALLOW_INTERNAL_ONLY")  # its member is known once the account is
        for function, row in manifest.items()
        if function != SINGLE_ORIGIN
    }


def test_without_an_edge_one_function_is_public(closed: Plan, manifest: dict[str, Any]) -> None:
    """Where there is no load balancer the internet reaches `single_origin` alone; others are not deployed."""
    invokers = closed.of_functions("google_cloud_run_service_iam_member")
    ingress = {
        name: one.block("service_config")["ingress_settings"]
        for name, one in closed.functions().items()
    }

    assert ingress == {SINGLE_ORIGIN: "ALLOW_ALL"} | {
        name: "ALLOW_INTERNAL_ONLY" for name, row in manifest.items() if row["trigger"] == "topic"
    }
    assert {name: grant.key for name, (grant,) in invokers.items()} == {SINGLE_ORIGIN: "edge"} | {
        name: "push" for name, row in manifest.items() if row["trigger"] == "topic"
    }
    (public,) = [one for one in _grants(closed) if one.values.get("member") == "allUsers"]
    assert public.function == SINGLE_ORIGIN


def test_without_an_edge_one_account_has_the_rights_of_all(closed: Plan, plan: Plan) -> None:
    """`single_origin` may do what the functions that it mounts may do together, and nothing beyond."""
    together: dict[str, dict[str, set[object]]] = {}
    for kind, argument in {
        "google_project_iam_member": "condition",
        "google_secret_manager_secret_iam_member": "secret_id",
        "google_pubsub_topic_iam_member": "topic",
        "google_storage_bucket_iam_member": "bucket",
    }.items():
        of_all = plan.of_functions(kind)
        together[kind] = {
            "mounted": {
                (str(one.values[argument]).replace(one.values.get("project") or "", ""))
                for name in HTTP
                for one in of_all[name]
            },
            "single": {
                (str(one.values[argument]).replace(one.values.get("project") or "", ""))
                for one in closed.of_functions(kind)[SINGLE_ORIGIN]
            },
        }

    buckets = together["google_storage_bucket_iam_member"]  # named after each environment's project
    for who, names in buckets.items():
        buckets[who] = {str(one).rpartition("-")[2] for one in names}
    for kind, found in together.items():
        assert found["single"] == found["mounted"], kind


@pytest.mark.parametrize(
    "type", ["secret_version", "service_account_key", "iam_policy", "iam_binding"]
)
def test_a_plan_has_none_of(type: str, plan: Plan) -> None:
    """No value of a secret and no key is in the state, and no grant removes those that others made."""
    assert [one for one in plan.resources if type in one.type] == []


def _grants(plan: Plan) -> list[Resource]:
    return [one for one in plan.resources if one.type.endswith("_iam_member")]


def _own(role: str) -> str:
    """Return a role of ours by its id, one of Google's by its name."""
    return role.rpartition("/")[2] if role.startswith("projects/") else role


def _named(grants: dict[str, list[Resource]], argument: str) -> dict[str, set[str]]:
    return {function: {one.values[argument] for one in each} for function, each in grants.items()}


def _roles(grants: dict[str, list[Resource]]) -> set[str]:
    return {one.values["role"] for each in grants.values() for one in each}


def _only_database(grant: Resource) -> str:
    """Return the database that a grant's condition holds it to."""
    prefix = f'resource.name == "projects/{grant.values["project"]}/databases/'
    expression = str(grant.block("condition")["expression"])
    assert expression.startswith(prefix)
    assert expression.endswith('"')
    return expression.removeprefix(prefix).removesuffix('"')
