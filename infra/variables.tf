variable "alert_email" {
  description = "Who is told when something is wrong: dead letters, late mail, errors, the budget."
  type        = string
}

variable "audit_copies_locked" {
  description = "Lock the retention of the audit copies. It cannot be undone: not before the last object is old enough, and not by the owner of the project."
  type        = bool
}

variable "audit_retention_days" {
  description = "How long the audit log is kept: its copies cannot be deleted before, its entries are pruned after."
  type        = number
  default     = 400

  validation {
    condition     = var.audit_retention_days >= 365
    error_message = "Audit copies are kept for a year or longer."
  }
}

variable "billing_account" {
  description = "The billing account that the budget belongs to, such as 012345-6789AB-CDEF01."
  type        = string
}

variable "budget" {
  description = "The month's budget in whole units of the billing account's currency."
  type        = number
}

variable "bundles" {
  description = "The folder of the functions' bundles, as tools/bundle.py writes them."
  type        = string
  default     = "../build/bundles"
}

variable "ci_repository" {
  description = "The repository, as owner/name, whose runners on main may plan; null for none."
  type        = string
  default     = null
}

variable "databases" {
  description = "The ids of the databases, by the names that the manifest uses. After a restore, which makes a new database, the id of the restored one."
  type        = map(string)
  default = {
    "(default)" = "(default)"
    audit       = "audit"
    keyring     = "keyring"
    witness     = "witness"
  }

  validation {
    condition     = toset(keys(var.databases)) == toset(["(default)", "audit", "keyring", "witness"])
    error_message = "The databases are (default), audit, keyring and witness."
  }
}

variable "domain" {
  description = "The desk's host name, such as desk.example.com; its A record points to the output `address`. Without an edge it is Cloud Run's own, and this is left out."
  type        = string
  default     = null

  validation {
    condition     = (var.domain == null) == (var.edge == "none")
    error_message = "With a load balancer the desk has a name of yours; without one it has Cloud Run's, and `domain` is left out."
  }
}

variable "edge" {
  description = "What people reach the desk through: \"load_balancer\" (TLS 1.2 or newer, a firewall; about $26 a month), or \"none\": one function at its run.app address serves all; nothing is paid while nobody asks, but TLS and the firewall are Google's own, and its account has the rights of all HTTP functions."
  type        = string

  validation {
    condition     = contains(["load_balancer", "none"], var.edge)
    error_message = "The edge is load_balancer or none."
  }
}

variable "oauth_client_id" {
  description = "The OAuth client's id. Its secret is a version of the secret `oauth-client-secret`, never a variable."
  type        = string
}

variable "organisation" {
  description = "The organisation's name, shown on every page and in system mail."
  type        = string
}

variable "page" {
  description = "The folder of the page's compressed files, as tools/bundle.py writes them."
  type        = string
  default     = "../build/page"
}

variable "privacy_contact" {
  description = "Whom people write to about their data; shown in the privacy policy."
  type        = string
}

variable "project" {
  description = "The Google Cloud project's id."
  type        = string

  validation {
    # An id with a domain (example.com:desk) has other service account addresses than those built here.
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "A project id is 6 to 30 lower-case letters, digits and hyphens."
  }
}

variable "project_number" {
  description = "The project's number: Google's own service accounts are named after it."
  type        = string

  validation {
    condition     = can(regex("^[0-9]+$", var.project_number))
    error_message = "A project number has digits only."
  }
}

variable "region" {
  description = "The region of functions, queues, databases and buckets."
  type        = string
}

variable "second_region" {
  description = "The region that holds the copy of wrapped keys, and outlives the first."
  type        = string

  validation {
    condition     = var.second_region != var.region
    error_message = "The second region is another one than the first."
  }
}

variable "smtp_private" {
  description = "Whether the SMTP server of the desk's own mail may stand in a private network."
  type        = bool
  default     = false
}

variable "workspace_domains" {
  description = "Only mailboxes of these Workspace domains may be connected; empty for any."
  type        = list(string)
  default     = []
}
