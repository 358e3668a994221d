# A scheduled function is subscribed to a tick- topic of its own. The job publishes there instead of calling
# the function, so that a tick has the subscription's retries and dead letters.
resource "google_cloud_scheduler_job" "tick" {
  for_each = {
    for function, row in local.functions :
    one([for topic in row.topics : topic if startswith(topic, "tick-")]) => row.schedule
    if can(row.schedule)
  }

  name      = each.key
  region    = var.region
  schedule  = each.value
  time_zone = "Etc/UTC"

  pubsub_target {
    topic_name = google_pubsub_topic.this[each.key].id
    data       = base64encode("{}")
  }

  retry_config {
    retry_count          = 3
    min_backoff_duration = "5s"
  }

  depends_on = [google_project_service.api]
}
