"""The router learns from few examples, keeps progress apart, abstains, forgets; on an encoder that knows only words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.skill import SkillExample
from router.errors import SkillNotFound, WeightsRefused
from router.routing import Router, Shared, State
from tests.router.words_encoder import WordsEncoder, shared

WEATHER = ["what is the weather in oslo", "will it rain in rome", "weather forecast for paris", "is it going to rain"]
MUSIC = ["play some jazz music", "play the next song", "music by miles davis please", "put on a song"]


def router(**skills: list[SkillExample]) -> Router:
    made = Router(WordsEncoder(), shared(), remember=False)  # type: ignore[arg-type]
    for name, examples in skills.items():
        made.learn(name, f"the {name} skill", examples)
    return made


def examples(texts: list[str], observed: bool = False) -> list[SkillExample]:
    return [SkillExample(text, observed) for text in texts]


def test_a_request_goes_to_the_skill_whose_examples_it_resembles() -> None:
    made = router(weather=examples(WEATHER), music=examples(MUSIC))
    assert made.route(State("what is the weather in rome")).skill == "weather"
    assert made.route(State("play a song")).skill == "music"


def test_a_request_unlike_every_example_draws_none() -> None:
    decision = router(weather=examples(WEATHER), music=examples(MUSIC)).route(State("photosynthesis converts sunlight"))
    assert decision.skill is None
    assert decision.confidence > 0.5


def test_without_skills_none_is_certain() -> None:
    decision = router().route(State("anything"))
    assert (decision.skill, decision.confidence, decision.ranked) == (None, 1.0, [])


@pytest.mark.parametrize(("observed", "skill"), [(False, "call"), (True, "answer")])
def test_progress_alone_separates_skills_with_the_same_examples(observed: bool, skill: str) -> None:
    made = router(call=examples(WEATHER), answer=examples(WEATHER, observed=True))
    decision = made.route(State(WEATHER[0], observed))
    assert decision.skill == skill
    assert {name for name, _ in decision.ranked} == {"call", "answer"}


def test_progress_outweighs_the_words() -> None:
    """An observed clause reads like an order to call; the call was made, so the answer is due."""
    made = router(
        call=examples(WEATHER), answer=examples(["say what was found", "weather of somewhere"], observed=True)
    )
    assert made.route(State(WEATHER[0], observed=True)).ranked[0][0] == "answer"


def test_when_no_skill_knows_the_progress_the_words_decide() -> None:
    made = router(weather=examples(WEATHER), music=examples(MUSIC))
    assert made.route(State("will it rain in oslo", observed=True)).skill == "weather"


def test_a_skill_without_examples_is_known_by_its_description() -> None:
    made = router(weather=examples(WEATHER))
    made.learn("translate", "translate a sentence into another language", [])
    for observed in (False, True):
        assert made.route(State("translate a sentence into french", observed)).ranked[0][0] == "translate"


def test_a_skill_of_both_progresses_is_ranked_once() -> None:
    made = router(both=[*examples(WEATHER), *examples(MUSIC, observed=True)], music=examples(MUSIC))
    names = [name for name, _ in made.route(State(WEATHER[0])).ranked]
    assert sorted(names) == ["both", "music"]


def test_learning_again_replaces_and_forgetting_leaves_no_trace() -> None:
    made = router(weather=examples(WEATHER), music=examples(MUSIC))
    before = made.route(State("play a song"))
    made.learn("other", "something else", examples(["book a table for two"]))
    made.forget("other")
    assert made.route(State("play a song")) == before
    made.learn("weather", "the music skill", examples(MUSIC))
    assert made.skills == ["weather", "music"]


def test_forgetting_a_skill_never_learned_is_an_error() -> None:
    with pytest.raises(SkillNotFound):
        router().forget("nobody")


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=40), st.booleans())
def test_probabilities_are_ordered_and_leave_room_for_none(text: str, observed: bool) -> None:
    decision = TWO.route(State(text, observed))
    confidences = [confidence for _, confidence in decision.ranked]
    assert confidences == sorted(confidences, reverse=True)
    assert all(0 <= confidence <= 1 for confidence in confidences)
    assert sum(confidences) <= 1 + 1e-6
    assert decision.skill in (None, decision.ranked[0][0])


TWO = router(weather=examples(WEATHER), music=examples(MUSIC, observed=True))


def test_known_examples_are_not_embedded_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUIVER_HOME", str(tmp_path))
    encoder = WordsEncoder()
    for _ in range(2):
        Router(encoder, shared()).learn("weather", "about rain", examples(WEATHER))  # type: ignore[arg-type]
    assert encoder.read == 1 + len(WEATHER)
    Router(encoder, shared()).learn("weather", "about snow", examples(WEATHER))  # type: ignore[arg-type]
    assert encoder.read == 2 * (1 + len(WEATHER))


def test_shared_parameters_survive_the_file(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    save_file(shared().to_tensors(), tmp_path / "routing.safetensors")
    loaded = Shared.load(tmp_path / "routing.safetensors")
    assert loaded.calibration.ratio == 9.0
    assert np.allclose(loaded.background.covariance(), shared().background.covariance())


@pytest.mark.parametrize("content", [None, b"", b"\x00" * 64])
def test_a_missing_or_damaged_file_is_refused_with_the_remedy(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "routing.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(WeightsRefused) as raised:
        Shared.load(path)
    assert "training.routing" in raised.value.hint
