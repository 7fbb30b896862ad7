"""The OpenAPI document of the phone's API, made from the routes and their models."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, current_app, jsonify
from pydantic import BaseModel

from webapp.domain.permissions import Permission
from webapp.web import api_spec_tus
from webapp.web.access import declared_permission, requires
from webapp.web.api_enrolment import ChallengeWish, Enrolment, Shift
from webapp.web.api_keys import NewKey
from webapp.web.api_models import RecordsIn, RecordsOut, RefusedOut

api = Blueprint("api_spec", __name__, url_prefix="/api/v1")

BODIES: dict[str, type[BaseModel]] = {
    "api_enrolment.enrolments": Enrolment,
    "api_enrolment.shifts": Shift,
    "api_enrolment.challenges": ChallengeWish,
    "api_keys.change_key": NewKey,
    "api_records.send_records": RecordsIn,
}

ANSWERS: dict[str, type[BaseModel]] = {"api_records.send_records": RecordsOut}

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
        # Werkzeug adds HEAD to every GET; only the uploads' own says something else than its GET.
        implied = {"HEAD", "OPTIONS"} if "GET" in (rule.methods or set()) else {"OPTIONS"}
        for method in sorted((rule.methods or set()) - implied):
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
        "responses": _responses(endpoint, schemas),
    }
    if declared_permission(endpoint) is not Permission.PUBLIC:
        operation["security"] = [{"device": []}]
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in arguments
    ]
    parameters += api_spec_tus.HEADERS.get(endpoint, [])
    if parameters:
        operation["parameters"] = parameters
    model = BODIES.get(endpoint)
    if model is not None:
        operation["requestBody"] = {"required": True, **_json(_reference(model, schemas))}
    elif endpoint in api_spec_tus.SENT:
        operation["requestBody"] = api_spec_tus.BODY
    return operation


def _responses(endpoint: str, schemas: dict[str, Any]) -> dict[str, Any]:
    model = ANSWERS.get(endpoint)
    done = {} if model is None else _json(_reference(model, schemas))
    if endpoint == "api_files.head":  # an answer to HEAD has no body, whatever it says
        return {"2XX": {"description": "done"}, "4XX": {"description": "refused"}}
    refused = _json(_reference(RefusedOut, schemas))
    return {
        "2XX": {"description": "done", **done},
        "4XX": {"description": "nothing was changed", **refused},
        "507": {"description": "the server's disk is full; try again later", **refused},
    }


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def _reference(model: type[BaseModel], schemas: dict[str, Any]) -> dict[str, Any]:
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schema.pop("$defs", {}))
    schemas[model.__name__] = schema
    return {"$ref": f"#/components/schemas/{model.__name__}"}
