"""The one way a use-case says no."""

from __future__ import annotations


class Refusal(Exception):
    """A request that is refused and has changed nothing.

    ``code`` is stable; the sentence is ``error.<code>`` in the catalogues, filled with ``vars``.
    """

    def __init__(self, code: str, **vars: object) -> None:
        super().__init__(code)
        self.code = code
        self.vars = vars

    def __str__(self) -> str:
        inner = ", ".join(f"{name}={value}" for name, value in self.vars.items())
        return f"{self.code}({inner})"
