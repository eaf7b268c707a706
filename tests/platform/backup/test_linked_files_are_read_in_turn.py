"""What a set links and does not read is read in turn, a share each night; damage is found and copied anew. No database."""

import hashlib
import os

from jimin.platform import bootstrap, space
from jimin.platform.backup import copy
from jimin.platform.backup.manifest import BLOBS, LIST

NAMES = sorted(hashlib.sha256(str(n).encode()).hexdigest() for n in range(60))


def back_up(source, folder, last, night):
    folder.mkdir()
    return copy.files(NAMES, source, folder, last, lambda done: None, night)[1]


def filled(tmp_path):
    source = tmp_path / "files"
    for name in NAMES:
        place = copy.place(source, name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(name.encode() * 9)
    return source


def test_each_linked_content_is_read_once_in_so_many_nights():
    nights = copy.check_nights()
    assert all(
        sum(copy.is_due(name, first + n) for n in range(nights)) == 1 for name in NAMES for first in (0, 738_000)
    )


def test_a_content_that_rots_in_the_sets_is_found_within_the_nights_and_copied_anew(tmp_path):
    source = filled(tmp_path)
    assert back_up(source, tmp_path / "0", None, 0).new == len(NAMES)
    bad = copy.place(tmp_path / "0" / BLOBS, NAMES[7])
    found = bad.stat()
    bad.write_bytes(b"?" * found.st_size)
    os.utime(bad, ns=(found.st_mtime_ns, found.st_mtime_ns))
    done = [back_up(source, tmp_path / str(n), tmp_path / str(n - 1), n) for n in range(1, copy.check_nights() + 1)]
    assert sum(d.checked for d in done) == len(NAMES) and sum(d.damaged for d in done) == 1
    newest = tmp_path / str(copy.check_nights())
    entry = next(e for e in copy.entries(newest) if e.name == NAMES[7])
    assert copy.part_of(copy.place(newest / BLOBS, entry.name)).sha256 == entry.sealed
    assert (newest / LIST).read_text() == (tmp_path / "0" / LIST).read_text()


def test_the_room_of_a_folder_that_is_not_there_yet_is_its_disks(tmp_path):
    later = tmp_path / "a" / "b"
    assert abs(space.free_bytes(later) - bootstrap.free_bytes(str(tmp_path))) < 2**30
