"""Links, sessions, people who come and go, limits, and the audit of all that."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.usecases.test_people_and_phones import PASSWORD, Key, enrol, sign_up, site_of
from webapp.adapters.secrets import token_hash
from webapp.domain.permissions import Role
from webapp.domain.refusals import Refusal
from webapp.store.database import Database
from webapp.store.schema import AuditEvent, EnrolmentCode, Worker
from webapp.usecases import (
    audit,
    invitations,
    organisations,
    people,
    phones,
    rates,
    sessions,
    sites,
    team,
    workers,
)

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture
def chi(database: Database) -> sessions.Desk:
    return sign_up(database)


def desk(database: Database, token: str, now: datetime = NOW) -> sessions.Desk:
    found = sessions.session_user(database, token, now=now)
    assert found is not None
    return found


def joined(database: Database, owner: sessions.Desk, login: str, *roles: str) -> tuple[sessions.Desk, str]:
    token = invitations.invite(database, actor=owner, name=login.title(), roles=roles or ["clerk"], now=NOW)
    session = accept(database, token, login)
    return desk(database, session), session


def accept(database: Database, token: str, login: str, now: datetime = NOW) -> str:
    return invitations.accept(
        database, token, name=login.title(), login=login, password=PASSWORD, language="vi", now=now
    )


def second_organisation(database: Database) -> sessions.Desk:
    """Dung's, with an owner who is no administrator."""
    organisation_id = organisations.add_organisation(database, name="Dung", customer_code="DUNG", now=NOW)
    token = invitations.make_invitation(
        database,
        organisation_id=organisation_id,
        actor="cli",
        name="Dung",
        roles=frozenset({Role.OWNER}),
        now=NOW,
    )
    return desk(database, accept(database, token, "dung"))


def test_an_invitation_is_read_often_and_used_once(database: Database, chi: sessions.Desk) -> None:
    token = invitations.invite(database, actor=chi, name="An", roles=["clerk", "agent"], now=NOW)
    for _ in range(3):
        link = invitations.link(database, token, now=NOW)
        assert (link.purpose, link.organisation, link.roles) == ("join", "Chi Import", ["clerk", "agent"])
    an = desk(database, accept(database, token, "An "))
    assert (an.roles, an.organisation_id, an.language) == (
        {Role.CLERK, Role.AGENT},
        chi.organisation_id,
        "vi",
    )
    with pytest.raises(Refusal, match="link_unknown"):
        accept(database, token, "binh")
    people.sign_in(database, login="AN", password=PASSWORD, now=NOW)


def test_an_invitation_ends_by_time_and_by_revocation(database: Database, chi: sessions.Desk) -> None:
    late = invitations.invite(database, actor=chi, name="An", roles=["viewer"], now=NOW)
    with pytest.raises(Refusal, match="link_unknown"):
        accept(database, late, "an", NOW + timedelta(days=7))
    revoked = invitations.invite(database, actor=chi, name="Binh", roles=["viewer"], now=NOW)
    for one in invitations.open_links(database, actor=chi, now=NOW):
        invitations.revoke(database, actor=chi, handle=one.handle, now=NOW)
    assert invitations.open_links(database, actor=chi, now=NOW) == []
    for token in (late, revoked, "", "x" * 43):
        with pytest.raises(Refusal, match="link_unknown"):
            invitations.link(database, token, now=NOW)


@pytest.mark.parametrize(
    "change, code",
    [
        ({"login": "chi"}, "login_taken"),
        ({"login": "CHI"}, "login_taken"),
        ({"login": "a n"}, "login_format"),
        ({"password": "short"}, "password_too_short"),
        ({"password": "an.nguyen."}, "password_like_login"),
        ({"name": " "}, "name_missing"),
    ],
)
def test_a_refused_acceptance_leaves_the_link_usable(
    database: Database, chi: sessions.Desk, change: dict[str, str], code: str
) -> None:
    token = invitations.invite(database, actor=chi, name="An", roles=["clerk"], now=NOW)
    typed = {"name": "An", "login": "an.nguyen", "password": PASSWORD, "language": "vi"}
    with pytest.raises(Refusal, match=code):
        invitations.accept(database, token, **{**typed, **change}, now=NOW)
    invitations.accept(database, token, **typed, now=NOW)


@pytest.mark.parametrize(
    "roles", [[], ["administrator"], ["cn_receiver"], ["device"], ["clerk", "anonymous"]]
)
def test_only_desk_roles_that_an_owner_has_to_give_are_given(
    database: Database, chi: sessions.Desk, roles: list[str]
) -> None:
    with pytest.raises(Refusal, match="role_unknown"):
        invitations.invite(database, actor=chi, name="An", roles=roles, now=NOW)


