"""axe-core on the page as it stands; a violation is named with the element it was found on."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

_AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"


@cache
def _source() -> str:
    return _AXE.read_text("utf-8")


def violations(page: Page) -> list[str]:
    if not page.evaluate("() => 'axe' in window"):
        # Through evaluate, not a script tag: the page's own policy forbids foreign scripts.
        page.evaluate(_source())
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations)")
    return [f"{one['id']}: {node['target']} {node['html'][:160]}" for one in found for node in one["nodes"]]


def clipped(page: Page) -> list[str]:
    """Text that is wider or higher than its box hides a part of itself; the page must not scroll sideways."""
    return page.evaluate(
        """() => {
          const found = [];
          const page = document.documentElement;
          if (page.scrollWidth > page.clientWidth + 1) found.push('page scrolls sideways');
          for (const box of document.querySelectorAll('button, a, h1, h2, h3, p, td, th, dd, dt, label, span, li')) {
            const style = getComputedStyle(box);
            if (!box.textContent.trim() || style.visibility === 'hidden' || !box.getClientRects().length) continue;
            if (box.closest('.unseen, .skip, .visually-hidden, [hidden]')) continue;
            const hides = [style.overflowX, style.overflowY].some((way) => way === 'hidden' || way === 'clip');
            const wider = box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
            if (hides && wider) {
              found.push(box.tagName + '.' + box.className + ': ' + box.textContent.trim().slice(0, 60));
            }
          }
          return found;
        }"""
    )
