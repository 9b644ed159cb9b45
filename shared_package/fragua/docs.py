"""The page that shows the OpenAPI document, by the Swagger UI that powertools ships."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from aws_lambda_powertools.event_handler.openapi import swagger_ui

_ASSETS = Path(swagger_ui.__file__).parent

_START = """
window.ui = SwaggerUIBundle({
  url: "/v1/openapi.json", dom_id: "#ui", deepLinking: true, tryItOutEnabled: true,
  persistAuthorization: false, docExpansion: "list", defaultModelsExpandDepth: 0,
});
"""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fragua API</title>
<style>{css}</style>
</head>
<body>
<div id="ui"></div>
<script>{library}</script>
<script>{start}</script>
</body>
</html>
"""


@cache
def page() -> str:
    """Return the page, with its style and scripts inside: it loads nothing from elsewhere."""
    css = (_ASSETS / "swagger-ui.min.css").read_text()
    return _PAGE.format(css=css, library=_library(), start=_START)


@cache
def policy() -> str:
    """Return the Content-Security-Policy of the page: its own two scripts and nothing else."""
    scripts = " ".join(_hash(script) for script in (_library(), _START))
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )


@cache
def _library() -> str:
    source = (_ASSETS / "swagger-ui-bundle.min.js").read_text()
    # The text of a script element ends at the first such tag, wherever it stands.
    return re.sub(r"</(script)", r"<\\/\1", source, flags=re.IGNORECASE)


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
