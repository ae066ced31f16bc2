"""Writes the JSON Schema of protocol files, so that an editor helps while one is being written."""

import json
from typing import Any

from app.gateways.protocol_model import ProtocolFile


def schema_text() -> str:
    """Return the schema as the committed file holds it: indented, with a final newline."""
    schema: dict[str, Any] = ProtocolFile.model_json_schema()
    schema |= {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "oneOf": [{"required": ["phases"]}, {"required": ["blocks"]}],
    }
    return json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
