"""The HTTP API ``/api/v1/`` (docs/design/pages.md; OpenAPI at ``/api/v1/openapi.json``)."""
