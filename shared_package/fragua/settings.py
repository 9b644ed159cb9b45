"""What the deployment decides, read once from the environment, typed and frozen."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

# Seconds of a video that a worker can be sure to make in its time.
_LONGEST_VIDEO = 120


@dataclass(frozen=True)
class Settings:
    """The environment of all functions, as `template.yaml` sets it (Globals).

    Names of buckets that users make begin with `bucket_prefix`; `allowed_origins` are the web
    origins that may send to them; `public_url` is where this API is reached, if not where the
    gateway says.
    Of a video the first `video_seconds` are shown; the keys are of objects in the default bucket
    that every video is given: a picture in its corner, clips before and after it.
    From one address `registrations_per_address` accounts are asked for in an hour at the most, and
    `registrations_per_account` times the same one in a quarter of it.
    With an `origin_secret` all requests have to come through the CDN, which knows what is in it.
    E-mails are sent from the address `mail_sender`; without one none is sent.
    PostgreSQL is at `database_host`, where IAM proves that we are `database_role`; or where
    `database_secret` says, with the password that it holds, but for a host that is given besides.
    `database_writer_url` wins over both; so does `database_reader_url` over the host of a replica,
    where the same proof is good. `time_scale` is at least 1 and divides every limit in time; it is
    1 in a deployment and more where tests must not wait.
    """

    region: str
    stage: str
    log_level: str
    bucket_owner: str
    default_bucket: str
    bucket_prefix: str
    allowed_origins: tuple[str, ...]
    public_url: str
    sessions_table: str
    accounts_table: str
    plans_table: str
    uploads_table: str
    fragments_table: str
    guards_table: str
    assembly_queue_url: str
    thumbnails_queue_url: str
    backlog_queue_url: str
    views_queue_url: str
    notifications_queue_url: str
    mail_queue_url: str
    mail_sender: str
    renditions_queue_url: str
    video_seconds: float
    video_watermark_key: str
    video_intro_key: str
    video_outro_key: str
    registrations_per_account: int
    registrations_per_address: int
    signing_key_secret: str
    database_host: str
    database_role: str
    origin_secret: str
    database_secret: str
    database_reader_host: str
    database_writer_url: str
    database_reader_url: str
    time_scale: float

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Settings:
        """Read the settings; RuntimeError names the variable that is missing or not valid."""

        def need(name: str) -> str:
            value = environment.get(name)
            if not value:
                raise RuntimeError(f"the environment variable {name} is not set")
            return value

        return cls(
            region=need("AWS_REGION"),
            stage=need("STAGE"),
            log_level=environment.get("LOG_LEVEL", "INFO"),
            bucket_owner=need("BUCKET_OWNER"),
            default_bucket=need("DEFAULT_BUCKET"),
            bucket_prefix=need("BUCKET_PREFIX"),
            allowed_origins=tuple(need("ALLOWED_ORIGINS").split(",")),
            public_url=environment.get("PUBLIC_URL", "").rstrip("/"),
            sessions_table=need("SESSIONS_TABLE"),
            accounts_table=need("ACCOUNTS_TABLE"),
            plans_table=need("PLANS_TABLE"),
            uploads_table=need("UPLOADS_TABLE"),
            fragments_table=need("FRAGMENTS_TABLE"),
            guards_table=need("GUARDS_TABLE"),
            assembly_queue_url=need("ASSEMBLY_QUEUE_URL"),
            thumbnails_queue_url=need("THUMBNAILS_QUEUE_URL"),
            backlog_queue_url=need("BACKLOG_QUEUE_URL"),
            views_queue_url=need("VIEWS_QUEUE_URL"),
            notifications_queue_url=need("NOTIFICATIONS_QUEUE_URL"),
            mail_queue_url=need("MAIL_QUEUE_URL"),
            mail_sender=environment.get("MAIL_SENDER", ""),
            renditions_queue_url=need("RENDITIONS_QUEUE_URL"),
            video_seconds=_seconds(environment.get("VIDEO_SECONDS", "30")),
            video_watermark_key=environment.get("VIDEO_WATERMARK_KEY", ""),
            video_intro_key=environment.get("VIDEO_INTRO_KEY", ""),
            video_outro_key=environment.get("VIDEO_OUTRO_KEY", ""),
            registrations_per_account=_count(environment, "REGISTRATIONS_PER_ACCOUNT", 10),
            registrations_per_address=_count(environment, "REGISTRATIONS_PER_ADDRESS", 300),
            signing_key_secret=need("SIGNING_KEY_SECRET"),
            database_host=environment.get("DATABASE_HOST", ""),
            database_role=environment.get("DATABASE_ROLE", ""),
            origin_secret=environment.get("ORIGIN_SECRET", ""),
            database_secret=environment.get("DATABASE_SECRET", ""),
            database_reader_host=environment.get("DATABASE_READER_HOST", ""),
            database_writer_url=(
                environment.get("DATABASE_WRITER_URL") or environment.get("DATABASE_URL", "")
            ),
            database_reader_url=environment.get("DATABASE_READER_URL", ""),
            time_scale=_time_scale(environment.get("FRAGUA_TIME_SCALE", "1")),
        )

    @property
    def has_reader(self) -> bool:
        """Whether PostgreSQL is read at another endpoint than it is written."""
        if self.database_reader_url:
            return self.database_reader_url != self.database_writer_url
        return bool(self.database_reader_host) and not self.database_writer_url

    def scaled(self, seconds: float) -> float:
        """Shorten a limit in time (seconds) by the time scale."""
        return seconds / self.time_scale


def _count(environment: Mapping[str, str], name: str, usual: int) -> int:
    count = _number(environment.get(name, str(usual)))
    if not (count >= 1 and count.is_integer()):
        raise RuntimeError(f"the environment variable {name} must be a whole number above 0")
    return int(count)


def _seconds(text: str) -> float:
    seconds = _number(text)
    if not 0 < seconds <= _LONGEST_VIDEO:
        limits = f"a number above 0 and at most {_LONGEST_VIDEO}"
        raise RuntimeError(f"the environment variable VIDEO_SECONDS must be {limits}")
    return seconds


def _time_scale(text: str) -> float:
    scale = _number(text)
    if not 0 < scale < float("inf"):
        raise RuntimeError("the environment variable FRAGUA_TIME_SCALE must be a number above 0")
    # 60 and 1/60 both mean "sixty times shorter": the scale never makes a limit longer.
    return max(scale, 1 / scale)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


@cache
def settings() -> Settings:
    """Return the settings of this process."""
    return Settings.of(os.environ)
