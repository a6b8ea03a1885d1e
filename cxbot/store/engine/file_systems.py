"""The kind of file system that a file is on."""

from __future__ import annotations

from pathlib import Path

FORGETFUL = frozenset({"overlay", "tmpfs", "ramfs", "aufs"})
"""File systems whose files are gone when a container or the machine restarts."""
MOUNTS = Path("/proc/self/mounts")


def kind_of(path: Path) -> str:
    """The kind of file system that a file is on, or will be, such as ext4; "" where that is not known."""
    try:
        mounts = [line.split() for line in MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()]
    except OSError:
        return ""
    folder = path.resolve().parent
    # Spaces are written as \\040. Of several mounts at one place the last one counts.
    places = [(Path(mount[1].replace("\\040", " ")), mount[2]) for mount in mounts if len(mount) > 2]
    over = [(len(place.parts), kind) for place, kind in places if folder.is_relative_to(place)]
    deepest = max((depth for depth, _ in over), default=0)
    return next((kind for depth, kind in reversed(over) if depth == deepest), "")
