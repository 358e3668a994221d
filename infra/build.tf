# A function's bundle, made by tools/bundle.py, is named after its content: under a constant name a new one
# would not be deployed, and an unchanged function is left alone.
resource "google_storage_bucket_object" "bundle" {
  for_each = local.functions

  bucket = google_storage_bucket.source.name
  name   = "${local.names[each.key]}-${substr(filesha256("${var.bundles}/${each.key}.zip"), 0, 16)}.zip"
  source = "${var.bundles}/${each.key}.zip"
}

resource "google_artifact_registry_repository" "functions" {
  repository_id = "functions"
  location      = var.region
  format        = "DOCKER"

  cleanup_policy_dry_run = false

  cleanup_policies {
    id     = "keep-recent"
    action = "KEEP"
    most_recent_versions { keep_count = 3 }
  }

  cleanup_policies {
    id     = "delete-old"
    action = "DELETE"
    condition { older_than = "${30 * 24 * 3600}s" }
  }

  depends_on = [google_project_service.api]
}

# Builds the functions' images. The default would be the Compute Engine account, which builds with the rights of
# whatever else uses it.
resource "google_service_account" "build" {
  account_id   = "function-build"
  display_name = "Builds of functions"

  depends_on = [google_project_service.api]
}

resource "google_project_iam_member" "build" {
  project = var.project
  role    = "roles/logging.logWriter"
  member  = google_service_account.build.member
}

# Cloud Functions copies the bundle to a bucket that it makes itself at the first deployment, and builds from
# there; so the grant is on the project, held to that bucket's name.
# https://cloud.google.com/functions/docs/building
resource "google_project_iam_member" "build_source" {
  project = var.project
  role    = "roles/storage.objectViewer"
  member  = google_service_account.build.member

  condition {
    title      = "Sources of functions alone"
    expression = "resource.name.startsWith(\"projects/_/buckets/gcf-v2-sources-${var.project_number}-${var.region}\")"
  }
}

resource "google_artifact_registry_repository_iam_member" "build" {
  repository = google_artifact_registry_repository.functions.name
  location   = var.region
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.build.member
}
