"""python -m tests.scaffold NAME [SERVICE]. SERVICE: the service as boto3 calls it; the first word of the name by default."""

from __future__ import annotations

import sys

from tests.support.collection import ROOT

from .module import Names, files


def main() -> None:
    if not 2 <= len(sys.argv) <= 3:
        raise SystemExit("usage: make new-module NAME=sqs_queue [SERVICE=sqs]")
    names = Names(*sys.argv[1:])
    runtime = ROOT / "meta" / "runtime.yml"
    written = files(names, runtime.read_text(encoding="utf-8"))
    existing = [path for path in written if path != "meta/runtime.yml" and (ROOT / path).exists()]
    if f"plugins/modules/{names.module}.py" in existing:
        raise SystemExit(f"plugins/modules/{names.module}.py exists: choose another NAME.")
    for path, text in written.items():
        if path in existing:
            print(f"kept  {path}")
            continue
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(text, encoding="utf-8")
        print(f"wrote {path}")
    print("next: docs/contributing/add-a-module.md, step 2")


if __name__ == "__main__":
    main()
