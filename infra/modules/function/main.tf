# One deployed function, its own service account, and that account's rights. Nothing else is granted to it
# anywhere, so this file is the whole answer to what a function may do.

resource "google_service_account" "this" {
  account_id   = "fn-${var.name}" # an account's id has six characters or more
  display_name = "Function ${var.name}"
}

resource "google_service_account_iam_member" "deployer" {
  service_account_id = google_service_account.this.name
  role               = "roles/iam.serviceAccountUser"
  member             = var.deployer
}

resource "google_cloudfunctions2_function" "this" {
  name     = var.name
  location = var.region

  build_config {
    runtime           = "python311"
    entry_point       = var.entry_point
    docker_repository = var.build.repository
    service_account   = var.build.account

    # Google puts security patches of the operating system and of Python under the running function, without
    # a new deployment.
    automatic_update_policy {}

    source {
      storage_source {
        bucket = var.build.bucket
        object = var.build.object
      }
    }
  }

  service_config {
    service_account_email            = google_service_account.this.email
    ingress_settings                 = var.ingress
    available_cpu                    = tostring(var.limits.cpu)
    available_memory                 = var.limits.memory
    timeout_seconds                  = var.limits.timeout
    max_instance_request_concurrency = var.limits.concurrency
    min_instance_count               = 0
    max_instance_count               = var.limits.max_instances
    all_traffic_on_latest_revision   = true

    # The framework's server has four threads a CPU unless told: more requests than that would queue inside an
    # instance that Cloud Run believes to be free.
    environment_variables = merge(var.environment, {
      # Else google-cloud-storage looks the bucket up in the background, with a right that functions lack.
      DISABLE_GCS_PYTHON_CLIENT_OTEL_BUCKET_METADATA = "1"
      THREADS                                        = tostring(var.limits.concurrency)
    })
  }

  depends_on = [google_service_account_iam_member.deployer]
}

# Granted on the Cloud Run service behind the function: the function's own IAM resource does not take this role.
resource "google_cloud_run_service_iam_member" "invoker" {
  for_each = var.invokers

  location = var.region
  service  = google_cloudfunctions2_function.this.name
  role     = "roles/run.invoker"
  member   = each.value

  lifecycle {
    # Replacing the function makes a new service without this grant.
    replace_triggered_by = [google_cloudfunctions2_function.this.id]
  }
}

resource "google_project_iam_member" "database" {
  for_each = var.database_roles

  project = var.project
  role    = each.value
  member  = google_service_account.this.member

  # A role on Firestore is granted on the project and holds for every database but for this condition.
  condition {
    title      = "Database ${each.key} alone"
    expression = "resource.name == \"projects/${var.project}/databases/${each.key}\""
  }
}

resource "google_secret_manager_secret_iam_member" "secret" {
  for_each = var.secrets

  secret_id = each.value
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.this.member
}

resource "google_pubsub_topic_iam_member" "publisher" {
  for_each = var.topics

  topic  = each.value
  role   = "roles/pubsub.publisher"
  member = google_service_account.this.member
}

# Publishing later: a task in the queue acts as the account that made it, so that it can publish what the
# function itself may publish, and nothing else.
resource "google_cloud_tasks_queue_iam_member" "later" {
  count = var.queue == null ? 0 : 1

  location = var.region
  name     = var.queue
  role     = "roles/cloudtasks.enqueuer"
  member   = google_service_account.this.member
}

resource "google_service_account_iam_member" "later" {
  count = var.queue == null ? 0 : 1

  service_account_id = google_service_account.this.name
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.this.member
}

resource "google_storage_bucket_iam_member" "bucket" {
  for_each = var.bucket_roles

  bucket = each.key
  role   = each.value
  member = google_service_account.this.member
}

# Who writes wrapped keys writes and deletes their copies.
resource "google_storage_bucket_iam_member" "key_copies" {
  count = var.key_copies == null ? 0 : 1

  bucket = var.key_copies.bucket
  role   = var.key_copies.role
  member = google_service_account.this.member
}
