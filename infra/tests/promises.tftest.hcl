# What the privacy policy promises and only infrastructure can keep, one run a promise, and what keeps mail
# from being lost. The provider is mocked: nothing is asked of a project.

mock_provider "google" {}

variables {
  alert_email         = "operators@example.com"
  audit_copies_locked = true
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

run "p04_tls_1_2_or_newer" {
  assert {
    condition     = google_compute_ssl_policy.edge["edge"].min_tls_version == "TLS_1_2"
    error_message = "The edge takes TLS below 1.2."
  }

  assert {
    condition     = google_compute_target_https_proxy.edge["edge"].ssl_policy == google_compute_ssl_policy.edge["edge"].id
    error_message = "The HTTPS proxy does not use the SSL policy."
  }

  assert {
    condition = (
      google_compute_url_map.redirect["edge"].default_url_redirect[0].https_redirect &&
      google_compute_target_http_proxy.redirect["edge"].url_map == google_compute_url_map.redirect["edge"].id
    )
    error_message = "Plain HTTP is answered with something else than a redirect to HTTPS."
  }

  assert {
    condition     = toset([for rule in [google_compute_global_forwarding_rule.https["edge"], google_compute_global_forwarding_rule.redirect["edge"]] : rule.port_range]) == toset(["80", "443"])
    error_message = "The edge listens on other ports than 80 and 443."
  }
}

run "p05_keys_are_held_outside_the_database" {
  command = plan

  assert {
    condition     = contains(keys(google_secret_manager_secret.this), "app-key")
    error_message = "APP_KEY is not a secret of Secret Manager."
  }

  assert {
    condition     = alltrue([for secret in google_secret_manager_secret.this : secret.deletion_protection])
    error_message = "A secret can be deleted by a mistaken apply."
  }
}

run "p08_the_audit_log_can_only_grow" {
  command = plan

  assert {
    condition = alltrue([
      for permission in google_project_iam_custom_role.create_only.permissions :
      !can(regex("update|delete", permission))
    ])
    error_message = "The role of the audit log's writer changes or deletes."
  }

  assert {
    condition = alltrue([
      for bucket in [google_storage_bucket.audit_copies, google_storage_bucket.audit_log] :
      bucket.retention_policy[0].is_locked && bucket.retention_policy[0].retention_period >= 365 * 24 * 3600
    ])
    error_message = "The audit copies are not locked for a year."
  }

  assert {
    condition = alltrue([
      for service in ["datastore.googleapis.com", "secretmanager.googleapis.com", "storage.googleapis.com"] :
      contains(google_project_iam_audit_config.data[service].audit_log_config[*].log_type, "DATA_READ")
    ])
    error_message = "Reading Firestore, secrets or objects leaves no data access log."
  }
}

run "p12_a_destroyed_key_is_gone_from_everywhere" {
  command = plan

  assert {
    condition     = google_firestore_database.this["keyring"].point_in_time_recovery_enablement == "POINT_IN_TIME_RECOVERY_DISABLED"
    error_message = "The keyring has a history."
  }

  assert {
    condition = !anytrue([
      for schedule in concat(values(google_firestore_backup_schedule.daily), values(google_firestore_backup_schedule.weekly)) :
      schedule.database == google_firestore_database.this["keyring"].name
    ])
    error_message = "The keyring is backed up."
  }

  assert {
    condition = (
      google_storage_bucket.key_copies.soft_delete_policy[0].retention_duration_seconds == 0 &&
      !google_storage_bucket.key_copies.versioning[0].enabled &&
      length(google_storage_bucket.key_copies.retention_policy) == 0
    )
    error_message = "A deleted copy of a key can be had back."
  }

  assert {
    condition     = google_storage_bucket.key_copies.location == var.second_region
    error_message = "The copies of keys lie in the keyring's own region."
  }
}

run "p13_servers_stand_behind_a_firewall" {
  assert {
    condition = alltrue([
      for backend in google_compute_backend_service.function :
      backend.security_policy == google_compute_security_policy.edge["edge"].id
    ])
    error_message = "A backend has no Cloud Armor policy."
  }

  assert {
    condition = contains(flatten([
      for rule in google_compute_security_policy.edge["edge"].rule : rule.rate_limit_options[*].exceed_action
    ]), "deny(429)")
    error_message = "The firewall limits no rate."
  }
}

run "p14_encrypted_backups_are_taken" {
  command = plan

  assert {
    condition = alltrue([
      for schedules in [google_firestore_backup_schedule.daily, google_firestore_backup_schedule.weekly] :
      toset(keys(schedules)) == toset(["(default)", "audit"])
    ])
    error_message = "Tickets or the audit log are not backed up, daily and weekly."
  }

  assert {
    condition = alltrue([
      for schedule in concat(values(google_firestore_backup_schedule.daily), values(google_firestore_backup_schedule.weekly)) :
      tonumber(trimsuffix(schedule.retention, "s")) <= 30 * 24 * 3600
    ])
    error_message = "A backup is kept for longer than 30 days."
  }

  assert {
    condition = alltrue([
      for name in ["(default)", "audit"] :
      google_firestore_database.this[name].point_in_time_recovery_enablement == "POINT_IN_TIME_RECOVERY_ENABLED"
    ])
    error_message = "A database cannot be set back to a minute."
  }

  assert {
    condition     = alltrue([for database in google_firestore_database.this : database.delete_protection_state == "DELETE_PROTECTION_ENABLED"])
    error_message = "A database can be deleted by mistake."
  }
}

run "no_event_is_lost" {
  command = plan

  assert {
    condition = alltrue([
      for subscription in concat(values(google_pubsub_subscription.this), values(google_pubsub_subscription.dead)) :
      subscription.expiration_policy[0].ttl == "" && subscription.message_retention_duration == "2678400s"
    ])
    error_message = "A subscription expires, or keeps less than 31 days."
  }

  assert {
    condition = alltrue([
      for subscription in google_pubsub_subscription.this :
      length(subscription.retry_policy) == 1 && subscription.dead_letter_policy[0].max_delivery_attempts == 100
    ])
    error_message = "A subscription gives up early, or hammers."
  }

  assert {
    condition = alltrue([
      for name, subscription in google_pubsub_subscription.this :
      subscription.ack_deadline_seconds > local.subscriptions[name].timeout && subscription.ack_deadline_seconds <= 600
    ])
    error_message = "An event is delivered again while it is still worked on."
  }

  assert {
    condition = alltrue([
      for grants in [google_pubsub_subscription.dead, google_pubsub_topic_iam_member.dead, google_pubsub_subscription_iam_member.dead] :
      toset(keys(grants)) == toset(keys(google_pubsub_topic.dead))
    ])
    error_message = "A dead-letter topic has no subscription, or Pub/Sub may not move dead letters there."
  }

  assert {
    condition     = google_cloud_tasks_queue.later.retry_config[0].max_attempts == -1
    error_message = "An event for later is dropped after some attempts."
  }
}

run "only_gmail_publishes_from_outside" {
  assert {
    condition = (
      google_pubsub_topic_iam_member.gmail.member == "serviceAccount:gmail-api-push@system.gserviceaccount.com" &&
      google_pubsub_topic_iam_member.gmail.topic == "gmail-push"
    )
    error_message = "Gmail publishes to another topic than gmail-push, or another account does."
  }
}

run "somebody_is_told" {
  assert {
    condition = alltrue([
      for policy in [
        google_monitoring_alert_policy.dead_letters,
        google_monitoring_alert_policy.late_events,
        google_monitoring_alert_policy.server_errors,
      ] : policy.notification_channels[0] == google_monitoring_notification_channel.operators.id
    ])
    error_message = "An alert reaches nobody."
  }

  assert {
    condition     = google_billing_budget.month.amount[0].specified_amount[0].units == "100"
    error_message = "The budget is not what was asked for."
  }
}

run "without_an_edge_one_function_is_reached" {
  command = plan

  variables {
    domain = null
    edge   = "none"
  }

  assert {
    condition = (
      length(google_compute_backend_service.function) == 0 &&
      length(google_compute_url_map.edge) == 0 &&
      length(google_compute_global_forwarding_rule.https) == 0 &&
      length(google_storage_bucket.page) == 0 &&
      output.address == null
    )
    error_message = "Something of the load balancer is left."
  }

  assert {
    condition     = keys(local.http) == ["single_origin"]
    error_message = "Another HTTP function than single_origin is deployed."
  }

  assert {
    condition     = output.desk == "https://single-origin-100000000001.europe-west1.run.app/"
    error_message = "The desk believes to be at another address than Cloud Run's."
  }
}
