"""The way in: TLS, the firewall, and where a request goes."""

from __future__ import annotations

import json

from functions.single_origin import page
from tests.infra.plan import Plan
from tests.infra.terraform import ROOT


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


def test_the_page_is_served_with_its_headers(plan: Plan) -> None:
    """What stands at /desk/ are the files of web/, compressed, each with the headers of web/headers.json."""
    backend = plan.one("google_compute_backend_bucket", "page").values
    objects = {str(one.key): one.values for one in plan.all("google_storage_bucket_object", "page")}
    headers = json.loads((ROOT / "web/headers.json").read_text("utf-8"))

    assert set(objects) == {
        name
        for path in (ROOT / "web").rglob("*")
        if page.file(name := path.relative_to(ROOT / "web").as_posix()) is not None
    }
    for name, one in objects.items():
        assert one["name"] == f"desk/{name}"
        assert one["content_encoding"] == "gzip"
        assert one["content_type"] == page.TYPES[f".{name.rpartition('.')[2]}"]
        assert one["cache_control"] == headers["Cache-Control"]
    assert set(backend["custom_response_headers"]) | {
        f"Cache-Control: {headers['Cache-Control']}"
    } == {f"{header}: {value}" for header, value in headers.items()}


def test_the_page_is_found_under_desk_alone(plan: Plan) -> None:
    """`/desk` leads to `/desk/`, and what lies below comes from the page's bucket."""
    rules = plan.one("google_compute_url_map", "edge").block("path_matcher")["path_rule"]

    redirects = {
        tuple(rule["paths"]): rule["url_redirect"][0]["path_redirect"]
        for rule in rules
        if rule["url_redirect"]
    }
    assert redirects == {("/desk",): "/desk/"}
    assert ["/desk/*"] in [rule["paths"] for rule in rules]
    assert plan.one("google_storage_bucket", "page").block("website")["main_page_suffix"] == (
        "index.html"
    )
