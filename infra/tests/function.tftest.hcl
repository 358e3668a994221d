# One function: its account, its limits, and not one right that it was not given.

mock_provider "google" {}

variables {
  name        = "write-audit"
  deployer    = "serviceAccount:ci-deploy@example-desk-test.iam.gserviceaccount.com"
  entry_point = "write_audit"
  project     = "example-desk-test"
  region      = "europe-west1"
  ingress     = "ALLOW_INTERNAL_ONLY"
  environment = { CMO_PROJECT = "example-desk-test" }

  limits = {
    concurrency   = 4
    cpu           = 1
    max_instances = 10
    memory        = "512Mi"
    timeout       = 60
  }

  build = {
    account    = "projects/example-desk-test/serviceAccounts/function-build@example-desk-test.iam.gserviceaccount.com"
    bucket     = "example-desk-test-source"
    object     = "bundle-0.zip"
    repository = "projects/example-desk-test/locations/europe-west1/repositories/functions"
  }

  bucket_roles   = {}
  database_roles = {}
  invokers       = {}
  key_copies     = null
  queue          = null
  secrets        = []
  topics         = []
}

run "p15_security_patches_come_by_themselves" {
  module {
    source = "./modules/function"
  }

  assert {
    condition     = length(google_cloudfunctions2_function.this.build_config[0].automatic_update_policy) == 1
    error_message = "The base image is only patched by a deployment."
  }

  assert {
    condition     = google_cloudfunctions2_function.this.build_config[0].runtime == "python311"
    error_message = "Another Python than the one that is tested."
  }
}

run "p16_a_function_that_is_given_nothing_has_nothing" {
  module {
    source = "./modules/function"
  }

  assert {
    condition     = google_cloudfunctions2_function.this.service_config[0].service_account_email == google_service_account.this.email
    error_message = "The function runs as another account than its own."
  }

  assert {
    condition = 0 == sum([
      for grants in [
        google_cloud_run_service_iam_member.invoker,
        google_cloud_tasks_queue_iam_member.later,
        google_project_iam_member.database,
        google_pubsub_topic_iam_member.publisher,
        google_secret_manager_secret_iam_member.secret,
        google_service_account_iam_member.later,
        google_storage_bucket_iam_member.bucket,
        google_storage_bucket_iam_member.key_copies,
      ] : length(grants)
    ])
    error_message = "A grant is there that nobody asked for."
  }

  assert {
    condition     = google_cloudfunctions2_function.this.service_config[0].environment_variables["THREADS"] == "4"
    error_message = "The server has fewer threads than Cloud Run sends requests."
  }
}

run "p16_who_deploys_acts_as_this_account" {
  module {
    source = "./modules/function"
  }

  assert {
    condition     = google_service_account_iam_member.deployer.member == var.deployer && google_service_account_iam_member.deployer.service_account_id == google_service_account.this.name
    error_message = "Another than the deployer may act as the function, or the deployer as another account."
  }
}

run "a_grant_is_held_to_its_object" {
  module {
    source = "./modules/function"
  }

  variables {
    database_roles = { audit = "projects/example-desk-test/roles/firestoreCreateOnly" }
    secrets        = ["app-key"]
    topics         = ["audit-recorded"]
    queue          = "later"
  }

  assert {
    condition     = google_project_iam_member.database["audit"].condition[0].expression == "resource.name == \"projects/example-desk-test/databases/audit\""
    error_message = "A role on one database holds for others."
  }

  assert {
    condition = alltrue([
      for grant in concat(
        values(google_project_iam_member.database),
        values(google_pubsub_topic_iam_member.publisher),
        values(google_secret_manager_secret_iam_member.secret),
        google_cloud_tasks_queue_iam_member.later,
        google_service_account_iam_member.later,
      ) : grant.member == google_service_account.this.member
    ])
    error_message = "A right goes to another account than the function's."
  }

  assert {
    condition     = google_service_account_iam_member.later[0].service_account_id == google_service_account.this.name
    error_message = "The function may act as another account than itself."
  }
}
