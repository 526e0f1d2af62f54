"""What a conftest.py may say: the hooks that this plugin calls."""

import pytest


@pytest.hookspec(firstresult=True)
def pytest_stallproof_harness(config: pytest.Config) -> object:
    """Return what is judged where no option and no setting says it.

    A class with a `main`, such as a subclass of `PlainHarness`: it is served by a process of its
    own, so that it must lie in a module that can be imported. Or the command of a harness, or
    `None` for nothing.
    """