def test_a_reset_link_ends_every_session_and_voids_the_older_link(
    database: Database, chi: sessions.Desk
) -> None:
    an, session = joined(database, chi, "an")
    older = team.reset_link(database, actor=chi, user_id=an.id, now=NOW)
    link = team.reset_link(database, actor=chi, user_id=an.id, now=NOW)
    with pytest.raises(Refusal, match="link_unknown"):
        invitations.set_password(database, older, password="another long one", now=NOW)
    assert desk(database, session) == an  # making a link does nothing yet
    fresh = invitations.set_password(database, link, password="another long one", now=NOW)
    assert sessions.session_user(database, session, now=NOW) is None
    assert desk(database, fresh) == an
    with pytest.raises(Refusal, match="sign_in_wrong"):
        people.sign_in(database, login="an", password=PASSWORD, now=NOW)
    with pytest.raises(Refusal, match="link_unknown"):
        invitations.set_password(database, link, password="a third long one", now=NOW)


def test_a_link_of_one_kind_is_not_used_as_the_other(database: Database, chi: sessions.Desk) -> None:
    an, _ = joined(database, chi, "an")
    reset = team.reset_link(database, actor=chi, user_id=an.id, now=NOW)
    with pytest.raises(Refusal, match="link_unknown"):
        accept(database, reset, "binh")
    invitation = invitations.invite(database, actor=chi, name="Binh", roles=["owner"], now=NOW)
    with pytest.raises(Refusal, match="link_unknown"):
        invitations.set_password(database, invitation, password="another long one", now=NOW)


def test_who_leaves_is_out_at_once(database: Database, chi: sessions.Desk) -> None:
    an, session = joined(database, chi, "an")
    link = team.reset_link(database, actor=chi, user_id=an.id, now=NOW)
    team.leave(database, actor=chi, user_id=an.id, now=NOW)
    assert sessions.session_user(database, session, now=NOW) is None
    with pytest.raises(Refusal, match="sign_in_wrong"):
        people.sign_in(database, login="an", password=PASSWORD, now=NOW)
    with pytest.raises(Refusal, match="link_unknown"):
        invitations.link(database, link, now=NOW)
    gone = team.members(database, actor=chi)[-1]
    assert (gone.name, gone.left_at) == ("An", NOW)


def test_who_leaves_has_left_no_door_ajar(database: Database, chi: sessions.Desk) -> None:
    """An owner who is about to be put out could make a link for later, and a code for a phone."""
    binh, _ = joined(database, chi, "binh", "owner")
    link = invitations.invite(database, actor=binh, name="Binh again", roles=["owner"], now=NOW)
    clerk, _ = joined(database, chi, "clerk")
    reset = team.reset_link(database, actor=binh, user_id=clerk.id, now=NOW)
    own = invitations.invite(database, actor=chi, name="An", roles=["clerk"], now=NOW)
    code = phones.make_code_for_site(database, site_id=site_of(database), now=NOW)
    theirs = phones.make_code_for_site(database, site_id=site_of(database), now=NOW)
    with database.write() as session:
        session.get_one(EnrolmentCode, token_hash(theirs)).created_by = binh.actor
    team.leave(database, actor=chi, user_id=binh.id, now=NOW)
    for token in (link, reset):
        with pytest.raises(Refusal, match="link_unknown"):
            invitations.link(database, token, now=NOW)
    with pytest.raises(Refusal, match="enrolment_code_unknown"):
        enrol(database, theirs, Key())
    assert invitations.link(database, own, now=NOW).name == "An"
    enrol(database, code, Key())


def test_who_may_invite_no_more_has_no_invitations_out(database: Database, chi: sessions.Desk) -> None:
    binh, _ = joined(database, chi, "binh", "owner")
    link = invitations.invite(database, actor=binh, name="Friend", roles=["owner"], now=NOW)
    team.set_roles(database, actor=chi, user_id=binh.id, roles=["owner", "clerk"], now=NOW)
    assert invitations.link(database, link, now=NOW).name == "Friend"
    team.set_roles(database, actor=chi, user_id=binh.id, roles=["viewer"], now=NOW)
    with pytest.raises(Refusal, match="link_unknown"):
        invitations.link(database, link, now=NOW)


