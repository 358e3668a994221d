# Two promises to those who use the desk, counted over 28 days; the alert comes when the month's allowance of
# failures is being used up fourteen times too fast (two days' worth in an hour).
# https://sre.google/workbook/alerting-on-slos/
locals {
  _requests = "resource.type=\"cloud_run_revision\" metric.type=\"run.googleapis.com/request_count\""
  _people   = "resource.label.service_name=one_of(${join(",", [for function in keys(local.http) : "\"${local.names[function]}\""])})"
  _pushes   = "resource.type=\"pubsub_subscription\" metric.type=\"pubsub.googleapis.com/subscription/push_request_count\" resource.label.subscription_id=\"create-ticket.message-received\""

  objectives = {
    answers = {
      title = "The desk answers"
      goal  = 0.999
      total = "${local._requests} ${local._people}"
      bad   = "${local._requests} ${local._people} metric.label.response_code_class=\"5xx\""
    }
    mail = {
      title = "Mail becomes tickets at the first try"
      goal  = 0.99
      total = local._pushes
      bad   = "${local._pushes} metric.label.response_class!=\"ack\""
    }
  }
}

resource "google_monitoring_custom_service" "desk" {
  service_id   = "desk"
  display_name = "Corporate Mail Ops"

  depends_on = [google_project_service.api]
}

resource "google_monitoring_slo" "this" {
  for_each = local.objectives

  service             = google_monitoring_custom_service.desk.service_id
  slo_id              = each.key
  display_name        = each.value.title
  goal                = each.value.goal
  rolling_period_days = 28

  request_based_sli {
    good_total_ratio {
      bad_service_filter   = each.value.bad
      total_service_filter = each.value.total
    }
  }
}

resource "google_monitoring_alert_policy" "objective" {
  for_each = local.objectives

  display_name          = "At risk: ${lower(each.value.title)}"
  combiner              = "OR"
  notification_channels = [google_monitoring_notification_channel.operators.id]
  severity              = "ERROR"

  conditions {
    display_name = "Failures use up the month's allowance within two days"

    condition_threshold {
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.this[each.key].name}\", \"3600s\")"
      comparison      = "COMPARISON_GT"
      threshold_value = 14
      duration        = "0s"
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = "See docs/operations.md, \"An objective is at risk\"."
  }
}
