"""Serves the files browsers load: those named by their content may be kept for ever."""

import os

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"


class BuiltFiles(StaticFiles):
    """Static files with the right to be kept: built ones carry a hash of their content in their name."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Answer with a file."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        built = scope["path"].startswith("/static/dist/") and not scope["path"].endswith("manifest.json")
        response.headers["Cache-Control"] = FOR_EVER if built else ASK_AGAIN
        return response
