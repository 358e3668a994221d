# Alerts on single lines of the functions' logs: each is something that a person has to do, or to know. The names
# are those that the code logs; tests/infra/test_watching.py compares them.
locals {
  log_alerts = {
    decrypt_failure = {
      title    = "Something sealed does not open"
      severity = "CRITICAL"
      filter   = "jsonPayload.error = \"Unopenable\""
    }
    grant_lost = {
      title    = "A mailbox has to be connected again"
      severity = "ERROR"
      filter   = "jsonPayload.message = \"mailbox.needs_reauth\""
    }
    watch_expiry = {
      title    = "Gmail's watch of a mailbox is about to end"
      severity = "ERROR"
      filter   = "severity = \"ERROR\" AND jsonPayload.message = (\"watch.not_renewed\" OR \"push.silent\")"
    }
  }
}

resource "google_monitoring_alert_policy" "log" {
  for_each = local.log_alerts

  display_name          = each.value.title
  combiner              = "OR"
  notification_channels = [google_monitoring_notification_channel.operators.id]
  severity              = each.value.severity

  conditions {
    display_name = "The line is logged"

    condition_matched_log {
      filter = "resource.type = \"cloud_run_revision\" AND ${each.value.filter}"
    }
  }

  # Required where a condition matches logs.
  alert_strategy {
    notification_rate_limit { period = "3600s" }
    auto_close = "86400s"
  }

  documentation {
    mime_type = "text/markdown"
    content   = "See docs/operations.md, \"${each.value.title}\"."
  }
}

# A line for each request that went well is what most of a log would be, and Cloud Run's own request log has it
# too. Failures, refusals and whatever took long are kept.
resource "google_logging_project_exclusion" "served" {
  name        = "requests-served"
  description = "Requests that were answered well: the metrics count them."
  filter = join(" AND ", [
    "resource.type = \"cloud_run_revision\"",
    "severity <= \"INFO\"",
    "log_id(\"run.googleapis.com/requests\")",
    "httpRequest.status < 400",
    "httpRequest.latency < \"5s\"",
  ])

  depends_on = [google_project_service.api]
}
