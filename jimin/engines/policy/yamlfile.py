"""YAML that law can be written in: every mapping knows its line, nothing is kept silently.

Duplicate keys are refused (YAML keeps the last), so are 010, 12:30 and 1_000, which it reads as other numbers; 0.1 stays 0.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import yaml

from jimin.engines.policy.errors import RuleError


class Mapping(dict[str, Any]):
    """A mapping and the place where it stands."""

    where: str = ""

    def only(self, allowed: Iterable[str]) -> None:
        """Raises RuleError for a key that is not allowed."""
        strange = [k for k in self if k not in set(allowed)]
        if strange:
            raise RuleError(f"不认识的“{strange[0]}”", where=self.where, allowed="、".join(sorted(allowed)))

    def need(self, key: str, kind: type, what: str) -> Any:
        """The value of a key. Raises RuleError when it is missing or of another kind."""
        value = self.get(key)
        if not isinstance(value, kind):
            found = f"“{key}”是“{value}”" if key in self else f"没有“{key}”"
            raise RuleError(found, where=self.where, allowed=what)
        return value


def where(value: Any) -> str:
    """The place of a mapping; empty for anything else."""
    return value.where if isinstance(value, Mapping) else ""


class _Loader(yaml.SafeLoader):
    file = ""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> Mapping:
    made, lines = Mapping(), dict[Any, int]()
    made.where = f"{loader.file}:{node.start_mark.line + 1}"
    for key_node, _ in node.value:  # before the merged ones (<<) come in: those may be written over
        line = key_node.start_mark.line + 1
        if key_node.value in lines:
            raise RuleError(
                f"“{key_node.value}”写了两次（前一次在第 {lines[key_node.value]} 行）",
                where=f"{loader.file}:{line}",
                then="YAML 只会留下后一个；请删去一个",
            )
        lines[key_node.value] = line
    loader.flatten_mapping(node)
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)  # type: ignore[no-untyped-call]
        if not isinstance(key, str):
            line = key_node.start_mark.line + 1
            raise RuleError(f"YAML 把这个键读成了 {key!r}", where=f"{loader.file}:{line}", then="请加引号")
        made[key] = loader.construct_object(value_node, deep=True)  # type: ignore[no-untyped-call]
    return made


def _decimal(loader: _Loader, node: yaml.ScalarNode) -> Decimal:
    if not re.fullmatch(r"-?\d+\.\d+", node.value):
        raise RuleError(
            f"YAML 会把 {node.value} 读成别的数",
            where=f"{loader.file}:{node.start_mark.line + 1}",
            allowed="0.35 这样的小数",
        )
    return Decimal(node.value)


def _integer(loader: _Loader, node: yaml.ScalarNode) -> int:
    digits = node.value.removeprefix("-")
    if not digits.isdigit() or (len(digits) > 1 and digits.startswith("0")):
        raise RuleError(
            f"YAML 会把 {node.value} 读成别的数（八进制、六十进制、千分位）",
            where=f"{loader.file}:{node.start_mark.line + 1}",
            allowed="只写数字；代码请加引号",
        )
    return int(node.value)


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("tag:yaml.org,2002:int", _integer)
_Loader.add_constructor("tag:yaml.org,2002:float", _decimal)


def read(file: Path, expect: type = Mapping) -> Any:
    """The content of a file. Raises RuleError with file and line."""
    try:
        text = file.read_text("utf-8")
    except UnicodeDecodeError:
        raise RuleError("这个文件不是 UTF-8 编码", where=file.name, then="请另存为 UTF-8") from None
    return parse(text, file.name, expect)


def parse(text: str, name: str, expect: type = Mapping) -> Any:
    """The content of a text; `name` is how errors call it."""
    loader = _Loader(text)
    loader.file = name
    try:
        content = loader.get_single_data()  # type: ignore[no-untyped-call]
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise RuleError(f"YAML 写法有误（{error.problem}）", where=f"{name}:{line}") from None
    finally:
        loader.dispose()  # type: ignore[no-untyped-call]
    if content is None:
        content = expect()
    if not isinstance(content, expect):
        raise RuleError("文件的最外层写法不对", where=name, allowed="名称: 内容" if expect is Mapping else "- 一条一条")
    return cast(Any, content)
