"""A browser to look at pictures of jobs."""

from tests.browser import browser as browser
from tests.browser import opened as opened
