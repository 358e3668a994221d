output "accounts" {
  description = "The service account of each function."
  value       = { for function, deployed in module.function : function => deployed.account }
}

output "address" {
  description = "What the domain's A record points to; null without a load balancer."
  value       = one([for address in google_compute_global_address.edge : address.address])
}

output "desk" {
  description = "Where people find the desk."
  value       = "https://${local.domain}/"
}

output "redirect_uri" {
  description = "What the OAuth client must list as an authorised redirect URI."
  value       = "https://${local.domain}/api/oauth/callback"
}

output "secrets" {
  description = "The secrets that need a version before the first request."
  value       = sort(keys(google_secret_manager_secret.this))
}

output "settings" {
  description = "The functions' environment, for tools that an operator runs. It holds no secret."
  value       = local.settings
}

output "subscriptions" {
  description = "The topic of each subscription; its dead letters are in dead-<subscription>."
  value       = { for name, subscription in local.subscriptions : name => subscription.topic }
}
