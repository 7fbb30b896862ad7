"""WebAuthn: what a browser is asked for, and whether its answer is true. Nothing here is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

_TIMEOUT_MS = 120_000


class CeremonyFailed(Exception):
    """The browser's answer is malformed, not for us, or not signed by the key."""


@dataclass(frozen=True)
class RelyingParty:
    """``id`` is a host name (never an address); ``origin`` is what the browser must name, scheme and port included."""

    id: str
    origin: str


@dataclass(frozen=True)
class NewKey:
    credential_id: str
    public_key: bytes
    sign_count: int


def registration_options(
    party: RelyingParty, *, challenge: bytes, user_id: str, login: str, name: str, known: Sequence[str]
) -> str:
    """JSON for ``navigator.credentials.create``: a key that the authenticator keeps, unlocked by the person."""
    options = generate_registration_options(
        rp_id=party.id,
        rp_name="Dockproof",
        user_id=user_id.encode("ascii"),
        user_name=login,
        user_display_name=name,
        challenge=challenge,
        timeout=_TIMEOUT_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in known],
    )
    return options_to_json(options)


def authentication_options(party: RelyingParty, *, challenge: bytes) -> str:
    """JSON for ``navigator.credentials.get``: any key that this browser knows for us; nobody is named."""
    options = generate_authentication_options(
        rp_id=party.id,
        challenge=challenge,
        timeout=_TIMEOUT_MS,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


def verify_registration(party: RelyingParty, *, challenge: bytes, answer: str) -> NewKey:
    """Raises ``CeremonyFailed``."""
    try:
        found = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except Exception as problem:  # whatever a stranger's JSON, CBOR or key makes a parser raise
        raise CeremonyFailed from problem
    return NewKey(bytes_to_base64url(found.credential_id), found.credential_public_key, found.sign_count)


def verify_sign_in(
    party: RelyingParty, *, challenge: bytes, answer: str, public_key: bytes, sign_count: int
) -> int:
    """The key's new sign count. Raises ``CeremonyFailed``, also when the count went backwards (a copied key)."""
    try:
        found = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except Exception as problem:  # whatever a stranger's JSON, CBOR or key makes a parser raise
        raise CeremonyFailed from problem
    return found.new_sign_count
