"""Loading of a GraphQL schema and of the query whose answers are judged."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from graphql import (
    ExecutableDefinitionNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    build_ast_schema,
    build_client_schema,
    parse,
)

from ....rules.names import join_names, lower_first, suggestion
from ...core.display import escape_unprintable
from ...recordings.formats.unique_members import RepeatedMemberError, decode_unique
from ..files import SchemaFolder
from ..outline import SchemaError

_MAX_TOKENS = 1_000_000


class Query(NamedTuple):
    """An operation of a document, and the fragments that it can use."""

    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]

    @property
    def title(self) -> str:
        """The name, or the kind if it has none."""
        return self.operation.name.value if self.operation.name else self.operation.operation.value


def load_schema(path: str) -> GraphQLSchema:
    """Return a schema, from an introspection result in JSON or from the schema language; raises SchemaError."""
    content, name = SchemaFolder(path).read_main(), escape_unprintable(path)
    try:
        if content.removeprefix(BOM_UTF8).lstrip()[:1] == b"{":
            return build_client_schema(_introspection(content, name), assume_valid=True)
        text = content.decode("utf-8-sig")
        return build_ast_schema(parse(text, max_tokens=_MAX_TOKENS), assume_valid=True)
    except UnicodeDecodeError:
        raise SchemaError(f"`{name}`: not UTF-8") from None
    except GraphQLError as error:
        raise SchemaError(f"`{name}`: no GraphQL schema{_line(error)}") from None
    except RecursionError:
        raise SchemaError(f"`{name}`: no GraphQL schema: nested too deeply") from None
    except (TypeError, ValueError, KeyError, AttributeError):
        raise SchemaError(f"`{name}`: no introspection result that is complete") from None


def _introspection(content: bytes, name: str) -> Any:
    try:
        found: Any = decode_unique(content.removeprefix(BOM_UTF8), object)
    except RepeatedMemberError as error:
        problem = (
            f"contains `{escape_unprintable(str(error))}` more than once, so that its content is ambiguous"
        )
        raise SchemaError(f"`{name}`: {problem}") from None
    except (msgspec.MsgspecError, ValueError) as error:
        raise SchemaError(f"`{name}`: not JSON: {lower_first(str(error))}") from None
    data = found.get("data", found)
    if not isinstance(data, dict) or not isinstance(data.get("__schema"), dict):
        raise SchemaError(f"`{name}`: it has no `__schema`, so it is no introspection result")
    return data


def load_query(path: str, wanted: str | None) -> Query:
    """Return an operation of a query document, by its name if there are several; raises SchemaError."""
    content, name = SchemaFolder(path).read_main(), escape_unprintable(path)
    try:
        document = parse(content.decode("utf-8-sig"), no_location=True, max_tokens=_MAX_TOKENS)
    except UnicodeDecodeError:
        raise SchemaError(f"`{name}`: not UTF-8") from None
    except GraphQLError as error:
        raise SchemaError(f"`{name}`: no GraphQL query{_line(error)}") from None
    except RecursionError:
        raise SchemaError(f"`{name}`: no GraphQL query: nested too deeply") from None
    definitions = [each for each in document.definitions if isinstance(each, ExecutableDefinitionNode)]
    fragments = {each.name.value: each for each in definitions if isinstance(each, FragmentDefinitionNode)}
    operations = [each for each in definitions if isinstance(each, OperationDefinitionNode)]
    return Query(_operation(operations, wanted, name), fragments)


def _operation(
    operations: list[OperationDefinitionNode], wanted: str | None, name: str
) -> OperationDefinitionNode:
    by_name = {each.name.value: each for each in operations if each.name}
    if wanted is None and len(operations) == 1:
        return operations[0]
    if wanted is not None and wanted in by_name:
        return by_name[wanted]
    if not operations:
        raise SchemaError(f"`{name}`: it has no operation")
    if wanted is None:
        raise SchemaError(f"`{name}`: name one of its operations with --operation: {join_names(by_name)}")
    raise SchemaError(f"`{name}`: it has no operation `{wanted}`{suggestion(wanted, by_name, 'there are')}")


def _line(error: GraphQLError) -> str:
    """Return where an error is; its text would quote the input."""
    return f", at line {error.locations[0].line}" if error.locations else ""
