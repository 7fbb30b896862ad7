"""The OpenAPI document of the phone's API, made from the routes and their models."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, current_app, jsonify
from pydantic import BaseModel

from webapp.domain.permissions import Permission
from webapp.web.access import declared_permission, requires
from webapp.web.api_enrolment import ChallengeWish, Enrolment, Shift
from webapp.web.api_models import RecordsIn

api = Blueprint("api_spec", __name__, url_prefix="/api/v1")

BODIES: dict[str, type[BaseModel]] = {
    "api_enrolment.enrolments": Enrolment,
    "api_enrolment.shifts": Shift,
    "api_enrolment.challenges": ChallengeWish,
    "api_records.send_records": RecordsIn,
}

_SIGNED = {
    "type": "apiKey",
    "in": "header",
    "name": "Authorization",
    "description": "Dockproof device=…,session=…,body=…,sig=… (docs/architecture.md, Phone API)",
}


@api.get("/openapi.json")
@requires(Permission.PUBLIC)
def openapi() -> Response:
    return jsonify(document())


def document() -> dict[str, Any]:
    """OpenAPI 3.1. Every API route is in it; a route's description is its docstring's first line."""
    schemas: dict[str, Any] = {}
    paths: dict[str, dict[str, Any]] = {}
    for rule in current_app.url_map.iter_rules():
        if not rule.rule.startswith("/api/"):
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            paths.setdefault(path, {})[method.lower()] = _operation(
                rule.endpoint, sorted(rule.arguments), schemas
            )
    return {
        "openapi": "3.1.0",
        "info": {"title": "Dockproof", "version": "1", "license": {"name": "Apache-2.0"}},
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": schemas, "securitySchemes": {"device": _SIGNED}},
    }


def _operation(endpoint: str, arguments: list[str], schemas: dict[str, Any]) -> dict[str, Any]:
    view = current_app.view_functions[endpoint]
    summary = (view.__doc__ or endpoint.rpartition(".")[2].replace("_", " ")).strip().splitlines()[0]
    operation: dict[str, Any] = {
        "operationId": endpoint,
        "summary": summary,
        "responses": {
            "2XX": {"description": "done"},
            "4XX": {"description": '{"error": {"code", "message"}}; nothing was changed'},
        },
    }
    if declared_permission(endpoint) is not Permission.PUBLIC:
        operation["security"] = [{"device": []}]
    if arguments:
        operation["parameters"] = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in arguments
        ]
    model = BODIES.get(endpoint)
    if model is not None:
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(schema.pop("$defs", {}))
        schemas[model.__name__] = schema
        reference = {"$ref": f"#/components/schemas/{model.__name__}"}
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": reference}}}
    return operation
