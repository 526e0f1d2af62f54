"""Elements of HTML and SVG as values: what they hold is data, and can never become markup.

The intuition: a page is a tree, and the standard library writes it with everything escaped. All
text goes through `visible` besides, so that nothing in it changes a direction or hides.
"""

from xml.etree import ElementTree

from stallproof.reports.lines import visible

Element = ElementTree.Element
Inside = Element | str | None
Value = str | int | float | bool | None


def e(name: str, /, *inside: Inside, **attributes: Value) -> Element:
    """Return the element `name` with what is `inside`, in its order; `None` is nothing.

    Of an attribute's name `_` stands for a hyphen, and one at the end is dropped (`class_`). One
    that is `None` or false is left out, and one that is true has no value.
    """
    given = {
        key.rstrip("_").replace("_", "-"): _text(value)
        for key, value in attributes.items()
        if value is not None and value is not False
    }
    made = Element(name, given)
    for one in inside:
        if isinstance(one, Element):
            made.append(one)
        elif one:
            _append(made, visible(one))
    return made


def _append(made: Element, text: str) -> None:
    if len(made):
        made[-1].tail = (made[-1].tail or "") + text
    else:
        made.text = (made.text or "") + text


def _text(value: str | int | float | bool) -> str:
    if value is True:
        return ""
    return f"{round(value, 2):g}" if isinstance(value, float) else visible(str(value))


def raw(name: str, text: str, /, **attributes: Value) -> Element:
    """Return a `style` or `script` whose `text` is our own, and is written as it stands."""
    made = e(name, **attributes)
    made.text = text
    return made


def written(element: Element) -> str:
    """Return `element` as HTML."""
    return ElementTree.tostring(element, encoding="unicode", method="html")
