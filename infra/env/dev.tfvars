# A deployment to try things in. Replace every value by your own.
alert_email         = "operators@example.com"
audit_copies_locked = false
billing_account     = "000000-000000-000000"
budget              = 40
domain              = "desk-dev.example.com"
edge                = "load_balancer"
oauth_client_id     = "100000000001-dev.apps.googleusercontent.com"
organisation        = "Example Desk (dev)"
privacy_contact     = "privacy@example.com"
project             = "example-desk-dev"
project_number      = "100000000001"
region              = "europe-west1"
second_region       = "europe-west4"
workspace_domains   = ["example.com"]
