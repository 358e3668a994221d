# The secrets' names and who may read them. Their values are added from outside (docs/operations.md) and never
# pass through Terraform: neither a plan nor the state holds one.
resource "google_secret_manager_secret" "this" {
  for_each = toset(flatten([for row in values(local.functions) : row.secrets]))

  secret_id           = each.value
  deletion_protection = true
  version_destroy_ttl = "${30 * 24 * 3600}s" # a version destroyed by mistake can be had back for so long

  # Losing app-key is losing every mailbox, so its copies lie where a region's loss does not reach them.
  replication {
    auto {}
  }

  lifecycle {
    ignore_changes = [version_aliases] # a rotation moves `primary`, by command
  }

  depends_on = [google_project_service.api]
}
