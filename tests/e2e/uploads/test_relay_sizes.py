"""Relayed files of many sizes, cut in many ways: what is downloaded is what was sent."""

import os
from base64 import b64encode

import pytest
from awscrt.checksums import crc64nvme

from tests.e2e.support.people import Person
from tests.e2e.support.relaying import LARGEST, begin, ended, expect_file, hand_over, relay
from tests.e2e.support.sending import MIB, Json, complete, look, settled

KIB = 1024


def nvme(data: bytes) -> Json:
    """A declared CRC-64/NVME, computed fast enough for megabytes."""
    value = b64encode(crc64nvme(data).to_bytes(8, "big")).decode()
    return {"algorithm": "crc64nvme", "value": value}


@pytest.mark.parametrize(
    "size", [part * MIB + more for part in (4, 5, 8) for more in (-1, 0, 1)] + [10 * MIB + 1]
)
def test_sizes_around_the_smallest_part_and_whole_fragments(ana: Person, size: int) -> None:
    data = os.urandom(size)
    file = expect_file(ana, relay(ana, data), data)
    assert "crc32" in file["checksums"]


@pytest.mark.parametrize(
    "fragment_size", [LARGEST, LARGEST - 1, 3 * MIB + 1, 5 * MIB // 2, MIB, 300 * KIB + 7]
)
def test_one_file_cut_in_several_ways_is_the_same_file(ana: Person, fragment_size: int) -> None:
    data = os.urandom(11 * MIB + 3)
    declared = nvme(data)
    upload = relay(ana, data, fragment_size=fragment_size, checksum=declared)
    assert expect_file(ana, upload, data)["checksums"]["crc64nvme"] == declared["value"]


@pytest.mark.parametrize("size", range(1, 6))
def test_tiny_files_cut_in_every_way(ana: Person, size: int) -> None:
    data = os.urandom(size)
    for fragment_size in range(1, size + 2):
        expect_file(ana, relay(ana, data, fragment_size=fragment_size), data)


def test_hundreds_of_fragments_of_one_byte_are_in_order(ana: Person) -> None:
    data = bytes(range(200))
    upload = begin(ana, len(data), fragment_size=1, checksum=nvme(data))
    odd, even = range(1, 201, 2), range(2, 201, 2)
    hand_over(ana, upload, data, odd, threads=8)
    seen = look(ana, upload)
    assert seen["received"] == [[number, number] for number in odd]
    assert seen["missing"] == [[number, number] for number in even]
    assert seen["received_bytes"] == 100
    hand_over(ana, upload, data, even, threads=8)
    expect_file(ana, ended(ana, upload), data)


def test_hundreds_of_fragments_make_one_file_of_several_parts(ana: Person) -> None:
    data = os.urandom(200 * 80 * KIB - 5)
    upload = begin(ana, len(data), fragment_size=80 * KIB)
    hand_over(ana, upload, data, threads=16)
    seen = look(ana, upload)
    assert (seen["received"], seen["missing"]) == ([[1, 200]], [])
    assert seen["received_bytes"] == len(data)
    expect_file(ana, ended(ana, upload), data)


def test_many_uploads_relayed_side_by_side_do_not_mix(ana: Person) -> None:
    contents = [bytes([number]) * 20 for number in range(6)]
    uploads = [begin(ana, 20, fragment_size=7) for _ in contents]
    for number in (3, 1, 2):
        for upload, data in zip(uploads, contents, strict=True):
            hand_over(ana, upload, data, [number])
    for upload in uploads:
        complete(ana, upload)
    for upload, data in zip(uploads, contents, strict=True):
        expect_file(ana, settled(ana, upload), data)
