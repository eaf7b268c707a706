"""The bundle for a stranger: rows as text, blocks, anchors, and a checker that needs nothing but Python."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import IO

from jimin.core.audit.anchor import line_of, places
from jimin.core.audit.models import Block
from jimin.core.audit.seal import rows_of

CHECKER = Path(__file__).with_name("stranger.py")
READ_ME = """济民审计核验包

rows.jsonl    审计记录，一行一条，是一个 JSON 数组：集群、事务号、编号、时间（1970 年起的微秒）、业务日、账号、任职、
              办理人、单位代码、动作、对象、对象编号、内容。号码和姓名都是掩码。
blocks.jsonl  封存区块，一行一个：编号、范围、条数、Merkle 根、上一区块的摘要、本区块的摘要、清单（base64）。
anchors/      库外的锚定文件原样抄来。最好另用您自己保存的那一份：python3 check.py --anchors 目录
check.py      核验程序，一个文件，只用 Python 标准库；算法写在文件里，可以照着自己另写一个。

解开后运行：python3 check.py        退出码：0 没有发现改动，1 有改动，2 核验不了
"""


def since_for(rows: int) -> int:
    """The block from which on a bundle holds at most so many rows; the newest block alone may be larger."""
    first = None
    for no, n in Block.objects.order_by("-no").values_list("no", "n").iterator(chunk_size=1000):
        rows -= n
        if first is not None and rows < 0:
            return int(first)
        first = no
    return 1


def write_bundle(out: IO[bytes], since: int = 1) -> tuple[int, int]:
    """Write the blocks from `since` on with their rows, and every anchor. Returns the numbers of rows and blocks."""
    rows = blocks = 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as bundle:
        # First the anchors: a block that is anchored meanwhile must not seem to be missing.
        for place_no, place in enumerate(places(), 1):
            for file in sorted(place.glob("*.jsonl")):
                bundle.write(file, f"anchors/{place_no}/{file.name}")
        numbers: list[str] = []
        with bundle.open("rows.jsonl", "w", force_zip64=True) as lines:
            for block in Block.objects.filter(no__gte=since).order_by("no").iterator(chunk_size=10):
                found = rows_of(block)
                lines.write("".join(f"{line}\n" for *_, line in found).encode())
                numbers.append(line_of(block))
                rows, blocks = rows + len(found), blocks + 1
        bundle.writestr("blocks.jsonl", "".join(numbers))
        bundle.write(CHECKER, "check.py")
        bundle.writestr("说明.txt", READ_ME)
    return rows, blocks
