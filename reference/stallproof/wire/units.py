"""How a span of time, and a number of things, are said to a person."""


def ms(value_us: int) -> str:
    """Say `value_us` in milliseconds: exact, because a verdict may hang on 1 us."""
    whole, rest = divmod(abs(value_us), 1000)
    digits = f"{rest:03}".rstrip("0") or "0"
    return f"{'-' if value_us < 0 else ''}{whole}.{digits} ms"


def count(number: int, one: str) -> str:
    """Say a number with its word: `1 scenario`, `2 scenarios`."""
    return f"{number:,} {one}{'' if number == 1 else 's'}"
