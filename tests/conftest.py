"""What holds for the whole suite: no test leaves a secret behind in any file of the product.

`pytest tests/rules/test_scenarios.py -k night --scenarios 'payment-*'` judges some scenarios alone, in a few seconds.
"""

from collections.abc import Iterator
from fnmatch import fnmatch

import pytest

from sandbox.scenarios import SCENARIOS
from tests.support.no_secrets import secrets_in


def pytest_addoption(parser: pytest.Parser) -> None:
    """Which scenarios to judge, as shell patterns separated by commas; all by default."""
    parser.addoption("--scenarios", default="*", help="patterns of scenario names, separated by commas")


def pytest_configure(config: pytest.Config) -> None:
    """Leave the other scenarios out of the catalogue before any test is collected."""
    patterns = config.getoption("--scenarios").split(",")
    for name in [name for name in SCENARIOS if not any(fnmatch(name, pattern) for pattern in patterns)]:
        del SCENARIOS[name]


@pytest.fixture(scope="session", autouse=True)
def nothing_secret_is_left_behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """After the last test: every log, trace, work file and warehouse under the tests' folders is searched."""
    yield
    assert secrets_in(tmp_path_factory.getbasetemp()) == []
