"""The phone's API around records: sessions, enrolment, shifts, snapshot, pictures, challenges."""

from __future__ import annotations

from typing import Any, Final, TypeVar

from flask import Blueprint, Response, g, jsonify, request
from pydantic import BaseModel, Field, ValidationError

from webapp.adapters.snapshot_states import SnapshotStates
from webapp.domain.permissions import Permission
from webapp.domain.refusals import Refusal
from webapp.usecases import phones, snapshot, snapshot_delta
from webapp.usecases.lost_phones import Former, PhoneLoss
from webapp.usecases.workers import worker_view
from webapp.web.access import requires
from webapp.web.device_auth import SESSION_SECONDS, new_session
from webapp.web.pictures import picture_response
from webapp.web.services import services

Model = TypeVar("Model", bound=BaseModel)

api = Blueprint("api_enrolment", __name__, url_prefix="/api/v1")


MAX_BODY_BYTES = 64 * 1024


MOST_LOST: Final = 200
"""Films and photos that are named to a phone one by one; the desk's page names all."""


class FormerIn(BaseModel):
    device: str = Field(pattern="^[0-9a-f]{32}$")
    last_seq: int | None = Field(default=None, ge=0, le=2**53)


class Enrolment(BaseModel):
    code: str = Field(min_length=1, max_length=64)
    device_name: str = Field(max_length=200)
    public_key: str = Field(min_length=1, max_length=400)
    proof: str = Field(min_length=1, max_length=200)
    former: FormerIn | None = None


class Shift(BaseModel):
    worker: str = Field(min_length=1, max_length=64)
    pin: str = Field(min_length=1, max_length=16)


class ChallengeWish(BaseModel):
    n: int = Field(default=20, ge=1, le=20)


def server_time_ms() -> int:
    return int(services().clock.now().timestamp() * 1000)


def body(model: type[Model]) -> Model:
    """The JSON body as ``model``; refuses with ``bad_request``, which names no value (it may be a PIN)."""
    # Strangers may send here: what is read into memory stays small.
    request.max_content_length = MAX_BODY_BYTES
    try:
        return model.model_validate_json(request.get_data())
    except ValidationError:
        raise Refusal("bad_request") from None


@api.post("/sessions")
@requires(Permission.PUBLIC)
def sessions() -> Response:
    return jsonify(
        {"session": new_session(), "server_time_ms": server_time_ms(), "expires_in_s": SESSION_SECONDS}
    )


@api.post("/enrolments")
@requires(Permission.PUBLIC)
def enrolments() -> tuple[Response, int]:
    given = body(Enrolment)
    enrolment = phones.enrol(
        services().database,
        code=given.code,
        device_name=given.device_name,
        public_key=given.public_key,
        proof=given.proof,
        now=services().clock.now(),
        former=None if given.former is None else Former(given.former.device, given.former.last_seq),
    )
    answer: dict[str, Any] = {
        "device": enrolment.device_id,
        "site": snapshot.site_view(enrolment.site),
        "former": None if enrolment.loss is None else _loss_view(enrolment.loss),
        "server_time_ms": server_time_ms(),
    }
    return jsonify(answer), 201


def _loss_view(loss: PhoneLoss) -> dict[str, Any]:
    """``lost``: runs of record numbers that never came; ``captures``: announced, and the bytes are not here."""
    return {
        "name": loss.device.name,
        "last_seq": loss.last_seq,
        "lost": [list(run) for run in loss.gaps],
        "captures": [
            {
                "kind": one.kind,
                "slot": one.slot,
                "orders": list(one.orders),
                "worker": one.worker,
                "at": one.at.isoformat(timespec="milliseconds"),
                "bytes": one.bytes,
                "here": one.here,
            }
            for one in loss.unsent[:MOST_LOST]
        ],
        "more": max(0, len(loss.unsent) - MOST_LOST),
    }


@api.post("/shifts")
@requires(Permission.SHIFT_START)
def shifts() -> Response:
    given = body(Shift)
    worker = phones.start_shift(
        services().database,
        device_id=g.device_id,
        worker_id=given.worker,
        pin=given.pin,
        now=services().clock.now(),
    )
    return jsonify({"worker": worker_view(worker)})


@api.get("/snapshot")
@requires(Permission.SNAPSHOT_READ)
def read_snapshot() -> Response:
    now = services().clock.now()
    since = request.args.get("since")
    # Older phones know labels of goods by their codes.
    marks = request.args.get("skus") == "marks"
    if since is None:
        # A phone of the first release: everything, in one value.
        view = snapshot.snapshot(services().database, device_id=g.device_id, now=now, marks=marks)
    else:
        view = snapshot_delta.changes(
            services().database,
            SnapshotStates(services().settings.home),
            device_id=g.device_id,
            since=since,
            most=request.args.get("most", type=int),
            now=now,
            marks=marks,
        )
    return jsonify({**view, "server_time_ms": server_time_ms()})


@api.get("/pictures/<sha256>")
@requires(Permission.SNAPSHOT_READ)
def picture(sha256: str) -> Response:
    return picture_response(snapshot.picture_for(services().database, device_id=g.device_id, sha256=sha256))


@api.post("/challenges")
@requires(Permission.SNAPSHOT_READ)
def challenges() -> Response:
    wish = body(ChallengeWish)
    issued = phones.issue_challenges(
        services().database, device_id=g.device_id, count=wish.n, now=services().clock.now()
    )
    return jsonify(
        {
            "challenges": [
                {"id": row.id, "note": row.note, "expires": row.expires_at.isoformat(timespec="milliseconds")}
                for row in issued
            ]
        }
    )
