"""The content store: a file lies under the SHA-256 of its bytes, written once and never changed."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Staged:
    """Bytes on disk (fsync done), not yet under their name."""

    path: Path
    sha256: str
    size: int


class ContentStore:
    """Files under ``root``, as ``ab/abcdef...``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.staging = root / "staging"

    def stage(self, stream: BinaryIO) -> Staged:
        """Write a stream to disk and hash it; when this returns the bytes have reached the disk."""
        self.staging.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        with tempfile.NamedTemporaryFile(dir=self.staging, delete=False) as file:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        return Staged(Path(file.name), digest.hexdigest(), size)

    def keep(self, staged: Staged) -> Path:
        """Give staged bytes their name for good. Bytes already kept stay as they are."""
        target = self.path(staged.sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.chmod(staged.path, 0o400)
        os.replace(staged.path, target)
        for folder in (target.parent, self.root):
            descriptor = os.open(folder, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)
        return target

    def discard(self, staged: Staged) -> None:
        staged.path.unlink(missing_ok=True)

    def path(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256
