resource "google_monitoring_notification_channel" "operators" {
  display_name = "Operators"
  type         = "email"
  labels       = { email_address = var.alert_email }

  depends_on = [google_project_service.api]
}

# Counts what lies there, not what arrives: the alert stays open until the dead letters are replayed.
resource "google_monitoring_alert_policy" "dead_letters" {
  display_name          = "Dead letters wait for an operator"
  combiner              = "OR"
  notification_channels = [google_monitoring_notification_channel.operators.id]
  severity              = "ERROR"

  conditions {
    display_name = "A dead-letter subscription is not empty"

    condition_threshold {
      filter = join(" AND ", [
        "resource.type = \"pubsub_subscription\"",
        "resource.label.subscription_id = starts_with(\"dead-\")",
        "metric.type = \"pubsub.googleapis.com/subscription/num_undelivered_messages\"",
      ])
      comparison      = "COMPARISON_GT"
      threshold_value = 0
      duration        = "0s"

      aggregations {
        alignment_period   = "300s"
        per_series_aligner = "ALIGN_MAX"
      }
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = "Events were given up after 100 attempts; they are kept for 31 days. See docs/operations.md, \"Dead letters\"."
  }
}

resource "google_monitoring_alert_policy" "late_events" {
  display_name          = "Events are late"
  combiner              = "OR"
  notification_channels = [google_monitoring_notification_channel.operators.id]
  severity              = "WARNING"

  conditions {
    display_name = "The oldest event waits for more than 15 minutes"

    condition_threshold {
      filter = join(" AND ", [
        "resource.type = \"pubsub_subscription\"",
        "resource.label.subscription_id != starts_with(\"dead-\")",
        "metric.type = \"pubsub.googleapis.com/subscription/oldest_unacked_message_age\"",
      ])
      comparison      = "COMPARISON_GT"
      threshold_value = 15 * 60
      duration        = "0s"

      aggregations {
        alignment_period   = "60s"
        per_series_aligner = "ALIGN_MAX"
      }
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = "A function refuses an event or cannot keep up: mail or audit entries are late, not lost. See docs/operations.md, \"Events are late\"."
  }
}

resource "google_monitoring_alert_policy" "server_errors" {
  display_name          = "Functions fail"
  combiner              = "OR"
  notification_channels = [google_monitoring_notification_channel.operators.id]
  severity              = "ERROR"

  conditions {
    display_name = "More than one answer in twenty is a 5xx"

    condition_threshold {
      filter = join(" AND ", [
        "resource.type = \"cloud_run_revision\"",
        "metric.type = \"run.googleapis.com/request_count\"",
        "metric.label.response_code_class = \"5xx\"",
      ])
      denominator_filter = join(" AND ", [
        "resource.type = \"cloud_run_revision\"",
        "metric.type = \"run.googleapis.com/request_count\"",
      ])
      comparison      = "COMPARISON_GT"
      threshold_value = 0.05
      duration        = "300s"

      aggregations {
        alignment_period     = "300s"
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_SUM"
        group_by_fields      = ["resource.label.service_name"]
      }

      denominator_aggregations {
        alignment_period     = "300s"
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_SUM"
        group_by_fields      = ["resource.label.service_name"]
      }
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = "See docs/operations.md, \"Functions fail\": the log of the function named in this alert says why, by request."
  }
}

# A line in the log of `reconcile`: Gmail has mail that the store has not. It is asked for again by itself.
resource "google_monitoring_alert_policy" "reconcile_gap" {
  display_name          = "Mail is not accounted for"
  combiner              = "OR"
  notification_channels = [google_monitoring_notification_channel.operators.id]
  severity              = "ERROR"

  conditions {
    display_name = "A reconciliation found a gap, or cannot go on"

    condition_matched_log {
      filter = join(" AND ", [
        "resource.type = \"cloud_run_revision\"",
        "resource.labels.service_name = \"reconcile\"",
        "jsonPayload.message = (\"reconcile.gap\" OR \"reconcile.stuck\")",
      ])
    }
  }

  # Required where a condition matches logs.
  alert_strategy {
    notification_rate_limit { period = "3600s" }
    auto_close = "86400s"
  }

  documentation {
    mime_type = "text/markdown"
    content   = "Gmail lists mail that is in no ticket; it was asked for again. See docs/operations.md, \"Mail is not accounted for\"."
  }
}

# Lines of the sealer, the witness or the log's writer: somebody changed, forked or rolled back the audit log, or
# tried to.
resource "google_monitoring_alert_policy" "audit_log_differs" {
  display_name          = "The audit log contradicts itself"
  combiner              = "OR"
  notification_channels = [google_monitoring_notification_channel.operators.id]
  severity              = "CRITICAL"

  conditions {
    display_name = "An entry, the tree or a checkpoint is not what was written"

    condition_matched_log {
      filter = join(" AND ", [
        "resource.type = \"cloud_run_revision\"",
        "jsonPayload.message = (\"audit.entry_differs\" OR \"audit.tree_differs\" OR \"audit.checkpoint_refused\")",
      ])
    }
  }

  # Required where a condition matches logs.
  alert_strategy {
    notification_rate_limit { period = "3600s" }
    auto_close = "86400s"
  }

  documentation {
    mime_type = "text/markdown"
    content   = "Export the log and verify it before anything else. See docs/operations.md, \"The audit log contradicts itself\"."
  }
}

resource "google_billing_budget" "month" {
  billing_account = var.billing_account
  display_name    = "Corporate Mail Ops, ${var.project}"

  budget_filter { projects = ["projects/${var.project_number}"] }

  amount {
    specified_amount { units = tostring(var.budget) }
  }

  threshold_rules { threshold_percent = 0.5 }
  threshold_rules { threshold_percent = 1.0 }
  threshold_rules {
    threshold_percent = 1.2
    spend_basis       = "FORECASTED_SPEND"
  }

  all_updates_rule {
    monitoring_notification_channels = [google_monitoring_notification_channel.operators.id]
  }

  depends_on = [google_project_service.api]
}
