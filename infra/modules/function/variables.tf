variable "bucket_roles" {
  description = "The role on each bucket, by the bucket's name."
  type        = map(string)
}

variable "build" {
  description = "What builds the function: the build account's full name, the bundle's bucket and object, and the repository of images."
  type = object({
    account    = string
    bucket     = string
    object     = string
    repository = string
  })
}

variable "database_roles" {
  description = "The role on each database, by the database's id."
  type        = map(string)
}

variable "deployer" {
  description = "Who deploys, as a member: may act as the function's account, which deploying it takes."
  type        = string
}

variable "entry_point" {
  description = "The Python function's name, which is its file's name too."
  type        = string
}

variable "environment" {
  description = "Environment variables. They hold no secret: secrets are read at run time."
  type        = map(string)
}

variable "ingress" {
  description = "From where the function can be called."
  type        = string
}

variable "invokers" {
  description = "Who may call the function; members of IAM, by a name of ours."
  type        = map(string)
}

variable "key_copies" {
  description = "The bucket of copied wrapped keys and the role on it; null for a function that writes no keys."
  type = object({
    bucket = string
    role   = string
  })
}

variable "limits" {
  description = "The manifest's row: timeout in seconds, concurrency in requests an instance."
  type = object({
    concurrency   = number
    cpu           = number
    max_instances = number
    memory        = string
    timeout       = number
  })
}

variable "name" {
  description = "The resource name: the entry point's, with hyphens."
  type        = string
}

variable "project" {
  description = "The project's id."
  type        = string
}

variable "queue" {
  description = "The queue of what is published later; null for a function that publishes nothing."
  type        = string
}

variable "region" {
  description = "The region."
  type        = string
}

variable "secrets" {
  description = "The names of the secrets that the function reads."
  type        = set(string)
}

variable "topics" {
  description = "The names of the topics that the function publishes to."
  type        = set(string)
}
