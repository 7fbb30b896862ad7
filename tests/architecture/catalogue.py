"""The catalogues of words against each other and against the sources: `python -m tests.architecture.catalogue`.

Equal keys and placeholders in each language; every key that the sources ask for is there; no key is left over.
"""

import json
import re
import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from tests.architecture.places import ROOT, source_files

LANGUAGES = ("en", "zh_CN", "vi")

# Keys that are put together at run time: prefix → who does it. Everything else must stand in a source as a whole.
DYNAMIC = {
    "draw_check.differs_": "what differs in a draw (domain/draw_check.Difference)",
    "handover.from_": "from when a notice period counts (usecases/handovers.NOTICE_FROM)",
    "channel.why_": "why a channel is closed, late or waits (domain/channels.py)",
    "claim_reason.": "reason codes (domain/claim_recipes.py)",
    "claim_gate.": "what must be together (domain/gates.py)",
    "claim_field.": "fields of a claim's form (domain/claim_recipes.py)",
    "claim_choice.": "answers on a claim's form (domain/claim_recipes.py)",
    "claim.type_": "the 16 types (domain/claim_recipes.py)",
    "claim.todo_": "who has to make it",
    "claim.stage_": "where it went wrong",
    "claim.situation_": "A or B (DT-1)",
    "claim.path_": "how money comes back (domain/remedies.paths)",
    "claim.party_": "who answers (domain/responsibility.PARTIES)",
    "claim.solution_": "answers of an agent (domain/claim_states.SOLUTIONS)",
    "claim.outcome_": "rulings (domain/claim_states.OUTCOMES)",
    "claim.note_": "what weakens a count (domain/responsibility.py)",
    "claim.hint_": "advice of a type (domain/claim_recipes.py)",
    "claim.flip_": "why the platform has no say (domain/situation.py)",
    "claim.filer_": "who files (DT-2)",
    "claim.channel_": "whom one may ask (domain/channels.channels)",
    "claim.because_": "why a party answers (domain/responsibility.py, usecases/dock_findings.py)",
    "claim.about_": "a claim's type (domain/claim_recipes.py)",
    "burning.band_": "how soon a clock burns (web/pages_alerts.py)",
    "burning.kind_": "where a person is told (usecases/alert_targets.KINDS)",
    "changed_mind.": "why a path without a reason is closed (domain/taobao.py)",
    "terms.qc_": "what a basic check covers (domain/order_terms.BASIC_QC)",
    "terms.kind_": "kinds of order (domain/order_terms.ORDER_KINDS)",
    "terms.hint_": "what is worth doing before an order (domain/order_terms.hints)",
    "terms.category_": "kinds of goods (domain/order_terms.CATEGORIES)",
    "terms.ask_": "a question about terms (domain/order_terms.Terms)",
    "terms.answer_": "an answer about terms (domain/order_terms.ANSWERS)",
    "supplier.level_": "strength of a claim's evidence (usecases/supplier_record.LEVELS)",
    "supplier.chart_": "a chart (web/pages_suppliers.py)",
    "pre_filing.": "questions before filing and what follows (domain/pre_filing.py)",
    "papers.purpose_": "what a transfer covers (domain/folders.PURPOSES)",
    "papers.empty_": "an empty folder (domain/folders.Folder)",
    "papers.attribute_": "what is agreed usually (templates/papers/papers.html)",
    "papers.agreement_": "where something was agreed (domain/folders.AGREEMENT_KINDS)",
    "paper.kind_": "a kind of document (domain/folders.DOCUMENT_KINDS)",
    "moment.": "a line of the timeline (domain/timeline.py)",
    "accounts.losses_": "how claims fared by whose account it is (store/account_losses.Losses)",
    "message.gate_": "what a notice to the factory lacks (domain/gates.message_findings)",
    "message.via_": "how a message went out (usecases/messages.VIAS)",
    "message.slot_": "a place in a message (domain/messages.TEMPLATES)",
    "message.remedy_": "a proposal (domain/messages.REMEDIES)",
    "message.name_": "a message's name (domain/messages.TEMPLATES)",
    "message.about_": "what a message is for (domain/messages.TEMPLATES)",
    "lint.": "what a record lacks (domain/completeness.py)",
    "letter.": "messages in the words of another (domain/messages.py)",
    "folder.": "the four folders (domain/folders.Folder)",
    "fee.unknown_": "what an agent does not publish (domain/fees.py)",
    "fee.reading_": "how fee bands are read (domain/fees.Reading)",
    "fee.line_": "a line of a fee quote (domain/fees.Line)",
    "fee.case_": "what kind of return it is (web/pages_fees.py)",
    "fee.boundary_": "how a shared bound of fee bands is read (domain/fees.Boundary)",
    "amount.": "what an agent's profile names (domain/rulebook.Amount)",
    "audit.action.": "what an audit event says was done (store/audit.py)",
    "audit.fact.": "the details of an audit event (store/audit.py)",
    "board.owner_": "whose account it is (domain/board_filters.OWNERS)",
    "board.sort_": "how the board is sorted (domain/board_filters.SORTS)",
    "board.start_": "whether a clock's start is proven (domain/board_filters.STARTS)",
    "board.state_": "an order's state (domain/progress.OrderState)",
    "board.urgency_": "how near a deadline is (domain/board_filters.URGENCIES)",
    "accounts.guess_": "why we guess an account's owner (domain/account_owner.py)",
    "care.films_": "over which line films go (store/settings.js)",
    "care.install_": "how an app comes to the home screen (device/install.js)",
    "checks.group_": "groups of phrases (domain/phrases.py)",
    "clock.cause_": "what moved a clock (usecases/clocks.py)",
    "clock.fact_": "kinds of dated facts (domain/clock_facts.KINDS)",
    "clock.group_": "groups of them in the form (web/order_page.FACT_KINDS)",
    "clock.note.": "what limits a clock (domain/order_clocks.py, claim_clocks.py)",
    "clock.place_": "what of an order a clock is about (usecases/clock_panel.py)",
    "clock.task_": "what the desk should do (domain/desk_tasks.py)",
    "rules.boundary_": "whether a window is closed at its very end (domain/rulebook.Boundary)",
    "rules.count_": "from when hours are counted (domain/rulebook.CountFrom)",
    "rules.field_": "numbers of a rule (usecases/rulebook_edits.py)",
    "rules.scope_": "whom a profile binds (domain/rulebook.Scope)",
    "rules.unit_": "units of amounts (domain/rulebook.AMOUNT_UNITS)",
    "switch.": "readings that an importer chooses, and their values (domain/switches.py)",
    "clock.source.": "where a clock's start comes from (domain/deadlines.py)",
    "clock.state.": "a clock's state (domain/deadlines.py)",
    "count.show_": "what a step of a take shows (core/take_steps.js)",
    "count.step_": "a step of a take (core/take_steps.js)",
    "count.warn_": "what went wrong during a take (screens/take_screen.js)",
    "count.why_": "why a step of a take is asked (core/take_steps.js)",
    "defect.": "what may be wrong with a unit (domain/defects.DEFECTS)",
    "defect_class.": "how bad a defect is (domain/record_kinds.DEFECT_CLASSES)",
    "enrol.can_": "what a phone's check found (device/capabilities.js)",
    "enrol.cannot_": "what a phone's check found missing (device/capabilities.js)",
    "error.": "the code of a Refusal or of an HTTP error (web/errors.py)",
    "finding.": "the code of a record's Finding (usecases/record_findings.py, side_files.py, record_projections.py)",
    "find.kind_": "what led to an order (usecases/find.Kind)",
    "find.label_": "what a label is on (store/schema.Label.kind)",
    "import.field_": "what a column may hold (domain/import_mapping.FIELDS)",
    "import.notice_": "what is odd about a whole file (domain/import_notices.py)",
    "import.platform_": "where orders were placed (domain/import_mapping.PLATFORMS)",
    "import.row.": "why a row stayed out (domain/order_cells.py, order_rows.py, order_sheet.py)",
    "import.state_": "where an import stands (domain/import_states.py)",
    "label.caption_": "a label's captions, in zh and vi (adapters/label_sheets.py)",
    "label.warning_": "why a label will not open (adapters/label_sheets.warnings)",
    "party.": "who must act, from the rulebook's TOML",
    "photo.problem_": "why a picture was not taken (device/photo.js, screens/viewfinder.js)",
    "quarantine.kind_": "what a blocked phone sent (domain/record_kinds.KINDS)",
    "phrase.": "special checks (domain/phrases.py)",
    "phone_check.name_": "one of the checks (web/pages_lan.CHECKS)",
    "phone_check.next_": "what to do after a verdict (screens/phone_check.verdictOf)",
    "phone_check.no_": "what to do when a check fails (web/pages_lan.CHECKS)",
    "phone_check.trial_": "how the 20-second check ended (device/phone_trial.js)",
    "phone_check.verdict_": "what a phone can do (screens/phone_check.verdictOf)",
    "plan.about_": "a plan's depth (domain/receiving_plan.py)",
    "plan.depth_": "a plan's depth (domain/receiving_plan.py)",
    "plan.step_": "a step that a plan asks (domain/receiving_plan.py)",
    "plans.scope_": "a decision's scope (domain/receiving_plan.py)",
    "profile.": "the rulebook's profiles, named after their files",
    "recourse.": "what is left when a window is over (domain/deadlines.py)",
    "redraw_reason.": "why a sample is drawn again (domain/defects.REDRAW_REASONS)",
    "rule.": "a rule's id from the rulebook's TOML, then .name or .missed",
    "scan.camera_": "why a camera did not open (device/camera.js)",
    "status.line_": "why a pasted status line was refused (domain/status_times.py)",
    "sync.problem_": "why a capture is not safe (screens/capture_state.js)",
    "sync.todo_": "what to do before a phone is put away (core/safety.js)",
    "sync.why_": "why a phone is not safe (core/safety.js)",
    "sync.state_": "how far a capture has come (screens/capture_state.js)",
    "claim.event_": "a step of a claim (domain/claim_states.EVENTS)",
    "claim.state_": "where a claim stands (domain/claim_states.STATES)",
    "shares.audience_": "whom a link is for (usecases/shares.AUDIENCES)",
    "shares.state_": "whether a link still opens (usecases/shares.state_of)",
    "agents.step_": "what an agent says of a case (usecases/agent_cases.STEPS)",
    "verdict.": "what QC decides (domain/record_kinds.VERDICTS)",
    "verdict_reason.": "why QC decides so (domain/defects.VERDICT_REASONS)",
    "board.counted_": "in which country an order was counted (store/board.counted_at)",
    "notice.kind_": "what the account holder is told at once (usecases/notices.py)",
    "receiving.target_": "what lay on the scale (domain/record_kinds.WEIGHED)",
    "take.break_": "what broke into a take (core/interruptions.js)",
    "take.cut_": "why a take ended early (screens/done.js)",
    "attribute.": "what is measured (core/guides.ATTRIBUTES)",
    "evidence.name_": "what proves a discrepancy (core/table_evidence.js)",
    "evidence.show_": "what must be seen of it (core/table_evidence.js)",
    "guide.name_": "a step of a guided capture (core/guides.js)",
    "guide.show_": "what such a step shows (core/guides.js)",
    "measure.": "a field or the outcome of a measurement (screens/measure.js)",
    "result.": "what became of a press (screens/result_card.js)",
    "sample.unit_": "where a unit of a sample stands (screens/sample_view.js)",
    "courier.": "who brought the parcels (screens/gate_slip.js)",
    "delivery.outcome_": "how a delivery ended (domain/record_kinds.DELIVERY)",
    "delivery_reason.": "what is noted on a receipt, or why it was refused (screens/delivery.js)",
    "discrepancy.": "what is wrong with a parcel (domain/record_kinds.DISCREPANCIES)",
    "lists.": "the first screen's lists (store/worklists.js)",
    "outer.": "outer condition of a parcel (domain/record_kinds.OUTER)",
    "receive.aim_": "what the camera is to see (screens/parcel_flow.js)",
    "receive.do_": "what comes next (screens/parcel_flow.js)",
    "receive.raised_": "why a plan was raised (core/receiving.js)",
    "receive.title_": "what comes next, as a title (screens/parcel_flow.js)",
    "scan.photo_": "why no code came out of a photo (device/code_picture.js)",
    "skip_reason.": "why a step was left out (screens/parcel_flow.js)",
    "slot.": "what a picture shows (domain.md 4.1)",
    "step.": "a step of receiving (core/receiving.js)",
    "step_state.": "where a step stands (core/receiving.js)",
    "tape.": "a parcel's tape (domain/record_kinds.TAPE)",
    "weigh.unit_": "what a scale shows (domain/record_kinds.WEIGHT_UNITS)",
    "why.": "one reason for a step (screens/why.js)",
}

