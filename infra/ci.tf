# Who plans and who deploys, without a key anywhere: Cloud Build acts as one of two accounts, which its triggers
# name, and a repository's own runners may act as the planner by workload identity, from one repository and branch.
# The third account, which builds the functions' images, is in build.tf.
locals {
  ci = var.ci_repository == null ? toset([]) : toset(["ci"])

  # What a plan compares. The basic role of a viewer would do, and read every ticket.
  planner_roles = [
    "roles/artifactregistry.reader",
    "roles/cloudfunctions.viewer",
    "roles/cloudscheduler.viewer",
    "roles/cloudtasks.viewer",
    "roles/compute.viewer",
    "roles/firebaserules.viewer",
    "roles/iam.securityReviewer",
    "roles/iam.workloadIdentityPoolViewer",
    "roles/logging.logWriter",
    "roles/logging.viewer",
    "roles/monitoring.viewer",
    "roles/pubsub.viewer",
    "roles/run.viewer",
    "roles/secretmanager.viewer",
    "roles/serviceusage.serviceUsageViewer",
  ]

  # What apply changes, by the service that it belongs to; no basic role, and no right to read a secret's value.
  deployer_roles = [
    "roles/artifactregistry.admin",
    "roles/cloudfunctions.admin",
    "roles/cloudscheduler.admin",
    "roles/cloudtasks.admin",
    "roles/compute.loadBalancerAdmin",
    "roles/compute.securityAdmin",
    "roles/firebaserules.admin",
    "roles/iam.roleAdmin",
    "roles/iam.serviceAccountAdmin",
    "roles/iam.workloadIdentityPoolAdmin",
    "roles/logging.admin",
    "roles/monitoring.admin",
    "roles/pubsub.admin",
    "roles/resourcemanager.projectIamAdmin",
    "roles/run.admin",
    "roles/serviceusage.serviceUsageAdmin",
    "roles/storage.admin",
  ]
}

resource "google_service_account" "plan" {
  account_id   = "ci-plan"
  display_name = "Plans changes, and can make none"

  depends_on = [google_project_service.api]
}

resource "google_service_account" "deploy" {
  account_id   = "ci-deploy"
  display_name = "Applies approved plans"

  depends_on = [google_project_service.api]
}

resource "google_project_iam_member" "plan" {
  for_each = toset(local.planner_roles)

  project = var.project
  role    = each.value
  member  = google_service_account.plan.member
}

resource "google_project_iam_member" "deploy" {
  for_each = toset(local.deployer_roles)

  project = var.project
  role    = each.value
  member  = google_service_account.deploy.member
}

# Who deploys a function or a subscription has to be allowed to act as its account: as these, and those of the
# functions' modules, and as no other of the project.
resource "google_service_account_iam_member" "deploy" {
  for_each = {
    build = google_service_account.build.name
    push  = google_service_account.push.name
  }

  service_account_id = each.value
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.deploy.member
}

# Secrets are made and granted, never read: the administrator of Secret Manager could do both.
resource "google_project_iam_custom_role" "secret_holder" {
  role_id     = "secretHolder"
  title       = "Make secrets and grant them"
  description = "Everything about secrets but their values."
  permissions = [
    "secretmanager.secrets.create",
    "secretmanager.secrets.delete",
    "secretmanager.secrets.get",
    "secretmanager.secrets.getIamPolicy",
    "secretmanager.secrets.list",
    "secretmanager.secrets.setIamPolicy",
    "secretmanager.secrets.update",
  ]

  depends_on = [google_project_service.api]
}

resource "google_project_iam_member" "deploy_secrets" {
  project = var.project
  role    = "projects/${var.project}/roles/${google_project_iam_custom_role.secret_holder.role_id}"
  member  = google_service_account.deploy.member
}

# Databases, buckets and what belongs to them, but nothing that lies in them: no predefined role stops there.
resource "google_project_iam_custom_role" "ci" {
  for_each = {
    planner = [
      "datastore.backupSchedules.get",
      "datastore.backupSchedules.list",
      "datastore.databases.getMetadata",
      "datastore.databases.list",
      "datastore.indexes.get",
      "datastore.indexes.list",
      "storage.buckets.get",
      "storage.buckets.getIamPolicy",
    ]
    deployer = [
      "datastore.backupSchedules.create",
      "datastore.backupSchedules.delete",
      "datastore.backupSchedules.get",
      "datastore.backupSchedules.list",
      "datastore.backupSchedules.update",
      "datastore.databases.create",
      "datastore.databases.getMetadata",
      "datastore.databases.list",
      "datastore.databases.update",
      "datastore.indexes.create",
      "datastore.indexes.delete",
      "datastore.indexes.get",
      "datastore.indexes.list",
      "datastore.indexes.update",
      "datastore.operations.get",
      "datastore.operations.list",
    ]
  }

  role_id     = "${each.key}OfData"
  title       = "Holders of data: ${each.key}"
  description = "Databases and buckets without what lies in them."
  permissions = each.value

  depends_on = [google_project_service.api]
}

resource "google_project_iam_member" "ci_data" {
  for_each = {
    planner  = google_service_account.plan.member
    deployer = google_service_account.deploy.member
  }

  project = var.project
  role    = "projects/${var.project}/roles/${google_project_iam_custom_role.ci[each.key].role_id}"
  member  = each.value
}

# A plan asks whether the bundles that it would deploy lie there already.
resource "google_storage_bucket_iam_member" "plan_source" {
  bucket = google_storage_bucket.source.name
  role   = "roles/storage.objectViewer"
  member = google_service_account.plan.member
}

resource "google_iam_workload_identity_pool" "ci" {
  for_each = local.ci

  workload_identity_pool_id = "ci"
  display_name              = "Continuous integration"

  depends_on = [google_project_service.api]
}

resource "google_iam_workload_identity_pool_provider" "ci" {
  for_each = local.ci

  workload_identity_pool_id          = google_iam_workload_identity_pool.ci["ci"].workload_identity_pool_id
  workload_identity_pool_provider_id = "github"

  attribute_mapping = {
    "google.subject"       = "assertion.sub"
    "attribute.repository" = "assertion.repository"
  }

  # Both, or a fork, a branch or a pull request of anybody could plan.
  attribute_condition = "assertion.repository == \"${var.ci_repository}\" && assertion.ref == \"refs/heads/main\""

  oidc { issuer_uri = "https://token.actions.githubusercontent.com" }
}

resource "google_service_account_iam_member" "ci" {
  for_each = local.ci

  service_account_id = google_service_account.plan.name
  role               = "roles/iam.workloadIdentityUser"
  member             = "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.ci["ci"].name}/attribute.repository/${var.ci_repository}"
}
