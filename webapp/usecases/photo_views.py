"""A photo as the desk shows it: what it is of, who made it when, the small picture and the untouched original."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from webapp.domain.file_types import plain, same_type
from webapp.domain.refusals import Refusal
from webapp.store import claims, held, unsent
from webapp.store import dock as rows
from webapp.store.database import Database
from webapp.store.schema import Parcel
from webapp.store.schema_dock import DockFact, Photo

_ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
    "video/mp4": "mp4",
    "video/webm": "webm",
}


@dataclass(frozen=True)
class PhotoView:
    """``stored_mime``: what the bytes here are, None while they are not; ``small``: hash of the small picture;
    ``lost``: its phone's storage was cleared before the photo was here."""

    fact: DockFact
    photo: Photo
    worker: str | None
    stored_mime: str | None
    small: str | None
    lost: bool = False

    @property
    def slots(self) -> tuple[str, ...]:
        return (self.fact.slot or "", *(self.fact.said.get("also") or "").split())

    @property
    def kind(self) -> str:
        """``JPEG``, ``HEIC`` …: what a person calls the file."""
        return plain(self.stored_mime or self.photo.mime).partition("/")[2].upper()

    @property
    def type_differs(self) -> bool:
        return self.stored_mime is not None and not same_type(self.stored_mime, self.photo.mime)

    @property
    def file_name(self) -> str:
        ending = _ENDINGS.get(plain(self.stored_mime or ""), "bin")
        return f"{self.fact.slot}-{self.fact.id}.{ending}"


def photo_views(
    session: Session, facts: Iterable[DockFact], names: Mapping[str, str]
) -> dict[str, PhotoView]:
    """By record id, of the facts that are photos."""
    pictures = [fact for fact in facts if fact.kind == "photo"]
    photos = rows.photos(session, [fact.id for fact in pictures])
    hashes = {photo.file_sha256 for photo in photos.values()}
    mimes, small = rows.mimes(session, hashes), rows.thumbnails(session, hashes)
    waiting = {photo.device_id for photo in photos.values() if photo.file_state != "verified"}
    cleared = unsent.successors(session, waiting)
    return {
        fact.id: PhotoView(
            fact,
            photos[fact.id],
            names.get(fact.worker_id or ""),
            mimes.get(photos[fact.id].file_sha256),
            small.get(photos[fact.id].file_sha256),
            lost=photos[fact.id].file_state != "verified" and photos[fact.id].device_id in cleared,
        )
        for fact in pictures
        if fact.id in photos
    }


def photo_view(database: Database, *, organisation_id: str, photo_id: str) -> PhotoView:
    """Raises ``photo_unknown``, also for another organisation's.

    A photo of a parcel that nobody knows yet is seen by the organisations that its site serves.
    """
    with database.read() as session:
        fact = session.get(DockFact, photo_id)
        if fact is None or fact.kind != "photo" or not _may_see(session, fact, organisation_id):
            raise Refusal("photo_unknown")
        names = rows.worker_names(session, {fact.worker_id} if fact.worker_id else ())
        return photo_views(session, [fact], names)[photo_id]


def _may_see(session: Session, fact: DockFact, organisation_id: str) -> bool:
    if fact.parcel_id is not None:
        return session.get_one(Parcel, fact.parcel_id).organisation_id == organisation_id
    if fact.order_id is not None:
        return rows.organisation_of_order(session, fact.order_id) == organisation_id
    about = str(fact.said.get("about") or "")
    hold = held.hold_of(session, about)
    if hold is None:
        return claims.importer_of_handover(session, about) == organisation_id
    if hold.matched_parcel_id is not None:
        return session.get_one(Parcel, hold.matched_parcel_id).organisation_id == organisation_id
    return held.serves(session, hold.site_id, organisation_id)
