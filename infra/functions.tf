# Everything about functions is derived from functions/manifest.json: what a row does not name, its function
# may not touch.
locals {
  _manifest = jsondecode(file("${path.root}/../functions/manifest.json")).functions

  # Without an edge one function serves what the HTTP functions do, and they are not deployed; with one it is not.
  functions = {
    for function, row in local._manifest : function => row
    if row.trigger != "http" || can(row.edge) == (var.edge == "none")
  }

  # A function's resources are named after it, with hyphens: Cloud Run takes no underscore.
  names = { for function in keys(local.functions) : function => replace(function, "_", "-") }

  # The run.app address that Cloud Run gives a service is known before the service exists.
  # https://cloud.google.com/run/docs/triggering/https-request
  domain = var.edge == "none" ? "single-origin-${var.project_number}.${var.region}.run.app" : var.domain

  http = { for function, row in local.functions : function => row if row.trigger == "http" }

  # Cloud Run accepts a token whose audience is the service's run.app URL, or one of the service's custom
  # audiences. Cloud Functions gives the service one: the function's own URL,
  # https://REGION-PROJECT.cloudfunctions.net/NAME, NAME with hyphens. Unlike the run.app URL it is known before
  # the function exists, so that the function's own environment can hold it.
  push_audience = "https://${var.region}-${var.project}.cloudfunctions.net"

  # Every member is a field of shared/settings.py, and every field is here.
  settings = {
    CMO_AUDIT_DATABASE       = var.databases["audit"]
    CMO_AUDIT_RETENTION_DAYS = tostring(var.audit_retention_days)
    CMO_CLIENT_HOP           = var.edge == "load_balancer" ? "2" : "1"
    CMO_DATABASE             = var.databases["(default)"]
    CMO_GMAIL_TOPIC          = "projects/${var.project}/topics/gmail-push"
    CMO_KEYRING_DATABASE     = var.databases["keyring"]
    CMO_LOCATION             = var.region
    CMO_OAUTH_CLIENT_ID      = var.oauth_client_id
    CMO_ORGANISATION         = var.organisation
    CMO_PRIVACY_CONTACT      = var.privacy_contact
    CMO_PROJECT              = var.project
    CMO_PUBLIC_URL           = "https://${local.domain}"
    CMO_PUSH_AUDIENCE        = local.push_audience
    CMO_PUSH_SERVICE_ACCOUNT = google_service_account.push.email
    CMO_SMTP_PRIVATE         = var.smtp_private ? "yes" : "no"
    CMO_WITNESS_DATABASE     = var.databases["witness"]
    CMO_WORKSPACE_DOMAINS    = join(",", var.workspace_domains)
  }
}

module "function" {
  source   = "./modules/function"
  for_each = local.functions

  project     = var.project
  region      = var.region
  name        = local.names[each.key]
  deployer    = google_service_account.deploy.member
  entry_point = each.key
  limits      = each.value
  environment = local.settings

  # The edge adds TLS 1.2 and the firewall, so no public function can be reached past it. Pub/Sub counts as
  # internal where it calls the run.app address.
  ingress = each.value.trigger == "topic" ? "ALLOW_INTERNAL_ONLY" : (
    var.edge == "none" ? "ALLOW_ALL" : "ALLOW_INTERNAL_AND_GCLB"
  )
  invokers = each.value.trigger == "topic" ? { push = google_service_account.push.member } : { edge = "allUsers" }

  database_roles = {
    for database, access in each.value.databases : google_firestore_database.this[database].name => local.database_roles[access]
  }
  bucket_roles = {
    for bucket, access in try(each.value.buckets, {}) :
    local.buckets[bucket] => "projects/${var.project}/roles/${google_project_iam_custom_role.files[access].role_id}"
  }
  key_copies = lookup(each.value.databases, "keyring", "") == "write" ? {
    bucket = google_storage_bucket.key_copies.name
    role   = "projects/${var.project}/roles/${google_project_iam_custom_role.key_copies.role_id}"
  } : null
  queue   = length(each.value.publishes) > 0 ? google_cloud_tasks_queue.later.name : null
  secrets = [for secret in each.value.secrets : google_secret_manager_secret.this[secret].secret_id]
  topics  = [for topic in each.value.publishes : google_pubsub_topic.this[topic].name]

  build = {
    account    = google_service_account.build.id
    bucket     = google_storage_bucket.source.name
    object     = google_storage_bucket_object.bundle[each.key].name
    repository = google_artifact_registry_repository.functions.id
  }

  depends_on = [
    google_artifact_registry_repository_iam_member.build,
    google_project_iam_member.build,
    google_project_iam_member.build_source,
    google_project_service.api,
    google_service_account_iam_member.deploy,
  ]
}
