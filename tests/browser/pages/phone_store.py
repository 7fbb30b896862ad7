"""What lies in the phone's own database, read beside the app."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

_READ = """(names) => new Promise((resolve, reject) => {
  const opening = indexedDB.open('dockproof');
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const db = opening.result;
    const here = names.filter((name) => db.objectStoreNames.contains(name));
    if (here.length === 0) { db.close(); resolve({}); return; }
    const tx = db.transaction(here);
    const found = {};
    for (const name of here) {
      const all = tx.objectStore(name).getAll();
      all.onsuccess = () => (found[name] = all.result);
    }
    tx.oncomplete = () => { db.close(); resolve(found); };
    tx.onabort = () => { db.close(); reject(tx.error); };
  };
})"""


@dataclass
class PhoneStore:
    page: Page

    def rows(self, *names: str) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = self.page.evaluate(_READ, list(names))
        return {name: found.get(name, []) for name in names}

    def flushed(self, take: str) -> list[tuple[int, str]]:
        """(bytes, hash) of each slice that the phone holds for written."""
        rows = [row for row in self.rows("chunks")["chunks"] if row["takeId"] == take]
        return [(row["length"], row["sha256"]) for row in sorted(rows, key=lambda row: row["index"])]

    def wait(self, what: str, *, seconds: float = 90) -> None:
        """Until a JavaScript expression over `rows` (of journal, takes, chunks, photos, uploads, snapshot) is true."""
        end = time.monotonic() + seconds
        rows: dict[str, Any] = {}
        while time.monotonic() < end:
            rows = self.rows("journal", "takes", "photos", "uploads", "chunks", "snapshot")
            if self.page.evaluate(f"(rows) => Boolean({what})", rows):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"not within {seconds} s: {what}; takes {rows.get('takes')}")
