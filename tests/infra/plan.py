"""Reads a Terraform plan: what would be made, and, where a value is only known later, whence it comes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of the plan. `function` is the manifest's name where it belongs to a function's module.

    `later` has the members of `values` that are only known once the resource is made.
    """

    type: str
    name: str
    key: str | int | None
    function: str | None
    values: Values
    later: Values

    def block(self, name: str) -> Values:
        """Return the values of a block that stands there exactly once."""
        (block,) = self.values[name]
        return dict(block)


class Plan:
    """A plan in the layout of `terraform show -json`."""

    def __init__(self, content: Values) -> None:
        self._content = content

    @property
    def content(self) -> Values:
        """The plan as terraform shows it."""
        return self._content

    @cached_property
    def resources(self) -> list[Resource]:
        """Everything that would be made."""
        return [
            Resource(
                type=change["type"],
                name=change["name"],
                key=change.get("index"),
                function=_function(change.get("module_address", "")),
                values=change["change"]["after"],
                later=change["change"]["after_unknown"],
            )
            for change in self._content["resource_changes"]
        ]

    def all(self, type: str, name: str | None = None) -> list[Resource]:
        """Return the resources of a type, all or those of one name."""
        return [one for one in self.resources if one.type == type and name in {None, one.name}]

    def one(self, type: str, name: str) -> Resource:
        """Return the only resource of a type and name."""
        (found,) = self.all(type, name)
        return found

    def of_functions(self, type: str, name: str | None = None) -> dict[str, list[Resource]]:
        """Return the resources of a type in the functions' modules, by function; all functions are there."""
        found: dict[str, list[Resource]] = {
            str(one.function): [] for one in self.all("google_service_account", "this")
        }
        for one in self.all(type, name):
            if one.function is not None:
                found[one.function].append(one)
        return found

    def functions(self) -> dict[str, Resource]:
        """Return the deployed functions by the manifest's name."""
        found = self.of_functions("google_cloudfunctions2_function")
        return {function: one for function, (one,) in found.items()}

    def references(self, resource: Resource, *path: str) -> list[str]:
        """Return what an argument refers to, as it is written in the configuration."""
        module = self._content["configuration"]["root_module"]
        if resource.function is not None:
            module = module["module_calls"]["function"]["module"]
        address = f"{resource.type}.{resource.name}"
        (found,) = [one for one in module["resources"] if one["address"] == address]
        expression = found["expressions"]
        for step in path:
            expression = expression[0] if isinstance(expression, list) else expression
            expression = expression[step]
        return list(expression["references"])

    def texts(self) -> Iterator[str]:
        """Yield every text among the planned values."""
        for one in self.resources:
            yield from _texts(one.values)


def _function(module_address: str) -> str | None:
    _, quote, rest = module_address.partition('module.function["')
    return rest.removesuffix('"]') if quote else None


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for member in value.values():
            yield from _texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)
