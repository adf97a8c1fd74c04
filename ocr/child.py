"""A process of our own that may fall or dawdle: asked in lines of JSON, answered in kind, pictures in shared memory.

What libraries do with hostile files and odd pictures happens there, within a time, and nobody falls with it.
"""

from __future__ import annotations

import atexit
import json
import mmap
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


class Child:
    """One process ``python -m MODULE FD ROOM``. ``room`` bytes of memory are shared with it: what is not touched
    takes no memory. A pipe would copy a page through the kernel 64 kB at a time (0.03 s a page at 300 dpi)."""

    def __init__(self, module: str, room: int) -> None:
        descriptor = os.memfd_create("respaldo")
        os.ftruncate(descriptor, room)
        self._descriptor = descriptor
        self.shared = mmap.mmap(descriptor, room)
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1"}
        self.process = subprocess.Popen(  # noqa: S603  our own module, and numbers
            [sys.executable, "-m", module, str(descriptor), str(room)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd=Path(__file__).resolve().parent.parent,
            bufsize=0,
            pass_fds=(descriptor,),
        )
        self.asked = 0
        self._rest = b""

    def ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Its answer. Raises TimeoutError when it takes too long, EOFError when it falls."""
        until = time.monotonic() + seconds
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
        except BrokenPipeError as error:
            raise EOFError from error
        self.asked += 1
        answer: dict[str, Any] = json.loads(self._line(until))
        return answer

    def _line(self, until: float) -> bytes:
        assert self.process.stdout is not None
        pipe = self.process.stdout.fileno()
        while b"\n" not in self._rest:
            left = until - time.monotonic()
            if left <= 0 or not select.select([pipe], [], [], left)[0]:
                raise TimeoutError
            read = os.read(pipe, 1 << 16)
            if not read:
                raise EOFError
            self._rest += read
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    def forget(self, size: int) -> None:
        """Give the shared memory back to the system when ``size`` bytes of it were more than a usual page takes."""
        if size > 40 << 20:
            room = len(self.shared)
            os.ftruncate(self._descriptor, 0)
            os.ftruncate(self._descriptor, room)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        self.shared.close()
        os.close(self._descriptor)


class Keeper:
    """The one child of a kind of this process, replaced when it falls, dawdles or has been asked ``most`` times
    (so that what libraries leak does not add up)."""

    def __init__(self, module: str, room: int, most: int) -> None:
        self._module, self._room, self._most = module, room, most
        self.child: Child | None = None
        self._owner = 0
        self._lock = threading.Lock()
        atexit.register(self.close)

    def use(self, deed: Callable[[Child], T]) -> T:
        """What ``deed`` makes of the child, alone with it. TimeoutError and EOFError end the child and rise."""
        with self._lock:
            if self._owner != os.getpid():  # after a fork the child is the parent's
                self.child, self._owner = None, os.getpid()
            if self.child is None:
                self.child = Child(self._module, self._room)
            try:
                made = deed(self.child)
            except (TimeoutError, EOFError):
                self._drop()
                raise
            if self.child.asked >= self._most:
                self._drop()
            return made

    def close(self) -> None:
        """End the child of this process, if it has one."""
        with self._lock:
            if self._owner == os.getpid():
                self._drop()

    def _drop(self) -> None:
        if self.child is not None:
            self.child.end()
            self.child = None


def serve(answer: Callable[[mmap.mmap, dict[str, Any]], dict[str, Any]]) -> None:
    """The child's side: answers requests until standard input ends."""
    shared = mmap.mmap(int(sys.argv[1]), int(sys.argv[2]))
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print must not get between the answers
    for line in sys.stdin.buffer:
        out.write(json.dumps(answer(shared, json.loads(line))).encode() + b"\n")
        out.flush()
