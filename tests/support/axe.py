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
    """Text that is wider or higher than its box hides a part of itself; the page must not scroll sideways.

    Nor may words begin in view and end beyond the edge of what holds them, or of the screen: nobody sees that there is
    more. Only a box that takes the keyboard's focus (a table, the chips over a film) may scroll its words sideways.
    """
    found: list[str] = page.evaluate(
        """() => {
          const found = [];
          const page = document.documentElement;
          const said = (box) => box.tagName + '.' + box.className + ': ' + box.textContent.trim().slice(0, 60);
          const unseen = '.unseen, .skip, .visually-hidden, [hidden], script, style, title, select, textarea';
          // The words' own rectangles: a box may be as wide as its holder while its words run out of it.
          const cutAtAnEdge = (words) => {
            const range = document.createRange();
            range.selectNodeContents(words);
            const lines = [...range.getClientRects()].filter((line) => line.width > 1 && line.height > 1);
            if (!lines.length) return false;
            const left = Math.min(...lines.map((line) => line.left));
            const right = Math.max(...lines.map((line) => line.right));
            for (let holder = words.parentElement; holder && holder !== document.body; holder = holder.parentElement) {
              const { overflowX, textOverflow, position } = getComputedStyle(holder);
              if (overflowX !== 'visible') {
                if (textOverflow === 'ellipsis' || holder.getAttribute('tabindex') === '0') return false;
                const edge = holder.getBoundingClientRect();
                // A pixel's box is for readers of screens only (a table's head, where a phone stacks its rows).
                if (edge.width < 3 || edge.height < 3) return false;
                if (right > edge.right + 1 || left < edge.left - 1) return true;
              }
              if (position === 'fixed') break;
            }
            return right > page.clientWidth + 1 || left < -1;
          };
          const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (texts.nextNode()) {
            const words = texts.currentNode, box = words.parentElement;
            if (!words.data.trim() || box.closest(unseen) || getComputedStyle(box).visibility === 'hidden') continue;
            if (cutAtAnEdge(words)) found.push('cut at an edge: ' + said(box));
          }
          if (page.scrollWidth > page.clientWidth + 1) found.push('page scrolls sideways');
          for (const box of document.querySelectorAll('button, a, h1, h2, h3, p, td, th, dd, dt, label, span, li')) {
            const style = getComputedStyle(box);
            if (!box.textContent.trim() || style.visibility === 'hidden' || !box.getClientRects().length) continue;
            if (box.closest('.unseen, .skip, .visually-hidden, [hidden]')) continue;
            const hides = [style.overflowX, style.overflowY].some((way) => way === 'hidden' || way === 'clip');
            const wider = box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
            if (hides && wider) found.push(said(box));
          }
          return found;
        }"""
    )
    return found
