"""A file is written whole or not at all: beside its place, then moved there, so that whatever fails leaves the old one."""

from __future__ import annotations

import contextlib
import io
import os
import re
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

from impact.errors import InputError

__all__ = ["append_line", "checked_path", "write_folder", "write_whole"]

_ADDRESS = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]+:/")


def checked_path(path: str | os.PathLike[str], parameter: str) -> Path:
    """`path` as the file that will be written, symbolic links followed.

    Raises
    ------
    InputError
        If it is an address of the network, a folder, or lies in a folder that does not exist.
    """
    text = os.fspath(path)
    if _ADDRESS.match(text):
        raise InputError(f"{parameter} {text!r} is an address; only files of this machine are written: give a path.")
    target = Path(os.path.realpath(text))
    if not text or target.is_dir():
        raise InputError(f"{parameter} {text!r} cannot be written (it names a folder); give the name of a file in it.")
    if not target.parent.is_dir():
        missing = next(folder for folder in (target.parent, *target.parent.parents) if folder.parent.is_dir() or folder == folder.parent)
        raise InputError(
            f"{parameter} {text!r} cannot be written (there is no folder {str(missing)!r}); make the folder or choose another."
        )
    return target


def write_whole(path: str | os.PathLike[str], content: str | bytes, *, parameter: str = "path") -> Path:
    """Write `content` to `path` at once: a full disk, an interrupt or a crash leaves what stood there before.

    Parameters
    ----------
    path : path
        A symbolic link is followed; a device or a pipe is written to directly.
    content : str or bytes
        Text is written as UTF-8, its line ends as they are.
    parameter : str
        Name of the option or argument, for the message.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    target = checked_path(path, parameter)
    encoded = content.encode("utf-8", errors="backslashreplace") if isinstance(content, str) else content
    try:
        if target.exists() and not target.is_file():
            with target.open("wb", buffering=0) as device:
                _write_all(device, encoded)
        else:
            _replace(target, encoded)
    except OSError as error:
        raise InputError(
            f"{parameter} {os.fspath(path)!r} cannot be written ({error.strerror}); choose a folder that exists and may be written."
        ) from error
    return Path(path)


def write_folder(folder: str | os.PathLike[str], contents: Mapping[str, str], *, parameter: str = "folder") -> None:
    """Write files to a folder, all of them or none, and over no file that is there.

    Parameters
    ----------
    folder : path
        Made, with the folders above it, when it does not exist.
    contents : mapping of file name to text
    parameter : str
        Name of the option or argument, for the message.

    Raises
    ------
    InputError
        If one of the files is there already, or the folder cannot be written.
    """
    target, written = Path(folder), list[Path]()
    there = [name for name in contents if os.path.lexists(target / name)]
    if there:
        raise InputError(
            f"{parameter}={os.fspath(folder)!r} has {len(there)} of the {len(contents)} files to write (first {there[0]}), and none is written "
            "over; choose another folder, or edit what is there."
        )
    missing = [parent for parent in (target, *target.parents) if not parent.exists()]
    try:
        target.mkdir(parents=True, exist_ok=True)
        for name, text in contents.items():
            write_whole(target / name, text, parameter=parameter)
            written.append(target / name)
    except BaseException as error:
        with contextlib.suppress(OSError):
            for path in written:
                path.unlink()
            for made in missing:
                made.rmdir()
        if isinstance(error, OSError):
            raise InputError(f"{parameter}={os.fspath(folder)!r} cannot be made ({error.strerror}); choose one that may be.") from error
        raise


def _replace(target: Path, content: bytes) -> None:
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(13, "Permission denied", str(target))
    handle, partial = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:100]}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(partial, _mode(target))
        os.replace(partial, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(partial)
        raise


def _write_all(stream: io.RawIOBase, content: bytes) -> None:
    """All of it: a disk that fills up takes a part of a write without an error, and refuses the rest."""
    left = memoryview(content)
    while left:
        left = left[stream.write(left) or 0 :]


def _mode(target: Path) -> int:
    """Permissions of the file that is replaced, or those of a new one."""
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def append_line(path: str | os.PathLike[str], line: str, *, parameter: str = "path") -> None:
    """Append one line, whole or not at all, on a line of its own even after a torn one; writers at the same time do not mix.

    Raises
    ------
    InputError
        If the file cannot be written; it then holds what it held before.
    """
    target, written = checked_path(path, parameter), line.encode("utf-8", errors="backslashreplace") + b"\n"
    try:
        if target.exists() and not target.is_file():
            with target.open("wb", buffering=0) as device:
                _write_all(device, written)
            return
        with target.open("ab", buffering=0) as log:
            with contextlib.suppress(ImportError):
                import fcntl

                fcntl.flock(log, fcntl.LOCK_EX)
            with target.open("rb") as before:
                size = before.seek(0, os.SEEK_END)
                torn = size > 0 and before.seek(-1, os.SEEK_END) >= 0 and before.read(1) != b"\n"
            try:
                _write_all(log, (b"\n" if torn else b"") + written)
                os.fsync(log.fileno())
            except BaseException:
                log.truncate(size)
                raise
    except OSError as error:
        raise InputError(
            f"{parameter} {os.fspath(path)!r} cannot be written ({error.strerror}); choose a folder that exists and may be written."
        ) from error
