output "account" {
  description = "The address of the function's service account."
  value       = google_service_account.this.email
}

output "name" {
  description = "The name of the function and of the Cloud Run service behind it."
  value       = google_cloudfunctions2_function.this.name
}

output "uri" {
  description = "The run.app address."
  value       = google_cloudfunctions2_function.this.service_config[0].uri
}