def test_the_last_owner_stays(database: Database, chi: sessions.Desk) -> None:
    with pytest.raises(Refusal, match="last_owner"):
        team.leave(database, actor=chi, user_id=chi.id, now=NOW)
    with pytest.raises(Refusal, match="last_owner"):
        team.set_roles(database, actor=chi, user_id=chi.id, roles=["clerk"], now=NOW)
    an, _ = joined(database, chi, "an", "owner")
    team.set_roles(database, actor=chi, user_id=an.id, roles=["clerk"], now=NOW)
    with pytest.raises(Refusal, match="last_owner"):
        team.leave_by_login(database, login="chi", now=NOW)


def test_an_owner_does_not_become_an_administrator_by_a_reset_link(
    database: Database, chi: sessions.Desk
) -> None:
    """Chi holds the printed link's administrator role; An owns the same organisation and does not."""
    assert chi.roles == {Role.OWNER, Role.ADMINISTRATOR}
    an, _ = joined(database, chi, "an", "owner")
    verbs = (team.reset_link, team.leave, team.sign_out_everywhere)
    for verb in verbs:
        with pytest.raises(Refusal, match="person_out_of_reach"):
            verb(database, actor=an, user_id=chi.id, now=NOW)
    team.set_roles(database, actor=chi, user_id=chi.id, roles=["owner", "agent"], now=NOW)
    held = {one.id: one.roles for one in team.members(database, actor=chi)}
    assert held[chi.id] == [Role.OWNER, Role.AGENT, Role.ADMINISTRATOR]


def test_members_of_one_instant_stand_by_name(database: Database, chi: sessions.Desk) -> None:
    """A random id must not decide: two people imported at once would change places from run to run."""
    for login in ("lan", "binh", "hoa"):
        joined(database, chi, login)
    assert [one.name for one in team.members(database, actor=chi)] == ["Binh", "Chi", "Hoa", "Lan"]


def test_another_organisations_people_and_links_do_not_exist(database: Database, chi: sessions.Desk) -> None:
    dung = second_organisation(database)
    an, _ = joined(database, chi, "an")
    invitations.invite(database, actor=chi, name="Binh", roles=["clerk"], now=NOW)
    handle = invitations.open_links(database, actor=chi, now=NOW)[0].handle
    assert {one.login for one in team.members(database, actor=dung)} == {"dung"}
    assert invitations.open_links(database, actor=dung, now=NOW) == []
    for verb in (team.reset_link, team.leave, team.sign_out_everywhere):
        with pytest.raises(Refusal, match="person_unknown"):
            verb(database, actor=dung, user_id=an.id, now=NOW)
    with pytest.raises(Refusal, match="person_unknown"):
        team.set_roles(database, actor=dung, user_id=an.id, roles=["viewer"], now=NOW)
    with pytest.raises(Refusal, match="link_unknown"):
        invitations.revoke(database, actor=dung, handle=handle, now=NOW)


def test_sessions_are_listed_and_ended_one_by_one(database: Database, chi: sessions.Desk) -> None:
    agent = "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"
    here = people.sign_in(database, login="chi", password=PASSWORD, user_agent=agent, now=NOW)
    there = people.sign_in(database, login="chi", password=PASSWORD, now=NOW + timedelta(minutes=1))
    me = desk(database, here)
    listed = sessions.sessions_of(database, actor=me, now=NOW)
    assert len(listed) == 3
    assert [(one.browser, one.current) for one in listed if one.current] == [("Firefox · Windows", True)]
    sessions.end_session(database, actor=me, handle=desk(database, there).session, now=NOW)
    assert sessions.session_user(database, there, now=NOW) is None
    assert desk(database, here) == me
    with pytest.raises(Refusal, match="session_unknown"):
        sessions.end_session(database, actor=me, handle=desk(database, here).session[:4], now=NOW)
    an, of_an = joined(database, chi, "an")
    with pytest.raises(Refusal, match="session_unknown"):
        sessions.end_session(database, actor=me, handle=an.session, now=NOW)
    assert sessions.end_own_sessions(database, actor=me, now=NOW) == 2
    assert sessions.session_user(database, here, now=NOW) is None
    assert desk(database, of_an) == an


def test_a_sign_in_replaces_the_session_that_the_browser_carried(
    database: Database, chi: sessions.Desk
) -> None:
    old = people.sign_in(database, login="chi", password=PASSWORD, now=NOW)
    new = people.sign_in(database, login="chi", password=PASSWORD, replaces=old, now=NOW)
    assert sessions.session_user(database, old, now=NOW) is None
    assert desk(database, new) == chi


