locals {
  topics = toset(flatten([
    for row in values(local.functions) : concat(try(row.topics, []), row.publishes)
  ]))

  # One subscription for each topic of a function: <function>.<topic>, with hyphens.
  subscriptions = merge([
    for function, row in local.functions : {
      for topic in try(row.topics, []) : "${local.names[function]}.${topic}" => {
        function = function
        timeout  = row.timeout
        topic    = topic
      }
    }
  ]...)

  # What Pub/Sub keeps, and for how long: a message-received event is the only trace of a mail that the
  # mailbox's cursor has passed, so all of it is kept as long as Pub/Sub can.
  kept = "${31 * 24 * 3600}s"

  pubsub_agent = "serviceAccount:service-${var.project_number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}

resource "google_pubsub_topic" "this" {
  for_each = local.topics

  name = each.value

  depends_on = [google_project_service.api]
}

# Gmail's own account, for every customer of Gmail the same. An organisation whose policy restricts the
# domains of members (iam.allowedPolicyMemberDomains) must make an exception for it.
# https://developers.google.com/workspace/gmail/api/guides/push
resource "google_pubsub_topic_iam_member" "gmail" {
  topic  = google_pubsub_topic.this["gmail-push"].name
  role   = "roles/pubsub.publisher"
  member = "serviceAccount:gmail-api-push@system.gserviceaccount.com"
}

# Signs the tokens of all pushes; it may call the functions that have a subscription, and nothing else.
resource "google_service_account" "push" {
  account_id   = "pubsub-push"
  display_name = "Pub/Sub pushes"

  depends_on = [google_project_service.api]
}

resource "google_pubsub_subscription" "this" {
  for_each = local.subscriptions

  name  = each.key
  topic = google_pubsub_topic.this[each.value.topic].name

  ack_deadline_seconds       = each.value.timeout + 30 # longer than any answer takes
  message_retention_duration = local.kept

  push_config {
    push_endpoint = module.function[each.value.function].uri

    oidc_token {
      service_account_email = google_service_account.push.email
      audience              = "${local.push_audience}/${local.names[each.value.function]}"
    }
  }

  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }

  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.dead[each.key].id
    max_delivery_attempts = 100
  }

  # The default removes a subscription, and the mail in it, after 31 quiet days.
  expiration_policy { ttl = "" }
}

resource "google_pubsub_topic" "dead" {
  for_each = local.subscriptions

  name = "dead-${each.key}"

  depends_on = [google_project_service.api]
}

# Without a subscription a dead-letter topic keeps nothing. This one is pulled, by an operator.
resource "google_pubsub_subscription" "dead" {
  for_each = local.subscriptions

  name  = "dead-${each.key}"
  topic = google_pubsub_topic.dead[each.key].name

  ack_deadline_seconds       = 60
  message_retention_duration = local.kept

  expiration_policy { ttl = "" }
}

# Who looks at dead letters and has them delivered again takes them from their subscriptions, and from no
# other; it publishes as its row says.
resource "google_pubsub_subscription_iam_member" "replay" {
  for_each = merge([
    for function, row in local.functions : {
      for name in keys(local.subscriptions) : "${function}/${name}" => { function = function, subscription = name }
    } if try(row.dead_letters, false)
  ]...)

  subscription = google_pubsub_subscription.dead[each.value.subscription].name
  role         = "roles/pubsub.subscriber"
  member       = "serviceAccount:${module.function[each.value.function].account}"
}

# Pub/Sub itself moves dead letters. Where one of its two grants is missing it fails without a word: the
# message is delivered again and again. Its account exists once the project has used Pub/Sub, so after the
# first topic.
resource "google_pubsub_topic_iam_member" "dead" {
  for_each = local.subscriptions

  topic  = google_pubsub_topic.dead[each.key].name
  role   = "roles/pubsub.publisher"
  member = local.pubsub_agent
}

resource "google_pubsub_subscription_iam_member" "dead" {
  for_each = local.subscriptions

  subscription = google_pubsub_subscription.this[each.key].name
  role         = "roles/pubsub.subscriber"
  member       = local.pubsub_agent
}
