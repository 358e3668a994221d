# Values that would deploy something else than what was meant are refused before anything is planned.

mock_provider "google" {}

variables {
  alert_email         = "operators@example.com"
  audit_copies_locked = false
  billing_account     = "000000-000000-000000"
  budget              = 100
  domain              = "desk.example.com"
  edge                = "load_balancer"
  oauth_client_id     = "100000000001-test.apps.googleusercontent.com"
  organisation        = "Example Desk"
  privacy_contact     = "privacy@example.com"
  project             = "example-desk-test"
  project_number      = "100000000001"
  region              = "europe-west1"
  second_region       = "europe-west4"
}

run "an_unknown_edge" {
  command = plan

  variables {
    edge = "cdn"
  }

  expect_failures = [var.edge]
}

run "copies_of_keys_beside_the_keyring" {
  command = plan

  variables {
    second_region = "europe-west1"
  }

  expect_failures = [var.second_region]
}

run "audit_copies_for_a_month" {
  command = plan

  variables {
    audit_retention_days = 30
  }

  expect_failures = [var.audit_retention_days]
}

run "a_database_of_another_name" {
  command = plan

  variables {
    databases = { "(default)" = "(default)", audit = "audit", keys = "keyring" }
  }

  expect_failures = [var.databases]
}

run "a_load_balancer_without_a_name" {
  command = plan

  variables {
    domain = null
  }

  expect_failures = [var.domain]
}
