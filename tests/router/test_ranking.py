"""What ranks skills: each progress fitted when asked for, solved once for all processes, never read when stale."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from adapters.skill import SkillExample
from router import discriminant, ranking, regression
from router.cache import cache_folder
from router.routing import LAYERS, Router, Shared, State
from tests.router.words_encoder import WordsEncoder, shared

CALLS = ["what is the weather in oslo", "will it rain in rome", "weather forecast for paris", "is it going to rain"]
SONGS = ["play some jazz music", "play the next song", "music by miles davis please", "put on a song"]
TALK = ["how are you my friend", "tell me what you think of love", "you are a funny machine", "my friend is sad today"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUIVER_HOME", str(tmp_path))


def outside(texts: list[str]) -> Shared:
    return replace(shared(), outside=WordsEncoder().embed_layers(texts, LAYERS))


def router(known: Shared | None = None, *, songs: list[str] = SONGS, remember: bool = True) -> Router:
    made = Router(WordsEncoder(), known or shared(), remember=remember)  # type: ignore[arg-type]
    for observed in (False, True):
        made.learn(f"calls-{observed}".lower(), "the weather", [SkillExample(text, observed) for text in CALLS])
        made.learn(f"songs-{observed}".lower(), "the music", [SkillExample(text, observed) for text in songs])
    return made


@pytest.fixture
def solved(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Everything that is solved anew, by name."""
    done: list[str] = []
    for module, name in ((discriminant, "solve"), (regression, "fit")):
        real = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *a, real=real, name=name: (done.append(name), real(*a))[1])
    return done


def test_a_progress_is_fitted_when_it_is_first_asked_for(solved: list[str]) -> None:
    made = router(remember=False)
    made.route(State("will it rain"))
    assert solved == ["solve", "fit"]
    made.route(State("play a song"))
    assert solved == ["solve", "fit"]
    made.route(State("will it rain", observed=True))
    assert solved == ["solve", "fit", "fit"]


def test_what_was_solved_is_read_by_the_next_process_and_says_the_same(solved: list[str]) -> None:
    states = [State("will it rain in oslo", observed) for observed in (False, True)] + [State("play jazz")]
    first = router().route_all(states)
    solved.clear()
    assert router().route_all(states) == first
    assert solved == []


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"nonsense" * 100])
def test_a_damaged_file_is_solved_again(solved: list[str], content: bytes) -> None:
    first = router().route(State("play jazz"))
    for path in (cache_folder() / "rankings").glob("*.npy"):
        path.write_bytes(content)
    solved.clear()
    assert router().route(State("play jazz")) == first
    assert solved == ["solve", "fit"]


def test_other_examples_other_code_or_no_memory_are_solved_anew(
    solved: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    router().route(State("play jazz"))
    for made in (router(songs=SONGS[:3]), router(remember=False), router(outside(TALK))):
        solved.clear()
        made.route(State("play jazz"))
        assert solved == ["solve", "fit"]
    monkeypatch.setattr(ranking, "_code_digest", lambda: "another version")
    solved.clear()
    router().route(State("play jazz"))
    assert solved == ["solve", "fit"]


def test_only_the_newest_solutions_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "KEPT", 1)
    for number in range(1, 4):
        router(songs=SONGS[:number]).route(State("play jazz"))
    assert len(list((cache_folder() / "rankings").glob("*.npy"))) == 3


def test_few_examples_rank_as_many_would() -> None:
    """Solved by way of the examples' inner products, or of the features: the same scores."""
    groups = [WordsEncoder().embed_layers(texts, LAYERS)[:, 0] for texts in (CALLS, SONGS)]
    axes = np.eye(groups[0].shape[1], dtype=np.float32)[:16]
    features = regression.expand(np.concatenate(groups), axes)
    assert np.allclose(regression.products(np.concatenate(groups), axes), features @ features.T, atol=1e-5)
    assert regression.is_few(groups, axes)


# --- requests that no skill is for -----------------------------------------------------------------------------------


def test_what_no_skill_is_for_draws_none_before_anything_was_observed() -> None:
    made, without = router(outside(TALK), remember=False), router(remember=False)
    for text in TALK:
        told = sum(probability for _, probability in made.route(State(text)).ranked)
        assert made.route(State(text)).skill is None
        assert told <= sum(probability for _, probability in without.route(State(text)).ranked)
    assert made.route(State("will it rain in rome")).skill == "calls-false"
    after = made.route(State("will it rain in rome", observed=True))
    assert after.skill == "calls-true"
    assert {name for name, _ in after.ranked} == set(made.skills)


def test_a_skill_for_what_was_outside_takes_it_over() -> None:
    made = router(outside(TALK), remember=False)
    made.learn("talk", "small talk", [SkillExample(text) for text in TALK])
    for text in TALK:
        assert made.route(State(text)).skill == "talk"
    made.forget("talk")
    assert made.route(State(TALK[0])).skill is None


def test_what_is_outside_survives_the_file() -> None:
    again = Shared.from_tensors(outside(TALK).to_tensors())
    assert again.outside.shape == (len(TALK), len(LAYERS), 384)
    assert np.allclose(again.outside, outside(TALK).outside, atol=1e-3)
    tensors = outside(TALK).to_tensors()
    del tensors["outside"]
    assert len(Shared.from_tensors(tensors).outside) == 0
