"""What a process and all that it starts take."""

from __future__ import annotations

import subprocess
import sys

from tests.bench.measure import measured, tree

CHILD = "import time; b = bytearray(64 << 20); b[::4096] = b'x' * len(b[::4096]); time.sleep(0.7)"
PARENT = f"import subprocess, sys; sys.exit(subprocess.run([sys.executable, '-c', {CHILD!r}]).returncode + 3)"


def test_memory_of_descendants_is_counted() -> None:
    done = measured(subprocess.Popen([sys.executable, "-c", PARENT]))
    assert done.returncode == 3
    assert done.peak_mib > 64
    assert done.wall_seconds >= 0.7
    assert done.cpu_seconds > 0


def test_the_process_tree_contains_only_living_children() -> None:
    process = subprocess.Popen(["sh", "-c", "sleep 30 & echo $!; wait"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    child = int(process.stdout.readline())
    try:
        assert tree(process.pid) == [process.pid, child]
    finally:
        subprocess.run(["kill", str(child)], check=True)
        process.wait()
    assert child not in tree(process.pid)
