"""``POST /api/v1/keys``: a phone changes its key."""

from __future__ import annotations

from flask import Blueprint, Response, g, jsonify
from pydantic import BaseModel, ConfigDict, Field

from webapp.domain.evidence import MAX_INTEGER
from webapp.domain.ledger import iso_milliseconds
from webapp.domain.permissions import Permission
from webapp.usecases import device_keys
from webapp.web.access import requires
from webapp.web.api_enrolment import body
from webapp.web.services import services

api = Blueprint("api_keys", __name__, url_prefix="/api/v1")


class NewKey(BaseModel):
    model_config = ConfigDict(strict=True)

    public_key: str = Field(min_length=1, max_length=400, description="base64 of the new key's SPKI DER")
    proof: str = Field(
        min_length=1,
        max_length=200,
        description="base64url, by the new key, over dockproof-key-1, device, last_seq, public_key, LF after each",
    )
    last_seq: int = Field(
        ge=0, le=MAX_INTEGER, description="number of the last record that the old key signed"
    )


@api.post("/keys")
@requires(Permission.KEY_CHANGE)
def change_key() -> Response:
    """Puts a new key in the place of the one that signed this request; repeat it under the new key if unanswered."""
    given = body(NewKey)
    since = device_keys.rotate(
        services().database,
        device_id=g.device_id,
        public_key=given.public_key,
        proof=given.proof,
        last_seq=given.last_seq,
        signed_by=g.device_key,
        now=services().clock.now(),
    )
    return jsonify({"device": g.device_id, "since": iso_milliseconds(since)})