_PLACEHOLDER = re.compile(r"\{([a-z_0-9]+)\}")
_LITERAL_CALL = re.compile(r"""(?<![\w.])(?:t|this\.t)\(\s*(["'`])([A-Za-z0-9_.-]+)\1\s*[,)]""")
_COMPOSED_CALL = re.compile(r"""(?<![\w.])t\(\s*(?:f?(["'`])([A-Za-z0-9_.-]*)(?:\$?\{|\1\s*[+~]))""")
_QUOTED = re.compile(r"""["'`]([a-z][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)+)["'`]""")
_REFUSAL = re.compile(r"""\bRefusal\(\s*["']([a-z0-9_]+)["']""")


def read_catalogues(root: Path) -> dict[str, dict[str, str]]:
    """Language → key → sentence. Raises ValueError on a key that stands twice."""
    folder = root / "webapp" / "words"
    return {
        language: json.loads((folder / f"{language}.json").read_text("utf-8"), object_pairs_hook=_once)
        for language in LANGUAGES
    }


def _once(pairs: list[tuple[str, str]]) -> dict[str, str]:
    keys = [key for key, _ in pairs]
    twice = sorted({key for key in keys if keys.count(key) > 1}) if len(set(keys)) < len(keys) else []
    if twice:
        raise ValueError(f"keys that stand twice: {', '.join(twice)}")
    return dict(pairs)


