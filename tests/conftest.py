"""What holds for the whole suite: no test leaves a secret behind in any file of the product."""

from collections.abc import Iterator

import pytest

from tests.no_secrets import secrets_in


@pytest.fixture(scope="session", autouse=True)
def nothing_secret_is_left_behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """After the last test: every log, trace, work file and warehouse under the tests' folders is searched."""
    yield
    assert secrets_in(tmp_path_factory.getbasetemp()) == []