def test_last_use_is_known_to_ten_minutes(database: Database, chi: sessions.Desk) -> None:
    token = people.sign_in(database, login="chi", password=PASSWORD, now=NOW)
    for minutes, seen in ((9, 0), (10, 10), (19, 10), (21, 21)):
        at = NOW + timedelta(minutes=minutes)
        me = desk(database, token, at)
        found = next(one for one in sessions.sessions_of(database, actor=me, now=at) if one.current)
        assert found.seen_at == NOW + timedelta(minutes=seen)


def test_a_changed_password_keeps_only_this_browser(database: Database, chi: sessions.Desk) -> None:
    here = people.sign_in(database, login="chi", password=PASSWORD, now=NOW)
    there = people.sign_in(database, login="chi", password=PASSWORD, now=NOW)
    me = desk(database, here)
    with pytest.raises(Refusal, match="password_wrong"):
        people.change_password(database, actor=me, current="guess", new="another long one", now=NOW)
    with pytest.raises(Refusal, match="password_common"):
        people.change_password(database, actor=me, current=PASSWORD, new="password123", now=NOW)
    people.change_password(database, actor=me, current=PASSWORD, new="another long one", now=NOW)
    assert desk(database, here) == me
    assert sessions.session_user(database, there, now=NOW) is None


def test_many_tries_for_one_login_are_refused_whoever_it_is(database: Database, chi: sessions.Desk) -> None:
    """Also for a login that nobody has: the answer must not say which exist. A restart forgives nothing."""
    told = {
        login: [guessed(database, login) for _ in range(rates.SIGN_IN.count)] for login in ("nobody", "chi")
    }
    assert told["nobody"] == told["chi"] == ["sign_in_wrong"] * 5 + ["sign_in_locked"] * 15
    again = Database(str(database.url))
    with pytest.raises(Refusal, match="too_many_requests") as refused:
        people.sign_in(again, login=" NOBODY", password="guess", now=NOW + timedelta(minutes=1))
    assert refused.value.vars == {"seconds": 14 * 60, "minutes": 14}
    with pytest.raises(Refusal, match="sign_in_wrong"):
        people.sign_in(again, login="nobody", password="guess", now=NOW + timedelta(minutes=15))


def guessed(database: Database, login: str) -> str:
    with pytest.raises(Refusal) as refused:
        people.sign_in(database, login=login, password="guess", now=NOW)
    return refused.value.code


def test_guesses_in_parallel_all_count(database: Database, chi: sessions.Desk) -> None:
    """Counted before judged: else twelve guesses at once would be twelve free ones."""
    codes: list[str] = []

    def guess() -> None:
        try:
            people.sign_in(database, login="chi", password="guess", now=NOW)
        except Refusal as refusal:
            codes.append(refusal.code)

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (codes.count("sign_in_wrong"), codes.count("sign_in_locked")) == (5, 7)


def test_a_phone_may_try_only_so_many_shifts(
    database: Database, chi: sessions.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "SHIFT", rates.Limit(2, timedelta(minutes=5)))
    code = phones.make_enrolment_code(database, actor=chi, site_id=site_of(database), now=NOW)
    device = enrol(database, code, Key()).device_id
    for expected in ("worker_unknown", "worker_unknown", "too_many_requests"):
        with pytest.raises(Refusal, match=expected):
            phones.start_shift(database, device_id=device, worker_id="0" * 32, pin="1234", now=NOW)


def add_an(database: Database, actor: sessions.Desk, site: str) -> str:
    return workers.add_worker(
        database, actor=actor, site_id=site, name="An", roles=["cn_receiver", "cn_qc"], pin="2468", now=NOW
    )


def test_a_worker_changes_tasks_and_pin_and_leaves(database: Database, chi: sessions.Desk) -> None:
    an = add_an(database, chi, site_of(database))
    code = phones.make_enrolment_code(database, actor=chi, site_id=site_of(database), now=NOW)
    device = enrol(database, code, Key()).device_id
    started = phones.start_shift(database, device_id=device, worker_id=an, pin="2468", now=NOW)
    assert workers.worker_view(started)["roles"] == ["cn_receiver", "cn_qc"]
    workers.set_roles(database, actor=chi, worker_id=an, roles=["cn_loader"], now=NOW)
    workers.set_pin(database, actor=chi, worker_id=an, pin="8642", now=NOW)
    with pytest.raises(Refusal, match="pin_wrong"):
        phones.start_shift(database, device_id=device, worker_id=an, pin="2468", now=NOW)
    assert phones.start_shift(database, device_id=device, worker_id=an, pin="8642", now=NOW).roles == {
        Role.CN_LOADER
    }
    workers.leave(database, actor=chi, worker_id=an, now=NOW)
    with pytest.raises(Refusal, match="worker_unknown"):
        phones.start_shift(database, device_id=device, worker_id=an, pin="8642", now=NOW)


