locals {
  _indexes = jsondecode(file("${path.root}/indexes.json"))

  indexes = {
    for index in local._indexes.indexes : join("/", [
      index.database,
      index.collection,
      join(",", [for part in index.fields : "${part.field}:${try(part.order, "array")}"]),
    ]) => index
  }

  fields = { for field in local._indexes.fields : "${field.database}/${field.collection}/${field.field}" => field }

  # The keyring holds the wrapped key of each mailbox. A destroyed key must be gone, so that backups of the
  # other databases hold nothing readable of a disconnected mailbox: it has no backups and no history. The
  # witness's memory has none either: a backup of it is a way to make it forget what it saw.
  backed_up = toset([for name in keys(var.databases) : name if !contains(["keyring", "witness"], name)])

  database_roles = {
    create = "projects/${var.project}/roles/${google_project_iam_custom_role.create_only.role_id}"
    read   = "roles/datastore.viewer"
    write  = "roles/datastore.user"
  }
}

resource "google_firestore_database" "this" {
  for_each = var.databases

  name        = each.value
  location_id = var.region
  type        = "FIRESTORE_NATIVE"

  delete_protection_state           = "DELETE_PROTECTION_ENABLED"
  point_in_time_recovery_enablement = contains(local.backed_up, each.key) ? "POINT_IN_TIME_RECOVERY_ENABLED" : "POINT_IN_TIME_RECOVERY_DISABLED"

  depends_on = [google_project_service.api]
}

resource "google_firestore_backup_schedule" "daily" {
  for_each = local.backed_up

  database  = google_firestore_database.this[each.key].name
  retention = "${7 * 24 * 3600}s"

  daily_recurrence {}
}

# What is erased is in a backup for 28 days more, and the receipt of an erasure says so: at most 30 are promised.
resource "google_firestore_backup_schedule" "weekly" {
  for_each = local.backed_up

  database  = google_firestore_database.this[each.key].name
  retention = "${28 * 24 * 3600}s"

  weekly_recurrence { day = "SUNDAY" }
}

resource "google_firestore_index" "this" {
  for_each = local.indexes

  database   = google_firestore_database.this[each.value.database].name
  collection = each.value.collection

  dynamic "fields" {
    for_each = each.value.fields

    content {
      field_path   = fields.value.field
      order        = can(fields.value.order) ? upper(fields.value.order) : null
      array_config = can(fields.value.order) ? null : "CONTAINS"
    }
  }
}

resource "google_firestore_field" "this" {
  for_each = local.fields

  database   = google_firestore_database.this[each.value.database].name
  collection = each.value.collection
  field      = each.value.field

  # An empty block takes the field's own indexes away.
  dynamic "index_config" {
    for_each = try(each.value.indexed, true) ? [] : [true]
    content {}
  }

  dynamic "ttl_config" {
    for_each = try(each.value.ttl, false) ? [true] : []
    content {}
  }
}

# Appending to the audit log is all that its writer can do: no update, no delete, no list. A write that does
# not say "only if it does not exist" needs datastore.entities.update too, so that a plain set is refused.
# `databases.get` begins a transaction; it does not show the database.
# https://cloud.google.com/firestore/docs/security/iam
resource "google_project_iam_custom_role" "create_only" {
  role_id     = "firestoreCreateOnly"
  title       = "Create documents in Firestore"
  description = "Creates documents and reads them by id; changes and deletes none."
  permissions = [
    "datastore.databases.get",
    "datastore.entities.create",
    "datastore.entities.get",
  ]

  depends_on = [google_project_service.api]
}

# Clients with an API key instead of a service account are held to these rules. There are none of ours.
resource "google_firebaserules_ruleset" "deny" {
  source {
    files {
      name    = "firestore.rules"
      content = <<-RULES
        rules_version = '2';
        service cloud.firestore {
          match /databases/{database}/documents {
            match /{document=**} {
              allow read, write: if false;
            }
          }
        }
      RULES
    }
  }

  depends_on = [google_project_service.api]
}

resource "google_firebaserules_release" "deny" {
  for_each = google_firestore_database.this

  name         = each.value.name == "(default)" ? "cloud.firestore" : "cloud.firestore/${each.value.name}"
  ruleset_name = google_firebaserules_ruleset.deny.name

  lifecycle {
    replace_triggered_by = [google_firebaserules_ruleset.deny] # a ruleset in use cannot be deleted
  }
}
