"""dbt builds in a process of its own beside the night's: what it comes to is said, however it ends."""

import psutil

from flows.night.builder import Builder
from flows.night.order import Order
from flows.night.steps import night_of
from flows.night.verdict import NightResult
from tests.flow.world import FIRM, World


def builders() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "flows.night.builder" in child.cmdline()]


def night(world: World, builder: Builder) -> NightResult:
    return night_of(Order(FIRM, str(world.config)), lambda step, told: None, builder)


def test_what_it_parsed_serves_the_nights_that_follow(calm: World) -> None:
    findings = []
    with Builder() as builder:
        [process] = builders()
        for _ in range(3):
            assert night(calm, builder).verdict == "exceptions"
            findings.append(calm.published("select code, subject_key, subject_label from recon.worklist order by all"))
        assert builders() == [process]
    assert findings[0] and findings[0] == findings[1] == findings[2]
    assert not process.is_running()


def test_a_night_whose_builder_was_killed_is_incomplete_and_the_next_is_whole(calm: World) -> None:
    with Builder() as builder:
        [process] = builders()

        def kill(step: str, told: str) -> None:
            if step == "load":
                process.kill()

        killed = night_of(Order(FIRM, str(calm.config)), kill, builder)
        assert (killed.verdict, killed.can_try_again) == ("incomplete", True)
        assert "signal 9" in killed.reasons[0]
        assert night(calm, builder).verdict == "exceptions"