def test_at_a_shared_site_only_the_administrator_runs_phones_and_workers(
    database: Database, chi: sessions.Desk
) -> None:
    dung, site = second_organisation(database), site_of(database)
    an = add_an(database, chi, site)
    with pytest.raises(Refusal, match="site_unknown"):
        add_an(database, dung, site)
    with pytest.raises(Refusal, match="worker_unknown"):
        workers.leave(database, actor=dung, worker_id=an, now=NOW)
    sites.serve_organisation(
        database, actor=chi.actor, site_id=site, organisation_id=dung.organisation_id, now=NOW
    )
    with pytest.raises(Refusal, match="site_shared"):
        workers.leave(database, actor=dung, worker_id=an, now=NOW)
    with pytest.raises(Refusal, match="site_shared"):
        phones.make_enrolment_code(database, actor=dung, site_id=site, now=NOW)
    view = phones.phones_for(database, actor=dung)
    assert [(one.mine, one.workers, one.devices) for one in view] == [(False, [], [])]
    assert [len(one.workers) for one in phones.phones_for(database, actor=chi)] == [1]
    workers.leave(database, actor=chi, worker_id=an, now=NOW)
    sites.stop_serving(database, actor=chi.actor, site_id=site, organisation_id=dung.organisation_id, now=NOW)
    assert phones.phones_for(database, actor=dung) == []


def test_the_audit_says_who_did_what_and_nothing_secret(database: Database, chi: sessions.Desk) -> None:
    token = invitations.invite(database, actor=chi, name="An", roles=["clerk"], now=NOW)
    session = accept(database, token, "an")
    an = desk(database, session)
    with pytest.raises(Refusal, match="sign_in_wrong"):
        people.sign_in(database, login="an", password="typed by mistake", now=NOW)
    reset = team.reset_link(database, actor=chi, user_id=an.id, now=NOW)
    add_an(database, chi, site_of(database))
    team.leave(database, actor=chi, user_id=an.id, now=NOW)
    lines = audit.read(database, actor=chi).lines
    said = {(line.actor, line.action, line.subject) for line in lines}
    assert {
        ("Chi", "signed_in", "Chi"),
        ("Chi", "invitation.made", "Chi Import"),
        ("An", "invitation.accepted", "An"),
        ("unknown", "sign_in.failed", "An"),
        ("Chi", "person.left", "An"),
        ("Chi", "worker.added", "An"),
    } <= said
    with database.read() as rows:
        stored = repr(
            [(e.actor, e.action, e.subject, e.details) for e in rows.scalars(select(AuditEvent))]
            + [w.pin_hash for w in rows.scalars(select(Worker))]
        )
    for secret in (token, session, reset, PASSWORD, "typed by mistake", "2468"):
        assert secret not in stored


def test_the_audit_is_filtered_and_paged(database: Database, chi: sessions.Desk) -> None:
    an, _ = joined(database, chi, "an", "owner")
    for day in range(60):
        people.sign_in(database, login="chi", password=PASSWORD, now=NOW + timedelta(days=day))
    first = audit.read(database, actor=chi)
    assert len(first.lines) == audit.PAGE and first.older is not None
    second = audit.read(database, actor=chi, before=first.older)
    assert {one.id for one in first.lines}.isdisjoint(one.id for one in second.lines)
    assert second.older is None
    by_an = audit.read(database, actor=chi, person=an.id).lines
    assert {line.actor for line in by_an} == {"An"}
    invited = audit.read(database, actor=chi, group="people").lines
    assert {line.action for line in invited} == {
        "invitation.made",
        "invitation.accepted",
        "organisation.made",
    }
    window = audit.read(
        database, actor=chi, since=NOW + timedelta(days=3), until=NOW + timedelta(days=5)
    ).lines
    assert [line.at for line in window] == [NOW + timedelta(days=4), NOW + timedelta(days=3)]


def test_an_owner_reads_only_the_own_organisations_audit(database: Database, chi: sessions.Desk) -> None:
    dung = second_organisation(database)
    sites.add_site(database, actor="cli", name="VN-1", kind="vn_warehouse", now=NOW)
    assert "site.added" in {line.action for line in audit.read(database, actor=chi).lines}
    own = audit.read(database, actor=dung).lines
    assert own and {line.actor for line in own} <= {"Dung", "cli"}
    assert "site.added" not in {line.action for line in own}
