"""The journal: what it keeps through a kill, and who may have an entry."""

from __future__ import annotations

import json
import resource
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fragua_client.errors import Unusable
from fragua_client.journal import Entry, Journal, Note, read_last

NOTE = Note("/a", 3, 4, "key", [{"file_name": "a"}], 0, 1.5)
LATER = Note("/a", 3, 4, "key", [{"file_name": "a"}], 0, 1.5, "upload")


def line(note: Note) -> str:
    return json.dumps(asdict(note)) + "\n"


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "uploads", "https://a", "ada")


@pytest.fixture
def entry(journal: Journal, tmp_path: Path) -> Iterator[Entry]:
    claimed = journal.claim(tmp_path / "big.bin")
    yield claimed
    claimed.close()


@given(st.integers(0, 300))
def test_a_write_that_was_cut_anywhere_costs_only_itself(cut: int) -> None:
    later = Note("/a", 3, 4, "key", [{"file_name": "a"}], 0, 1.5, "upload")
    text = line(NOTE) + line(later)[:cut]
    assert read_last(text) == (later if text.endswith("\n") and cut else NOTE)


@given(st.text())
def test_nonsense_is_no_note(text: str) -> None:
    assert read_last(text) is None


def test_what_was_written_is_there_for_the_next_one(
    journal: Journal, entry: Entry, tmp_path: Path
) -> None:
    entry.write(NOTE)
    entry.close()
    again = journal.claim(tmp_path / "big.bin")
    assert again.note == NOTE
    again.close()


@pytest.mark.parametrize("cut", [1, 40, -1])
def test_what_is_written_after_a_cut_line_counts(
    journal: Journal, entry: Entry, tmp_path: Path, cut: int
) -> None:
    entry.write(NOTE)
    entry.close()
    (path,) = (tmp_path / "uploads").iterdir()
    path.write_text(line(NOTE) + line(NOTE)[:cut])
    again = journal.claim(tmp_path / "big.bin")
    assert again.note == NOTE
    again.write(LATER)
    again.close()
    third = journal.claim(tmp_path / "big.bin")
    assert third.note == LATER
    third.close()


def test_a_disk_that_is_full_in_the_middle_of_a_line_is_told(
    journal: Journal, entry: Entry, tmp_path: Path
) -> None:
    entry.write(NOTE)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(line(NOTE)) + 20, limits[1]))
    try:
        with pytest.raises(OSError, match="No space left"):
            entry.write(LATER)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert entry.note == NOTE
    entry.close()
    again = journal.claim(tmp_path / "big.bin")
    assert again.note == NOTE
    again.close()


def test_a_closed_entry_takes_no_note(entry: Entry) -> None:
    entry.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        entry.write(NOTE)


def test_an_entry_has_one_owner_at_a_time(journal: Journal, entry: Entry, tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="Another fragua"):
        journal.claim(tmp_path / "big.bin")


def test_other_files_servers_and_accounts_have_entries_of_their_own(
    entry: Entry, tmp_path: Path
) -> None:
    entry.write(NOTE)
    folder, path = tmp_path / "uploads", tmp_path / "big.bin"
    others = [
        Journal(folder, "https://b", "ada").claim(path),
        Journal(folder, "https://a", "bob").claim(path),
        Journal(folder, "https://a", "ada").claim(tmp_path / "other.bin"),
    ]
    assert [other.note for other in others] == [None] * 3
    for other in others:
        other.close()


def test_a_forgotten_entry_leaves_no_file(entry: Entry, tmp_path: Path) -> None:
    entry.write(NOTE)
    entry.forget()
    entry.close()
    assert list((tmp_path / "uploads").iterdir()) == []


def test_one_can_begin_anew_after_forgetting(
    journal: Journal, entry: Entry, tmp_path: Path
) -> None:
    entry.write(NOTE)
    entry.forget()
    entry.write(NOTE)
    entry.close()
    again = journal.claim(tmp_path / "big.bin")
    assert again.note == NOTE
    again.close()


def test_the_file_is_for_its_owner_alone(entry: Entry, tmp_path: Path) -> None:
    (path,) = (tmp_path / "uploads").iterdir()
    assert path.stat().st_mode & 0o077 == 0