def compare(catalogues: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Findings between the languages: missing keys, empty sentences, unequal placeholders."""
    keys = set().union(*catalogues.values())
    for key in sorted(keys):
        sentences = {language: words[key] for language, words in catalogues.items() if key in words}
        for language in sorted(set(catalogues) - set(sentences)):
            yield f"{key}: missing in {language}"
        for language, sentence in sentences.items():
            if not sentence.strip():
                yield f"{key}: empty in {language}"
        names = {
            language: frozenset(_PLACEHOLDER.findall(sentence)) for language, sentence in sentences.items()
        }
        if len(set(names.values())) > 1:
            listed = "; ".join(f"{language} {sorted(found)}" for language, found in names.items())
            yield f"{key}: placeholders differ: {listed}"


def check_sources(
    keys: set[str], sources: Mapping[str, str], dynamic: Collection[str] = tuple(DYNAMIC)
) -> Iterator[str]:
    """Findings between catalogue and sources (path → text): asked for but missing, there but never asked for."""
    mentioned: set[str] = set()
    for path, text in sources.items():
        mentioned.update(_QUOTED.findall(text))
        wanted = {match[1] for match in _LITERAL_CALL.findall(text)}
        wanted |= {f"error.{code}" for code in _REFUSAL.findall(text)}
        mentioned |= wanted
        for key in sorted(wanted - keys):
            yield f"{path}: {key} is in no catalogue"
        for _, start in _COMPOSED_CALL.findall(text):
            if not start.startswith(tuple(dynamic)):
                yield f"{path}: t({start!r} …) is put together at run time; declare its prefix in DYNAMIC"
    for prefix in dynamic:
        if not any(key.startswith(prefix) for key in keys):
            yield f"{prefix}: declared in DYNAMIC, and no key starts with it"
    for key in sorted(keys - mentioned):
        if not key.startswith(tuple(dynamic)):
            yield f"{key}: no source asks for it"


def findings(root: Path = ROOT) -> list[str]:
    """Everything that is wrong in this checkout."""
    catalogues = read_catalogues(root)
    paths = source_files(
        "webapp", "templates", "static/src", suffixes=(".py", ".html", ".txt", ".js"), root=root
    )
    sources = {str(path.relative_to(root)): path.read_text("utf-8") for path in paths}
    return [*compare(catalogues), *check_sources(set(catalogues["en"]), sources)]


def main() -> int:
    found = findings()
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
