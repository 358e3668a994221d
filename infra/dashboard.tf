# What one looks at first: is mail coming in, is anything refused, late or dead, and what does it do to latency.
locals {
  charts = {
    "Requests by function"     = ["run.googleapis.com/request_count", "cloud_run_revision", "ALIGN_RATE", "REDUCE_SUM", "resource.label.service_name", ""]
    "Answers of 5xx"           = ["run.googleapis.com/request_count", "cloud_run_revision", "ALIGN_RATE", "REDUCE_SUM", "resource.label.service_name", " metric.label.response_code_class=\"5xx\""]
    "Latency, 95th percentile" = ["run.googleapis.com/request_latencies", "cloud_run_revision", "ALIGN_PERCENTILE_95", "REDUCE_MAX", "resource.label.service_name", ""]
    "Instances"                = ["run.googleapis.com/container/instance_count", "cloud_run_revision", "ALIGN_MAX", "REDUCE_SUM", "resource.label.service_name", ""]
    "Events waiting"           = ["pubsub.googleapis.com/subscription/num_undelivered_messages", "pubsub_subscription", "ALIGN_MAX", "REDUCE_MAX", "resource.label.subscription_id", ""]
    "Oldest event, seconds"    = ["pubsub.googleapis.com/subscription/oldest_unacked_message_age", "pubsub_subscription", "ALIGN_MAX", "REDUCE_MAX", "resource.label.subscription_id", ""]
    "Firestore reads"          = ["firestore.googleapis.com/document/read_ops_count", "firestore.googleapis.com/Database", "ALIGN_RATE", "REDUCE_SUM", "resource.label.database_id", ""]
    "Firestore writes"         = ["firestore.googleapis.com/document/write_ops_count", "firestore.googleapis.com/Database", "ALIGN_RATE", "REDUCE_SUM", "resource.label.database_id", ""]
  }
}

resource "google_monitoring_dashboard" "desk" {
  dashboard_json = jsonencode({
    displayName = "Corporate Mail Ops"
    gridLayout = {
      columns = "2"
      widgets = [
        for title, chart in local.charts : {
          title = title
          xyChart = {
            dataSets = [{
              timeSeriesQuery = {
                timeSeriesFilter = {
                  filter = "metric.type=\"${chart[0]}\" resource.type=\"${chart[1]}\"${chart[5]}"
                  aggregation = {
                    alignmentPeriod    = "300s"
                    perSeriesAligner   = chart[2]
                    crossSeriesReducer = chart[3]
                    groupByFields      = [chart[4]]
                  }
                }
              }
            }]
          }
        }
      ]
    }
  })

  depends_on = [google_project_service.api]
}
