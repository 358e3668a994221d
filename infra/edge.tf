# The only way in: TLS 1.2 or newer, a firewall, and routes to the HTTP functions alone. Only a load balancer can
# enforce these; the functions' own addresses refuse what does not come through it.
locals {
  edge   = var.edge == "load_balancer" ? toset(["edge"]) : toset([])
  behind = { for function, row in local.http : function => row.path if var.edge == "load_balancer" }
}

resource "google_compute_global_address" "edge" {
  for_each = local.edge

  name = "edge"

  depends_on = [google_project_service.api]
}

resource "google_compute_managed_ssl_certificate" "edge" {
  for_each = local.edge

  name = "edge"

  managed { domains = [local.domain] }

  depends_on = [google_project_service.api]
}

resource "google_compute_ssl_policy" "edge" {
  for_each = local.edge

  name            = "edge"
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"

  depends_on = [google_project_service.api]
}

resource "google_compute_security_policy" "edge" {
  for_each = local.edge

  name = "edge"

  rule {
    description = "No address may ask more often than a busy office behind one address does."
    action      = "throttle"
    priority    = 1000

    match {
      versioned_expr = "SRC_IPS_V1"
      config { src_ip_ranges = ["*"] }
    }

    rate_limit_options {
      conform_action = "allow"
      exceed_action  = "deny(429)"
      enforce_on_key = "IP"

      rate_limit_threshold {
        count        = 1200
        interval_sec = 60
      }
    }
  }

  rule {
    description = "The rest; every policy ends with it."
    action      = "allow"
    priority    = 2147483647

    match {
      versioned_expr = "SRC_IPS_V1"
      config { src_ip_ranges = ["*"] }
    }
  }

  depends_on = [google_project_service.api]
}

# One group a function, not one with a URL mask for all: a mask would route to any service of the region.
resource "google_compute_region_network_endpoint_group" "function" {
  for_each = local.behind

  name                  = local.names[each.key]
  region                = var.region
  network_endpoint_type = "SERVERLESS"

  cloud_run { service = module.function[each.key].name }
}

resource "google_compute_backend_service" "function" {
  for_each = local.behind

  name                  = local.names[each.key]
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"
  security_policy       = google_compute_security_policy.edge["edge"].id

  backend { group = google_compute_region_network_endpoint_group.function[each.key].id }

  # A log line a request: who was refused and from where, for the time after an attack.
  log_config {
    enable      = true
    sample_rate = 1
  }
}

resource "google_compute_url_map" "edge" {
  for_each = local.edge

  name = "edge"

  # Asked under another name, the desk sends to its own: no page of ours is ever served under a foreign host.
  default_url_redirect {
    host_redirect  = local.domain
    https_redirect = true
    strip_query    = true
  }

  host_rule {
    hosts        = [local.domain]
    path_matcher = "desk"
  }

  path_matcher {
    name            = "desk"
    default_service = google_compute_backend_service.function[one([for function, path in local.behind : function if path == "/"])].id

    dynamic "path_rule" {
      for_each = { for function, path in local.behind : function => path if path != "/" }

      content {
        paths   = [path_rule.value, "${path_rule.value}/*"]
        service = google_compute_backend_service.function[path_rule.key].id
      }
    }

    path_rule {
      paths   = ["/desk/*"]
      service = google_compute_backend_bucket.page["edge"].id
    }

    path_rule {
      paths = ["/desk"]

      url_redirect {
        path_redirect          = "/desk/"
        redirect_response_code = "PERMANENT_REDIRECT"
        strip_query            = false
      }
    }
  }
}

resource "google_compute_target_https_proxy" "edge" {
  for_each = local.edge

  name             = "edge"
  url_map          = google_compute_url_map.edge["edge"].id
  ssl_certificates = [google_compute_managed_ssl_certificate.edge["edge"].id]
  ssl_policy       = google_compute_ssl_policy.edge["edge"].id
}

resource "google_compute_global_forwarding_rule" "https" {
  for_each = local.edge

  name                  = "edge-https"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.edge["edge"].id
  port_range            = "443"
  target                = google_compute_target_https_proxy.edge["edge"].id
}

resource "google_compute_url_map" "redirect" {
  for_each = local.edge

  name = "edge-redirect"

  default_url_redirect {
    https_redirect = true
    strip_query    = false
  }

  depends_on = [google_project_service.api]
}

resource "google_compute_target_http_proxy" "redirect" {
  for_each = local.edge

  name    = "edge-redirect"
  url_map = google_compute_url_map.redirect["edge"].id
}

resource "google_compute_global_forwarding_rule" "redirect" {
  for_each = local.edge

  name                  = "edge-redirect"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.edge["edge"].id
  port_range            = "80"
  target                = google_compute_target_http_proxy.redirect["edge"].id
}
