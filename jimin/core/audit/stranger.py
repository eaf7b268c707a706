#!/usr/bin/env python3
"""Check a bundle of an audit trail without the system it comes from: one file, Python's standard library alone.

    python3 check.py [BUNDLE.zip | FOLDER] [--anchors FOLDER]        default: the folder this file lies in

What is checked (SM3 is GB/T 32905; the tree is the one of RFC 9162 section 2.1.1):
    leaf(row)      SM3(00 | the row's line, UTF-8, without the end of line)
    node(a, b)     SM3(01 | a | b); an odd last node moves up as it is
    block hash     SM3(02 | no, epoch, after_xid, after_id, upto_xid, upto_id, n as signed 64-bit big-endian | root | prev)
    manifest       for each row of the block in the order (xid, id): id as signed 64-bit big-endian | leaf
    chain          prev is the hash of the block before; of the first, 32 zero bytes. Each block begins where the one
                   before ended, or at (0, 0) with a new epoch (another database cluster after a restore)
    anchors        copies of the blocks that left the database; where one differs from the block, the anchor counts
Exit code: 0 nothing changed, 1 something changed, 2 cannot be checked.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import json
import struct
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

NUMBERS = ("no", "epoch", "after_xid", "after_id", "upto_xid", "upto_id", "n")
MASK = 0xFFFFFFFF
Block = dict[str, Any]


def sm3(data: bytes) -> bytes:
    """SM3 by the interpreter's OpenSSL, else by the standard's own steps (slow: a thousand rows a second)."""
    try:
        return hashlib.new("sm3", data).digest()
    except ValueError:
        return sm3_by_hand(data)


def turn(x: int, n: int) -> int:
    n %= 32
    return ((x << n) | (x >> (32 - n))) & MASK


def sm3_by_hand(data: bytes) -> bytes:
    """GB/T 32905-2016, section 5."""
    v = [0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E]
    padded = data + b"\x80" + bytes(-(len(data) + 9) % 64) + struct.pack(">Q", len(data) * 8)
    for start in range(0, len(padded), 64):
        w = list(struct.unpack(">16I", padded[start : start + 64]))
        for j in range(16, 68):
            x = w[j - 16] ^ w[j - 9] ^ turn(w[j - 3], 15)
            w.append(x ^ turn(x, 15) ^ turn(x, 23) ^ turn(w[j - 13], 7) ^ w[j - 6])
        a, b, c, d, e, f, g, h = v
        for j in range(64):
            early = j < 16
            ss1 = turn((turn(a, 12) + e + turn(0x79CC4519 if early else 0x7A879D8A, j)) & MASK, 7)
            ss2 = ss1 ^ turn(a, 12)
            ff = a ^ b ^ c if early else (a & b) | (a & c) | (b & c)
            gg = e ^ f ^ g if early else (e & f) | (~e & MASK & g)
            tt1 = (ff + d + ss2 + (w[j] ^ w[j + 4])) & MASK
            tt2 = (gg + h + ss1 + w[j]) & MASK
            a, b, c, d = tt1, a, turn(b, 9), c
            e, f, g, h = tt2 ^ turn(tt2, 9) ^ turn(tt2, 17), e, turn(f, 19), g
        v = [x ^ y for x, y in zip(v, (a, b, c, d, e, f, g, h))]  # noqa: B905 - also for older Pythons
    return struct.pack(">8I", *v)


def root(leaves: list[bytes]) -> bytes:
    while len(leaves) > 1:
        above = [sm3(b"\1" + leaves[i] + leaves[i + 1]) for i in range(0, len(leaves) - 1, 2)]
        leaves = above + leaves[-1:] if len(leaves) % 2 else above
    return leaves[0] if leaves else sm3(b"")


def block_hash(block: Block) -> bytes:
    return sm3(b"\2" + struct.pack(">7q", *[block[k] for k in NUMBERS]) + block["root"] + block["prev"])


def read_block(line: str) -> Block:
    block: Block = json.loads(line)
    for name in ("root", "prev", "hash", "manifest"):
        block[name] = base64.b64decode(block[name], validate=True)
    return block


def entries(manifest: bytes) -> list[tuple[int, bytes]]:
    return [(struct.unpack_from(">q", manifest, i)[0], manifest[i + 8 : i + 40]) for i in range(0, len(manifest), 40)]


class Check:
    """What was checked and what was found."""

    def __init__(self) -> None:
        self.rows = self.blocks = self.anchored = 0
        self.bad_rows: dict[int, str] = {}
        self.other: list[str] = []

    def block(self, block: Block, before: Block | None, anchor: Block | None) -> None:
        """One block against its hash, its anchor and the block before."""
        no = block["no"]
        if block_hash(block) != block["hash"]:
            self.other.append(f"区块 {no} 的摘要与其内容不符")
        if anchor and anchor["hash"] != block["hash"]:
            self.other.append(f"区块 {no} 与 {anchor['at']} 的锚定不符：事后重新封存过")
        if before is None:
            if no == 1 and block["prev"] != bytes(32):
                self.other.append("区块 1 之前还有别的")
            return
        begin = (before["upto_xid"], before["upto_id"]) if before["epoch"] == block["epoch"] else (0, 0)
        linked = no == before["no"] + 1 and block["prev"] == before["hash"]
        if not linked or (block["after_xid"], block["after_id"]) != begin:
            self.other.append(f"区块 {no} 与上一个区块接不上")

    def rows_of(self, block: Block, lines: list[str]) -> None:
        """The rows of a block against its manifest, and the manifest against the root."""
        sealed = entries(block["manifest"])
        if len(sealed) != block["n"] or root([leaf for _, leaf in sealed]) != block["root"]:
            self.other.append(f"区块 {block['no']} 的清单与其根不符")
            return
        expected = dict(sealed)
        for line in lines:
            self.rows += 1
            number = int(json.loads(line)[2])
            leaf = expected.pop(number, None)
            if leaf is None:
                self.bad_rows[number] = f"是事后插入的（区块 {block['no']} 的范围内）"
            elif leaf != sm3(b"\0" + line.encode()):
                self.bad_rows[number] = f"被修改过（区块 {block['no']}）"
        for number in expected:
            self.bad_rows.setdefault(number, f"不在原来的位置：被删除或移走了（区块 {block['no']}）")


def anchors_in(files: list[tuple[str, list[str]]], check: Check) -> dict[int, Block]:
    """The anchors by block number; a damaged line, a gap in the numbers and two that differ are told of."""
    found: dict[int, Block] = {}
    for name, text in files:
        last = None
        for number, line in enumerate(text, 1):
            try:
                anchor = read_block(line)
                if block_hash(anchor) != anchor["hash"]:
                    raise ValueError
            except (ValueError, KeyError, TypeError, struct.error):
                check.other.append(f"锚定文件 {name} 第 {number} 行已损坏")
                continue
            no = anchor["no"]
            if last is not None and no != last + 1:
                check.other.append(f"锚定文件 {name} 缺区块 {last + 1} 到 {no - 1} 的锚定")
            if no in found and found[no]["hash"] != anchor["hash"]:
                check.other.append(f"区块 {no} 的两份锚定不一致（{name}）")
            found[no], last = anchor, no
    return found


def run(blocks: Iterable[Block], rows: Iterator[str], anchors: dict[int, Block], check: Check) -> None:
    """Walk along the blocks with the rows; both are in the same order."""
    line = next(rows, None)
    before: Block | None = None
    for block in blocks:
        anchor = anchors.pop(block["no"], None)
        check.blocks += 1
        check.anchored += anchor is not None
        check.block(block, before, anchor)
        trusted: Block = anchor or block
        mine: list[str] = []
        while line is not None:
            epoch, xid, number = (int(x) for x in json.loads(line)[:3])
            upto = (trusted["upto_xid"], trusted["upto_id"])
            if epoch != trusted["epoch"] or (xid, number) > upto:
                break
            mine.append(line)
            line = next(rows, None)
        check.rows_of(trusted, mine)
        before = block
    while line is not None:
        check.bad_rows[int(json.loads(line)[2])] = "在最后一个区块之后"
        line = next(rows, None)
    for no in sorted(n for n in anchors if before is None or n > before["no"]):
        check.other.append(f"锚定过的区块 {no} 不在包里：末尾被截掉了，或导出之后才封存")


def main() -> int:
    parser = argparse.ArgumentParser(description="核验济民审计核验包")
    parser.add_argument("bundle", nargs="?", default=Path(__file__).resolve().parent, type=Path)
    parser.add_argument("--anchors", type=Path, help="用这里的锚定文件，不用包里的")
    given = parser.parse_args()
    packed = zipfile.ZipFile(given.bundle) if given.bundle.is_file() else None

    def lines(name: str) -> Iterator[str]:
        raw = packed.open(name) if packed else open(given.bundle / name, "rb")  # noqa: SIM115 - read to the end
        return (line.rstrip("\n") for line in io.TextIOWrapper(raw, encoding="utf-8", newline="\n"))

    check = Check()
    try:
        if given.anchors:
            files = [(f.name, f.read_text("utf-8").splitlines()) for f in sorted(given.anchors.glob("*.jsonl"))]
        else:
            names = packed.namelist() if packed else [
                str(f.relative_to(given.bundle)) for f in sorted(given.bundle.glob("anchors/*/*.jsonl"))
            ]  # fmt: skip
            files = [(n, list(lines(n))) for n in sorted(names) if n.startswith("anchors")]
        run((read_block(line) for line in lines("blocks.jsonl")), lines("rows.jsonl"), anchors_in(files, check), check)
    except (OSError, KeyError, ValueError, IndexError, struct.error) as error:
        print(f"✗ 核验不了：{error or type(error).__name__}", file=sys.stderr)
        return 2
    print(f"核验 {check.rows} 条、{check.blocks} 个区块（已锚定 {check.anchored} 个）。")
    if not check.bad_rows and not check.other:
        print("✓ 没有发现改动。")
        return 0
    for number in sorted(check.bad_rows)[:20]:
        print(f"✗ 审计记录 {number} {check.bad_rows[number]}。")
    for said in check.other[:20]:
        print(f"✗ {said}。")
    print(f"共 {len(check.bad_rows)} 条记录、{len(check.other)} 处其他问题。请找审计员和原来保存锚定文件的人核对。")
    return 1


if __name__ == "__main__":
    sys.exit(main())
