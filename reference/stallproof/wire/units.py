"""How a span of time is said to a person."""


def ms(value_us: int) -> str:
    """Say `value_us` in milliseconds: exact, because a verdict may hang on 1 us."""
    whole, rest = divmod(abs(value_us), 1000)
    digits = f"{rest:03}".rstrip("0") or "0"
    return f"{'-' if value_us < 0 else ''}{whole}.{digits} ms"
