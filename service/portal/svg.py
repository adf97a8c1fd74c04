"""Small words to draw with: elements of SVG as text, everything from outside escaped, no inline style."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

Attribute = str | int | float


def element(name: str, inside: Iterable[Markup] | Markup | str = "", **attributes: Attribute) -> Markup:
    """``<name a="b">inside</name>``; underscores become hyphens, a final one is dropped (``class_``)."""
    told = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), _number(value))
        for key, value in attributes.items()
    )
    body = escape(inside) if isinstance(inside, str) else Markup("").join(inside)
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(name), told, body)  # noqa: S704 - names are ours, never input


def _number(value: Attribute) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


def picture(name: str, title: str, about: str, inside: Iterable[Markup], *, width: int, height: int) -> Markup:
    """A whole drawing that says by title and description what it shows, for who does not see it."""
    return element(
        "svg",
        [element("title", title, id=f"{name}-title"), element("desc", about, id=f"{name}-desc"), *inside],
        class_=f"picture {name}",
        viewBox=f"0 0 {width} {height}",
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
    )


def label(text: str, x: float, y: float, *, anchor: str = "start", kind: str = "") -> Markup:
    """Text whose ``x`` is its start, middle or end; ``y`` its base line."""
    return element("text", text, x=x, y=y, text_anchor=anchor, class_=f"label {kind}".strip())
