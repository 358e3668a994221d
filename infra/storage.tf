resource "google_storage_bucket" "source" {
  name     = "${var.project}-source"
  location = var.region

  public_access_prevention    = "enforced"
  uniform_bucket_level_access = true

  depends_on = [google_project_service.api]
}

# Copies of the platform's audit logs that nobody can change or delete before their time, whatever rights they
# have in the project.
resource "google_storage_bucket" "audit_copies" {
  name     = "${var.project}-audit-copies"
  location = var.region

  public_access_prevention    = "enforced"
  storage_class               = "COLDLINE"
  uniform_bucket_level_access = true

  retention_policy {
    is_locked        = var.audit_copies_locked
    retention_period = var.audit_retention_days * 24 * 3600
  }

  depends_on = [google_project_service.api]
}

# The sealed audit log, copied as it grows: what stands here says later what the log once was. In another region,
# and not in the cold class of the copies above: the log is written every minute that something happens.
resource "google_storage_bucket" "audit_log" {
  name     = "${var.project}-audit-log"
  location = var.second_region

  public_access_prevention    = "enforced"
  uniform_bucket_level_access = true

  retention_policy {
    is_locked        = var.audit_copies_locked
    retention_period = var.audit_retention_days * 24 * 3600
  }

  depends_on = [google_project_service.api]
}

# A copy of each wrapped data key, for the day on which the keyring's region is lost. Destroying a key deletes
# its copy, and then no version, no soft-deleted object and no retention may remain of it.
resource "google_storage_bucket" "key_copies" {
  name     = "${var.project}-key-copies"
  location = var.second_region

  public_access_prevention    = "enforced"
  uniform_bucket_level_access = true

  soft_delete_policy { retention_duration_seconds = 0 }
  versioning { enabled = false }

  depends_on = [google_project_service.api]
}

resource "google_project_iam_custom_role" "key_copies" {
  role_id     = "keyCopies"
  title       = "Keep copies of wrapped keys"
  description = "Creates, reads and deletes objects; replacing one needs both create and delete."
  permissions = [
    "storage.objects.create",
    "storage.objects.delete",
    "storage.objects.get",
  ]

  depends_on = [google_project_service.api]
}

# Sealed files on their way: attachments being uploaded, exports, imports. The desk deletes each when its time
# has come, after 7 days at the latest; what it misses goes after 40. Deleting is for ever here too.
resource "google_storage_bucket" "files" {
  name     = "${var.project}-files"
  location = var.region

  public_access_prevention    = "enforced"
  uniform_bucket_level_access = true

  lifecycle_rule {
    action { type = "Delete" }
    condition { age = 40 }
  }

  soft_delete_policy { retention_duration_seconds = 0 }
  versioning { enabled = false }

  depends_on = [google_project_service.api]
}

resource "google_project_iam_custom_role" "files" {
  for_each = {
    create = ["storage.objects.create", "storage.objects.get"]
    read   = ["storage.objects.get"]
    write  = ["storage.objects.create", "storage.objects.delete", "storage.objects.get"]
  }

  role_id     = "files${title(each.key)}"
  title       = "Objects by name: ${each.key}"
  description = "Reaches objects whose name is known, and cannot list them."
  permissions = each.value

  depends_on = [google_project_service.api]
}

locals {
  buckets = { # by the names that the manifest uses
    audit_log = google_storage_bucket.audit_log.name
    files     = google_storage_bucket.files.name
  }
}
