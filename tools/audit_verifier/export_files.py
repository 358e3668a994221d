"""The files of an export, and the tiles and bundles among them: C2SP tlog-tiles."""

from __future__ import annotations

import binascii
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.audit_verifier.report import Malformed, Unusable

WIDTH: Final = 256  # hashes of a tile, entries of a bundle
_LARGEST_FILE: Final = WIDTH * (2 + 0xFFFF)  # a bundle of the longest entries


class Files(Mapping[str, bytes]):
    """The files of a folder or a zip by their names, read when they are asked for."""

    def __init__(self, path: Path) -> None:
        self._open: dict[str, Callable[[], bytes]] = {}
        try:
            if path.is_dir():
                for file in sorted(path.rglob("*")):
                    if file.is_file():
                        self._open[file.relative_to(path).as_posix()] = _reading(file)
            else:
                archive = zipfile.ZipFile(path)
                for info in archive.infolist():
                    if not info.is_dir():
                        self._open[info.filename] = _unpacking(archive, info)
        except (OSError, zipfile.BadZipFile, NotImplementedError):
            raise Unusable(f"{path} is no folder and no zip file that can be read") from None

    def __getitem__(self, name: str) -> bytes:
        opener = self._open[name]
        try:
            raw = opener()
        except (
            OSError,
            zipfile.BadZipFile,
            RuntimeError,
            NotImplementedError,
            EOFError,
            binascii.Error,
        ):
            raise Unusable(f"{name} cannot be read") from None
        except Exception as error:  # noqa: BLE001 - zlib, lzma and bz2 each have errors of their own
            raise Unusable(f"{name} cannot be unpacked ({type(error).__name__})") from None
        if len(raw) > _LARGEST_FILE:
            raise Unusable(f"{name} is larger than any file of an export")
        return raw

    def __iter__(self) -> Iterator[str]:
        return iter(self._open)

    def __len__(self) -> int:
        return len(self._open)


def _reading(file: Path) -> Callable[[], bytes]:
    def read() -> bytes:
        with file.open("rb") as stream:
            return stream.read(_LARGEST_FILE + 1)

    return read


def _unpacking(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        with archive.open(info) as stream:
            return stream.read(_LARGEST_FILE + 1)

    return read


_TILE = re.compile(
    r"tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile or bundle of entries: its name, level ("entries" is -1), index and width."""

    name: str
    level: int
    index: int
    width: int

    @classmethod
    def parse(cls, name: str) -> Tile | None:
        """Read the name of a tile (tlog-tiles, "Merkle Tree")."""
        found = _TILE.fullmatch(name)
        if found is None:
            return None
        level = -1 if found[1] == "entries" else int(found[1])
        index = int(found[2].replace("/", "").replace("x", ""))
        width = int(found[3] or WIDTH)
        return cls(name, level, index, width) if width <= WIDTH else None


def tiles_of(files: Mapping[str, bytes], level: int) -> list[Tile]:
    """Return the tiles of a level, the widest of each index, in order."""
    widest: dict[int, Tile] = {}
    for tile in filter(None, map(Tile.parse, files)):
        if tile.level == level and tile.width >= widest.get(tile.index, tile).width:
            widest[tile.index] = tile
    return [widest[index] for index in sorted(widest)]


def read_hashes(files: Mapping[str, bytes], tile: Tile) -> list[bytes]:
    """Return the hashes of a tile; Malformed where it is not as wide as its name says."""
    raw = files[tile.name]
    if len(raw) != 32 * tile.width:
        raise Malformed(f"it holds {len(raw)} bytes instead of {32 * tile.width}")
    return [raw[at : at + 32] for at in range(0, len(raw), 32)]


def read_entries(files: Mapping[str, bytes], tile: Tile) -> tuple[list[bytes], str]:
    """Return the entries of a bundle, and what is wrong with its framing where something is."""
    raw, at = files[tile.name], 0
    entries: list[bytes] = []
    while at < len(raw):
        length = int.from_bytes(raw[at : at + 2], "big")
        entry = raw[at + 2 : at + 2 + length]
        if len(raw) - at < 2 or len(entry) < length:
            return entries, "it ends inside an entry"
        entries.append(entry)
        at += 2 + length
    if len(entries) != tile.width:
        return entries, f"it holds {len(entries)} entries instead of {tile.width}"
    return entries, ""
