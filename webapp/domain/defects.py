"""Closed lists that records draw their codes from: defects, and the reasons of a verdict and of a redraw.

Data only; a code never changes its meaning, records keep it. Words: ``defect.<code>``, ``defect_class.<class>``,
``verdict_reason.<code>``, ``redraw_reason.<code>``. Twin of ``static/src/core/defects.js``; vectors:
tests/vectors/defects.json.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

DEFECTS: Final = MappingProxyType(
    {
        # Unsafe for the user, against the law, or a reason for seizure.
        "sharp-edge": "critical",
        "electric-hazard": "critical",
        "foreign-object": "critical",
        "mould": "critical",
        "expired": "critical",
        "forbidden-mark": "critical",
        # Likely to fail, less useful, or not to be sold as it is.
        "does-not-work": "major",
        "broken": "major",
        "crack": "major",
        "deformed": "major",
        "part-missing": "major",
        "wrong-colour": "major",
        "wrong-material": "major",
        "wrong-size": "major",
        "wrong-style": "major",
        "wrong-model": "major",
        "wrong-logo": "major",
        "wrong-plug": "major",
        "open-seam": "major",
        "hole-or-tear": "major",
        "stain": "major",
        "wet": "major",
        "rust": "major",
        "smell": "major",
        "used": "major",
        "other": "major",
        # A departure with little effect.
        "scratch": "minor",
        "dirt": "minor",
        "loose-thread": "minor",
        "shade-differs": "minor",
        "print-flaw": "minor",
        "label-missing": "minor",
        "pack-damaged": "minor",
    }
)
"""Code to the class that is proposed (domain.md 12.5); the inspector may say another. In the order in which they are
offered. ``other`` needs words or a photo of its own. ``wrong-colour`` is "completely different", a slight one is
``shade-differs`` (S0-28, AMB-15).
"""

VERDICT_REASONS: Final = MappingProxyType(
    {
        "passed": ("sample-accepted", "every-unit-checked", "sorted-out", "importer-waived"),
        "hold": (
            "sample-unfinished",
            "importer-decides",
            "supplier-asked",
            "count-differs",
            "papers-missing",
        ),
        "rejected": (
            "limit-exceeded",
            "critical-defect",
            "not-as-listed",
            "wrong-item",
            "damaged",
            "incomplete",
        ),
    }
)
"""Verdict to the reasons that may stand behind it."""

REDRAW_REASONS: Final = (
    "unit-not-reachable",
    "sealed-retail-pack",
    "units-mixed-up",
    "lot-recounted",
    "importer-asked",
)
"""Why the same tranche is drawn again; the first draw stays on record."""
