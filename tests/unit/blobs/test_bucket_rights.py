"""A laptop refuses a function what IAM would: the buckets that its manifest row does not name."""

from __future__ import annotations

import pytest

from local.rights import RightfulBlobs, RightsError
from shared.blobs.folder import FolderBlobs


@pytest.mark.parametrize(
    ("right", "may"),
    [(None, set()), ("read", {"open"}), ("write", {"open", "put", "delete"})],
)
def test_a_function_does_with_a_bucket_what_its_row_says(tmp_path, right, may):
    """Reading, writing and deleting are each refused without the right, before anything happens."""
    folder = FolderBlobs(tmp_path / "files")
    folder.put("there", [b"x"])
    blobs = RightfulBlobs(folder, "tickets", "files", right)
    done = set()

    for verb, attempt in {
        "open": lambda: blobs.open("there").close(),
        "put": lambda: blobs.put("new", [b"y"]),
        "delete": lambda: blobs.delete("there"),
    }.items():
        try:
            attempt()
        except RightsError:
            continue
        done.add(verb)

    assert done == may
    assert (tmp_path / "files" / "new").exists() == ("put" in may)
    assert (tmp_path / "files" / "there").exists() == ("delete" not in may)
