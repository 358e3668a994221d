"""The way in: TLS, the firewall, and where a request goes."""

from __future__ import annotations

from tests.infra.plan import Plan


def test_the_edge_speaks_tls_1_2_or_newer(plan: Plan) -> None:
    """P04: older clients are refused, and plain HTTP is only told to come back."""
    policy = plan.one("google_compute_ssl_policy", "edge")
    https = plan.one("google_compute_target_https_proxy", "edge")
    redirect = plan.one("google_compute_url_map", "redirect")

    assert policy.values["min_tls_version"] == "TLS_1_2"
    assert policy.values["profile"] == "MODERN"
    assert 'google_compute_ssl_policy.edge["edge"].id' in plan.references(https, "ssl_policy")
    assert redirect.block("default_url_redirect")["https_redirect"] is True
    assert redirect.values["default_service"] is None
    assert redirect.values["path_matcher"] == []


def test_every_backend_stands_behind_the_firewall(plan: Plan) -> None:
    """P13: no function is reached but through the policy that limits who asks too often."""
    backends = plan.all("google_compute_backend_service")
    policy = plan.one("google_compute_security_policy", "edge")

    assert len(backends) > 0
    for backend in backends:
        assert 'google_compute_security_policy.edge["edge"].id' in plan.references(
            backend, "security_policy"
        )
    assert {rule["action"] for rule in policy.values["rule"]} == {"throttle", "allow"}


def test_another_host_name_gets_no_page(plan: Plan) -> None:
    """Whoever points a name of theirs at the desk's address sends people to the desk's own name."""
    routes = plan.one("google_compute_url_map", "edge")

    (hosts,) = [rule["hosts"] for rule in routes.values["host_rule"]]
    environment = next(iter(plan.functions().values())).block("service_config")

    assert [f"https://{host}" for host in hosts] == [
        environment["environment_variables"]["CMO_PUBLIC_URL"]
    ]
    assert routes.block("default_url_redirect")["host_redirect"] == hosts[0]
    assert routes.values["default_service"] is None


def test_without_an_edge_there_is_no_address(closed: Plan) -> None:
    """`edge = "none"` makes nothing of the load balancer, and pays for nothing of it."""
    assert [one.type for one in closed.resources if one.type.startswith("google_compute_")] == []
