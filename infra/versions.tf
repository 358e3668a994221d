terraform {
  # 1.11 has mock providers that answer in a plan, and write-only arguments.
  required_version = ">= 1.11"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 6.50, < 8.0"
    }
  }

  # Bucket and prefix come with -backend-config, one prefix an environment: no environment can reach
  # the state of another by a wrong workspace. See docs/operations.md.
  backend "gcs" {}
}

provider "google" {
  project = var.project
  region  = var.region

  # Budgets are billed to the project that calls their API; without this it is the provider's own.
  billing_project       = var.project
  user_project_override = true

  default_labels = { app = "corporate-mail-ops" }
}
