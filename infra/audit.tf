# Who read or wrote data through Google's APIs, beside the product's own audit log and out of its reach. Not for
# all services: most would only add volume. The name datastore covers Firestore; of buckets only reads are
# logged, since copying these very logs into one is a write.
# https://cloud.google.com/firestore/docs/audit-logging
resource "google_project_iam_audit_config" "data" {
  for_each = {
    "datastore.googleapis.com"     = ["ADMIN_READ", "DATA_READ", "DATA_WRITE"]
    "secretmanager.googleapis.com" = ["ADMIN_READ", "DATA_READ", "DATA_WRITE"]
    "storage.googleapis.com"       = ["DATA_READ"]
  }

  project = var.project
  service = each.key

  dynamic "audit_log_config" {
    for_each = each.value

    content {
      log_type = audit_log_config.value
    }
  }

  depends_on = [google_project_service.api]
}

resource "google_logging_project_sink" "audit" {
  name                   = "audit-copies"
  description            = "Copies of the audit logs that cannot be deleted before their time."
  destination            = "storage.googleapis.com/${google_storage_bucket.audit_copies.name}"
  filter                 = "log_id(\"cloudaudit.googleapis.com/activity\") OR log_id(\"cloudaudit.googleapis.com/data_access\")"
  unique_writer_identity = true
}

resource "google_storage_bucket_iam_member" "audit_sink" {
  bucket = google_storage_bucket.audit_copies.name
  role   = "roles/storage.objectCreator"
  member = google_logging_project_sink.audit.writer_identity
}
