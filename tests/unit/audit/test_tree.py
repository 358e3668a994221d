"""The tree, against published roots, against an independent library, and against every lie."""

from __future__ import annotations

import pymerkle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.audit import tree

# https://github.com/google/certificate-transparency: the leaves and roots that RFC 6962 is known by.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
MANY = 256 * 3 + 70


class Tiles:
    """A tree of some leaves, as its tiles."""

    def __init__(self, leaves: list[bytes], batch: int = 100) -> None:
        self.edge = tree.Edge()
        self.tiles: dict[tuple[int, int], list[bytes]] = {}
        for at in range(0, len(leaves), batch):
            hashes = [tree.leaf_hash(leaf) for leaf in leaves[at : at + batch]]
            self.tiles |= self.edge.append(hashes)

    def hash_at(self, level: int, index: int) -> bytes:
        """Return one hash of a tile."""
        return self.tiles[level, index // 256][index % 256]


def numbered(count: int) -> list[bytes]:
    """Return leaves that differ."""
    return [str(number).encode() for number in range(count)]


@pytest.fixture(scope="module")
def many() -> Tiles:
    """Give a tree of two levels of tiles."""
    return Tiles(numbered(MANY))


@pytest.fixture(scope="module")
def other() -> pymerkle.InmemoryTree:
    """Give the same tree by a library that is not ours."""
    built = pymerkle.InmemoryTree(algorithm="sha256")
    for leaf in numbered(MANY):
        built.append_entry(leaf)
    return built


@pytest.mark.parametrize("size", range(9))
def test_the_published_roots(size: int) -> None:
    """Made of hashes, by appending, and from tiles, each root is the published one."""
    tiles = Tiles(LEAVES, batch=3)
    hashes = [tree.leaf_hash(leaf) for leaf in LEAVES]
    assert tree.root(hashes[:size]).hex() == ROOTS[size]
    assert Tiles(LEAVES[:size], batch=1).edge.root().hex() == ROOTS[size]
    assert tree.tree_root(size, tiles.hash_at).hex() == ROOTS[size]


@pytest.mark.parametrize("index", range(7))
def test_a_proof_in_the_published_tree(index: int) -> None:
    """Each leaf of the tree of seven in RFC 6962 §2.1.3 is proved, and by as many hashes as there."""
    proof = tree.inclusion_proof(index, 7, Tiles(LEAVES).hash_at)
    assert len(proof) == (2 if index == 6 else 3)
    root = bytes.fromhex(ROOTS[7])
    assert tree.verify_inclusion(tree.leaf_hash(LEAVES[index]), index, 7, proof, root)


@pytest.mark.parametrize("size", [1, 2, 3, 255, 256, 257, 511, 512, 513, 768, MANY])
def test_roots_and_proofs_are_those_of_another_library(
    many: Tiles, other: pymerkle.InmemoryTree, size: int
) -> None:
    """Of trees around the width of a tile, for leaves at both ends and in the middle."""
    root = tree.tree_root(size, many.hash_at)
    assert root == other.get_root(size)
    for index in sorted({0, 1, size // 2, size - 2, size - 1} & set(range(size))):
        proof = tree.inclusion_proof(index, size, many.hash_at)
        assert proof == other.prove_inclusion(index + 1, size).path[1:]
        leaf = tree.leaf_hash(str(index).encode())
        assert tree.verify_inclusion(leaf, index, size, proof, root)
    for old in sorted({1, 2, 3, 255, 256, 257, size // 2, size - 1} & set(range(1, size))):
        proof = tree.consistency_proof(old, size, many.hash_at)
        before = tree.tree_root(old, many.hash_at)
        assert tree.verify_consistency(old, size, proof, before, root)
        # Its proof is made of other nodes than RFC 6962's, and holds for the same two roots.
        pymerkle.verify_consistency(before, root, other.prove_consistency(old, size))


@pytest.mark.parametrize("size", range(1, 40))
def test_every_proof_of_small_trees_holds_and_no_other(many: Tiles, size: int) -> None:
    """A proof shows its leaf in its place, and neither another leaf nor another place."""
    root = tree.tree_root(size, many.hash_at)
    for index in range(size):
        proof = tree.inclusion_proof(index, size, many.hash_at)
        leaf = many.hash_at(0, index)
        assert tree.verify_inclusion(leaf, index, size, proof, root)
        assert not tree.verify_inclusion(leaf, index + 1, size, proof, root)
        assert not tree.verify_inclusion(b"x" * 32, index, size, proof, root)
        assert not tree.verify_inclusion(leaf, index, size, [*proof, leaf], root)
        assert not tree.verify_inclusion(leaf, index, size, proof[:-1], root) or not proof
    for old in range(1, size + 1):
        proof = tree.consistency_proof(old, size, many.hash_at)
        before = tree.tree_root(old, many.hash_at)
        assert tree.verify_consistency(old, size, proof, before, root)
        assert not tree.verify_consistency(old, size, proof, b"x" * 32, root)
        assert not tree.verify_consistency(old, size, proof, before, b"x" * 32)
        assert not tree.verify_consistency(old, size, [*proof, root], before, root)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 600), st.integers(1, 300), st.integers(0, 599))
def test_a_tree_with_one_entry_changed_is_not_consistent(old: int, more: int, changed: int) -> None:
    """Whoever changes what was sealed can make no proof from the old root to the new one."""
    leaves = numbered(old + more)
    honest = Tiles(leaves)
    leaves[changed % old] = b"changed"
    forged = Tiles(leaves)
    proof = tree.consistency_proof(old, old + more, forged.hash_at)
    before = tree.tree_root(old, honest.hash_at)
    assert not tree.verify_consistency(old, old + more, proof, before, forged.edge.root())


def test_batches_do_not_matter() -> None:
    """However the leaves came, the tiles and the root are the same."""
    at_once, one_by_one = Tiles(numbered(700), batch=700), Tiles(numbered(700), batch=1)
    assert at_once.tiles == one_by_one.tiles
    assert at_once.edge == one_by_one.edge


def test_a_third_level_begins_at_65536_leaves() -> None:
    """The tile above two full ones is filled, and the root follows from the edge alone."""
    edge = tree.Edge()
    leaf = tree.leaf_hash(b"same")
    changed = edge.append([leaf] * 65_537)
    assert [len(tile) for tile in edge.tiles] == [1, 0, 1]
    assert edge.root() == tree.root([leaf] * 65_537)
    assert tree.edge_tiles(65_537) == [(0, 256, 1), (2, 0, 1)]
    assert len(changed[1, 0]) == 256


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ((0, 0), "tile/0/000"),
        ((0, 5, 7), "tile/0/005.p/7"),
        (("entries", 1_234_067), "tile/entries/x001/x234/067"),
        ((1, 1_000, 255), "tile/1/x001/000.p/255"),
    ],
)
def test_names_of_tiles(arguments: tuple[int, ...], name: str) -> None:
    """The published example of tlog-tiles among them."""
    assert tree.tile_name(*arguments) == name


def test_a_proof_of_what_is_not_there_is_not_made(many: Tiles) -> None:
    """A caller that asks for it has a bug."""
    for index, size in ((5, 5), (-1, 5)):
        with pytest.raises(ValueError, match="no such leaf"):
            tree.inclusion_proof(index, size, many.hash_at)
    for old, new in ((0, 5), (6, 5)):
        with pytest.raises(ValueError, match="not smaller"):
            tree.consistency_proof(old, new, many.hash_at)
