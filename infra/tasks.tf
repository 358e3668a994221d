# Events with a `not_before`: a task publishes its event to the topic when the time has come.
resource "google_cloud_tasks_queue" "later" {
  name     = "later" # a deleted queue's name cannot be used again for three days
  location = var.region

  # The publish is tried until it succeeds: a task that gives up is an event lost.
  retry_config {
    max_attempts       = -1
    max_retry_duration = "0s"
    min_backoff        = "1s"
    max_backoff        = "600s"
    max_doublings      = 10
  }

  depends_on = [google_project_service.api]
}
