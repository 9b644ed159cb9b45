"""The people of one scenario: `people --host URL --clip FILE --people N --every S --bound S`.

Runs in the environment that has locust, whose users they are. Prints its result as JSON on stdout
when all are gone, and how far they are on stderr.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, NoReturn

import gevent  # type: ignore[import-untyped] # what locust runs on
from locust.env import Environment  # type: ignore[import-not-found] # in its own environment
from locust.exception import StopUser  # type: ignore[import-not-found]

from benchmarks.load.caller import Caller
from benchmarks.load.results import LATE, Request, Result, Story

# Late uploads: so many at most, one in so many seconds.
LATE_UPLOADS, LATE_PAUSE = 30, 2.0
# Watched is the beginning of a video, of so many bytes.
WATCHED = 256 * 1024
TELL_EVERY = 30.0


@dataclass
class Scene:
    """What all of them share. Without an audience nobody watches and votes: there is nothing."""

    clip: bytes
    people: int
    audience: bool
    result: Result = field(default_factory=Result)

    @property
    def all_wait(self) -> bool:
        """Whether everybody has come, and just waits for a video or has given up."""
        stories = self.result.stories
        return len(stories) == self.people and all(s.waits or s.trouble for s in stories)

    @property
    def making(self) -> bool:
        """Whether somebody still waits for a video to be made."""
        return any(not (story.made or story.trouble) for story in self.result.stories)


class Person(Caller):
    """Signs up, uploads a video, looks at those of others, votes, and publishes the own one."""

    scene: ClassVar[Scene]

    def visit(self) -> NoReturn:
        """All of it, once."""
        story = Story(began=time.time())
        self.scene.result.stories.append(story)
        try:
            self._live(story)
        except Exception as reason:  # noqa: BLE001 - whatever it was, the report tells it
            story.trouble = f"{type(reason).__name__}: {reason}"
        raise StopUser

    def _live(self, story: Story) -> None:
        self.sign_up()
        upload_id, story.upload = self.upload(self.scene.clip)
        upload = self.await_ready("GET /v1/uploads/{id}", "assembling", id=upload_id)
        told = {"file_id": upload["file_id"], "title": "A video"}
        video = self.ask("POST /v1/videos", 202, told)
        if self.scene.audience:
            self._watch_and_vote(story)
        story.waits = True
        ready = self.await_ready("GET /v1/videos/{id}", "processing", id=video["id"])
        story.made = datetime.fromisoformat(ready["processed_at"]).timestamp()
        self.ask("POST /v1/videos/{id}/publish", 200, id=video["id"])
        story.public = time.time()

    def _watch_and_vote(self, story: Story) -> None:
        gallery = self.ask("GET /v1/public/videos", 200)["items"]
        video = random.choice(gallery)  # noqa: S311 - no secret
        wanted = {"range": f"bytes=0-{WATCHED - 1}"}
        self.fetch("GET video, from the store", 206, "GET", video["processed_url"], headers=wanted)
        self.ask("POST /v1/public/videos/{id}/vote", 201, id=video["id"])
        story.voted = True
        self.ask("GET /v1/public/rankings", 200)

    tasks: ClassVar[list[Any]] = [visit]


class Latecomer(Caller):
    """Uploads when all others just wait, one file after another, while their videos are made."""

    scene: ClassVar[Scene]
    prefix = LATE

    def visit(self) -> NoReturn:
        """Wait for the moment, then upload."""
        try:
            self.sign_up()
            while not self.scene.all_wait:
                gevent.sleep(0.1)
            self._upload_on()
        except Exception as reason:  # noqa: BLE001 - whatever it was, the report tells it
            print(f"The latecomer: {type(reason).__name__}: {reason}", file=sys.stderr)
        raise StopUser

    def _upload_on(self) -> None:
        for _ in range(LATE_UPLOADS):
            if not self.scene.making:
                break
            _, upload = self.upload(self.scene.clip)
            self.scene.result.late.append(upload)
            gevent.sleep(LATE_PAUSE)

    tasks: ClassVar[list[Any]] = [visit]


def play(scene: Scene, host: str, every: float, bound: float) -> None:
    """Let one come in `every` seconds; wait until all are gone, but no longer than `bound`."""
    Person.scene = Latecomer.scene = scene
    Caller.host = host
    environment = Environment(user_classes=[Person, Latecomer], host=host)
    environment.events.request.add_listener(_noting(scene.result))
    runner = environment.create_local_runner()
    coming = gevent.spawn(_come, runner, scene, every)
    began = told = time.monotonic()
    while runner.user_count or not coming.dead:
        gevent.sleep(0.2)
        if time.monotonic() - began > bound:
            break
        if time.monotonic() - told > TELL_EVERY:
            told = time.monotonic()
            _tell(scene, told - began)
    coming.kill()
    runner.quit()
    for story in scene.result.stories:
        if not (story.public or story.trouble):
            story.trouble = f"not done after {bound:.0f} s"


def _come(runner: Any, scene: Scene, every: float) -> None:
    """Not by `runner.start`, which lets others come for those who have left."""
    began = time.monotonic()
    if scene.audience:
        runner.spawn_users({Latecomer.__name__: 1})
    for number in range(scene.people):
        gevent.sleep(max(0.0, began + number * every - time.monotonic()))
        runner.spawn_users({Person.__name__: 1})


def _noting(result: Result) -> Any:
    def note(name: str, start_time: float, response_time: float, **more: Any) -> None:
        error = more["exception"]
        reason = None if error is None else str(error)
        result.requests.append(Request(name, start_time, response_time, reason))

    return note


def _tell(scene: Scene, seconds: float) -> None:
    stories = scene.result.stories
    public = sum(story.public is not None for story in stories)
    uploads = len(scene.result.uploads)
    print(
        f"  {seconds:4.0f} s: {len(stories)} came, {uploads} uploads answered, {public} public",
        file=sys.stderr,
        flush=True,
    )


def main() -> None:
    """Play the scenario of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", required=True)
    parser.add_argument("--clip", type=Path, required=True)
    parser.add_argument("--people", type=int, required=True)
    parser.add_argument("--every", type=float, required=True)
    parser.add_argument("--bound", type=float, required=True)
    parser.add_argument("--no-audience", dest="audience", action="store_false")
    given = parser.parse_args()
    scene = Scene(given.clip.read_bytes(), given.people, given.audience)
    play(scene, given.host, given.every, given.bound)
    print(scene.result.dumps())


if __name__ == "__main__":
    main()
