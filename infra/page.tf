# The agents' page, served at /desk/ from a bucket: the files of web/ as tools/bundle.py compressed them, with the
# headers of web/headers.json. The files are public like the source they are; nothing of anybody's is in them.
locals {
  page = var.edge == "load_balancer" ? jsondecode(file("${var.page}/files.json")) : {}

  page_headers = jsondecode(file("${path.root}/../web/headers.json"))
}

# An organisation whose policy restricts the domains of members must make an exception here, as for the functions.
resource "google_storage_bucket" "page" {
  for_each = local.edge

  name     = "${var.project}-page"
  location = var.region

  public_access_prevention    = "inherited"
  uniform_bucket_level_access = true

  website { main_page_suffix = "index.html" }

  depends_on = [google_project_service.api]
}

# Reads one object by its name: roles/storage.objectViewer would list them too.
resource "google_storage_bucket_iam_member" "page" {
  for_each = local.edge

  bucket = google_storage_bucket.page["edge"].name
  role   = "roles/storage.legacyObjectReader"
  member = "allUsers"
}

resource "google_storage_bucket_object" "page" {
  for_each = local.page

  bucket           = google_storage_bucket.page["edge"].name
  name             = "desk/${each.key}"
  source           = "${var.page}/${each.key}"
  source_md5hash   = filemd5("${var.page}/${each.key}")
  cache_control    = local.page_headers["Cache-Control"]
  content_encoding = "gzip"
  content_type     = each.value
}

resource "google_compute_backend_bucket" "page" {
  for_each = local.edge

  name        = "page"
  bucket_name = google_storage_bucket.page["edge"].name

  custom_response_headers = [
    for header, value in local.page_headers : "${header}: ${value}" if header != "Cache-Control"
  ]
}
