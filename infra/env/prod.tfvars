# The deployment that people work with. Replace every value by your own.
alert_email         = "operators@example.com"
audit_copies_locked = true # for good: read the variable's description first
billing_account     = "000000-000000-000000"
budget              = 100
domain              = "desk.example.com"
edge                = "load_balancer"
oauth_client_id     = "100000000002-prod.apps.googleusercontent.com"
organisation        = "Example Desk"
privacy_contact     = "privacy@example.com"
project             = "example-desk-prod"
project_number      = "100000000002"
region              = "europe-west1"
second_region       = "europe-west4"
workspace_domains   = ["example.com"]
