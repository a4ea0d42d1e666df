"""The command tag of a statement, as PostgreSQL spells it (``src/include/tcop/cmdtaglist.h``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from google.protobuf.message import Message
from postgast import pg_query_pb2 as pg

_OBJECTS = {
    "FDW": "FOREIGN DATA WRAPPER",
    "FOREIGN_SERVER": "SERVER",
    "MATVIEW": "MATERIALIZED VIEW",
    "OPCLASS": "OPERATOR CLASS",
    "OPFAMILY": "OPERATOR FAMILY",
    "STATISTIC_EXT": "STATISTICS",
    "TSCONFIGURATION": "TEXT SEARCH CONFIGURATION",
    "TSDICTIONARY": "TEXT SEARCH DICTIONARY",
    "TSPARSER": "TEXT SEARCH PARSER",
    "TSTEMPLATE": "TEXT SEARCH TEMPLATE",
    "COLUMN": "TABLE",
    "TABCONSTRAINT": "TABLE",
    "DOMCONSTRAINT": "DOMAIN",
    "ATTRIBUTE": "TYPE",
}
"""Where the tag names an object otherwise than the grammar's ``ObjectType`` does."""

_TAGS = {
    "InsertStmt": "INSERT",
    "DeleteStmt": "DELETE",
    "UpdateStmt": "UPDATE",
    "MergeStmt": "MERGE",
    "CreateSchemaStmt": "CREATE SCHEMA",
    "ReplicaIdentityStmt": "ALTER TABLE",
    "AlterCollationStmt": "ALTER COLLATION",
    "AlterDomainStmt": "ALTER DOMAIN",
    "AlterDefaultPrivilegesStmt": "ALTER DEFAULT PRIVILEGES",
    "CopyStmt": "COPY",
    "VariableShowStmt": "SHOW",
    "CreateStmt": "CREATE TABLE",
    "CreateTableSpaceStmt": "CREATE TABLESPACE",
    "DropTableSpaceStmt": "DROP TABLESPACE",
    "AlterTableSpaceOptionsStmt": "ALTER TABLESPACE",
    "CreateExtensionStmt": "CREATE EXTENSION",
    "AlterExtensionStmt": "ALTER EXTENSION",
    "AlterExtensionContentsStmt": "ALTER EXTENSION",
    "CreateFdwStmt": "CREATE FOREIGN DATA WRAPPER",
    "AlterFdwStmt": "ALTER FOREIGN DATA WRAPPER",
    "CreateForeignServerStmt": "CREATE SERVER",
    "AlterForeignServerStmt": "ALTER SERVER",
    "CreateForeignTableStmt": "CREATE FOREIGN TABLE",
    "CreateUserMappingStmt": "CREATE USER MAPPING",
    "AlterUserMappingStmt": "ALTER USER MAPPING",
    "DropUserMappingStmt": "DROP USER MAPPING",
    "ImportForeignSchemaStmt": "IMPORT FOREIGN SCHEMA",
    "CreatePolicyStmt": "CREATE POLICY",
    "AlterPolicyStmt": "ALTER POLICY",
    "CreateAmStmt": "CREATE ACCESS METHOD",
    "CreateTrigStmt": "CREATE TRIGGER",
    "CreateEventTrigStmt": "CREATE EVENT TRIGGER",
    "AlterEventTrigStmt": "ALTER EVENT TRIGGER",
    "CreatePLangStmt": "CREATE LANGUAGE",
    "CreateRoleStmt": "CREATE ROLE",
    "AlterRoleStmt": "ALTER ROLE",
    "AlterRoleSetStmt": "ALTER ROLE",
    "DropRoleStmt": "DROP ROLE",
    "CreateSeqStmt": "CREATE SEQUENCE",
    "AlterSeqStmt": "ALTER SEQUENCE",
    "CreateDomainStmt": "CREATE DOMAIN",
    "CreateOpClassStmt": "CREATE OPERATOR CLASS",
    "CreateOpFamilyStmt": "CREATE OPERATOR FAMILY",
    "AlterOpFamilyStmt": "ALTER OPERATOR FAMILY",
    "TruncateStmt": "TRUNCATE TABLE",
    "CommentStmt": "COMMENT",
    "SecLabelStmt": "SECURITY LABEL",
    "DeclareCursorStmt": "DECLARE CURSOR",
    "ClosePortalStmt": "CLOSE CURSOR",
    "IndexStmt": "CREATE INDEX",
    "CreateStatsStmt": "CREATE STATISTICS",
    "AlterStatsStmt": "ALTER STATISTICS",
    "DoStmt": "DO",
    "CallStmt": "CALL",
    "AlterOperatorStmt": "ALTER OPERATOR",
    "AlterTypeStmt": "ALTER TYPE",
    "RuleStmt": "CREATE RULE",
    "NotifyStmt": "NOTIFY",
    "ListenStmt": "LISTEN",
    "UnlistenStmt": "UNLISTEN",
    "CompositeTypeStmt": "CREATE TYPE",
    "CreateEnumStmt": "CREATE TYPE",
    "CreateRangeStmt": "CREATE TYPE",
    "AlterEnumStmt": "ALTER TYPE",
    "ViewStmt": "CREATE VIEW",
    "LoadStmt": "LOAD",
    "CreatedbStmt": "CREATE DATABASE",
    "AlterDatabaseStmt": "ALTER DATABASE",
    "AlterDatabaseRefreshCollStmt": "ALTER DATABASE",
    "AlterDatabaseSetStmt": "ALTER DATABASE",
    "DropdbStmt": "DROP DATABASE",
    "AlterSystemStmt": "ALTER SYSTEM",
    "ClusterStmt": "CLUSTER",
    "ExplainStmt": "EXPLAIN",
    "RefreshMatViewStmt": "REFRESH MATERIALIZED VIEW",
    "CheckPointStmt": "CHECKPOINT",
    "LockStmt": "LOCK TABLE",
    "ConstraintsSetStmt": "SET CONSTRAINTS",
    "ReindexStmt": "REINDEX",
    "CreateConversionStmt": "CREATE CONVERSION",
    "CreateCastStmt": "CREATE CAST",
    "CreateTransformStmt": "CREATE TRANSFORM",
    "PrepareStmt": "PREPARE",
    "ExecuteStmt": "EXECUTE",
    "DropOwnedStmt": "DROP OWNED",
    "ReassignOwnedStmt": "REASSIGN OWNED",
    "AlterTSDictionaryStmt": "ALTER TEXT SEARCH DICTIONARY",
    "AlterTSConfigurationStmt": "ALTER TEXT SEARCH CONFIGURATION",
    "CreatePublicationStmt": "CREATE PUBLICATION",
    "AlterPublicationStmt": "ALTER PUBLICATION",
    "CreateSubscriptionStmt": "CREATE SUBSCRIPTION",
    "AlterSubscriptionStmt": "ALTER SUBSCRIPTION",
    "DropSubscriptionStmt": "DROP SUBSCRIPTION",
}

_TRANSACTION_TAGS = {
    pg.TRANS_STMT_BEGIN: "BEGIN",
    pg.TRANS_STMT_START: "START TRANSACTION",
    pg.TRANS_STMT_COMMIT: "COMMIT",
    pg.TRANS_STMT_ROLLBACK: "ROLLBACK",
    pg.TRANS_STMT_SAVEPOINT: "SAVEPOINT",
    pg.TRANS_STMT_RELEASE: "RELEASE",
    pg.TRANS_STMT_ROLLBACK_TO: "ROLLBACK",
    pg.TRANS_STMT_PREPARE: "PREPARE TRANSACTION",
    pg.TRANS_STMT_COMMIT_PREPARED: "COMMIT PREPARED",
    pg.TRANS_STMT_ROLLBACK_PREPARED: "ROLLBACK PREPARED",
}
_DISCARD_TAGS = {
    pg.DISCARD_ALL: "DISCARD ALL",
    pg.DISCARD_PLANS: "DISCARD PLANS",
    pg.DISCARD_SEQUENCES: "DISCARD SEQUENCES",
    pg.DISCARD_TEMP: "DISCARD TEMP",
}
_NOISE = frozenset(
    [
        "OR",
        "REPLACE",
        "UNIQUE",
        "TEMP",
        "TEMPORARY",
        "LOCAL",
        "GLOBAL",
        "UNLOGGED",
        "CONSTRAINT",
        "RECURSIVE",
        "TRUSTED",
        "PROCEDURAL",
    ]
)
"""Words between the first words of a statement that its tag leaves out."""

_KNOWN = {*_TAGS.values(), *_TRANSACTION_TAGS.values(), *_DISCARD_TAGS.values()} | {
    f"{verb} {_OBJECTS.get(kind, kind.replace('_', ' '))}"
    for verb in ("CREATE", "ALTER", "DROP")
    for kind in (value.name.removeprefix("OBJECT_") for value in pg.ObjectType.DESCRIPTOR.values)
}


def tag_of(node: Message) -> str:
    """The tag of a parsed statement; follows ``CreateCommandTag`` of ``src/backend/tcop/utility.c``."""
    name = type(node).__name__
    special = _SPECIAL.get(name)
    return special(node) if special else _TAGS[name]


def tag_from_words(words: list[str]) -> str:
    """The longest tag that the first words of a statement spell; its first word when they spell none."""
    meaning = [word.upper() for index, word in enumerate(words) if not index or word.upper() not in _NOISE]
    candidates = (" ".join(meaning[:length]) for length in (4, 3, 2, 1))
    return next((tag for tag in candidates if tag in _KNOWN), meaning[0] if meaning else "")


def _select(node: pg.SelectStmt) -> str:
    if node.HasField("into_clause"):
        return "SELECT INTO"
    if not node.locking_clause:
        return "SELECT"
    return {
        pg.LCS_FORKEYSHARE: "SELECT FOR KEY SHARE",
        pg.LCS_FORSHARE: "SELECT FOR SHARE",
        pg.LCS_FORNOKEYUPDATE: "SELECT FOR NO KEY UPDATE",
        pg.LCS_FORUPDATE: "SELECT FOR UPDATE",
    }[node.locking_clause[0].locking_clause.strength]


def _set(node: pg.VariableSetStmt) -> str:
    return "RESET" if node.kind in (pg.VAR_RESET, pg.VAR_RESET_ALL) else "SET"


def _grant(node: pg.GrantStmt) -> str:
    return "GRANT" if node.is_grant else "REVOKE"


def _grant_role(node: pg.GrantRoleStmt) -> str:
    return "GRANT ROLE" if node.is_grant else "REVOKE ROLE"


def _create_function(node: pg.CreateFunctionStmt) -> str:
    return "CREATE PROCEDURE" if node.is_procedure else "CREATE FUNCTION"


def _create_table_as(node: pg.CreateTableAsStmt) -> str:
    if node.objtype == pg.OBJECT_MATVIEW:
        return "CREATE MATERIALIZED VIEW"
    return "SELECT INTO" if node.is_select_into else "CREATE TABLE AS"


def _vacuum(node: pg.VacuumStmt) -> str:
    return "VACUUM" if node.is_vacuumcmd else "ANALYZE"


def _fetch(node: pg.FetchStmt) -> str:
    return "MOVE" if node.ismove else "FETCH"


def _deallocate(node: pg.DeallocateStmt) -> str:
    return "DEALLOCATE" if node.name else "DEALLOCATE ALL"


def _rename(node: pg.RenameStmt) -> str:
    on_relation = node.rename_type in (pg.OBJECT_COLUMN, pg.OBJECT_ATTRIBUTE)
    return f"ALTER {_object(node.relation_type if on_relation else node.rename_type)}"


def _object(kind: int) -> str:
    name: str = pg.ObjectType.Name(kind).removeprefix("OBJECT_")
    return _OBJECTS.get(name, name.replace("_", " "))


_SPECIAL: dict[str, Callable[[Any], str]] = {
    "SelectStmt": _select,
    "VariableSetStmt": _set,
    "GrantStmt": _grant,
    "GrantRoleStmt": _grant_role,
    "CreateFunctionStmt": _create_function,
    "CreateTableAsStmt": _create_table_as,
    "VacuumStmt": _vacuum,
    "FetchStmt": _fetch,
    "DeallocateStmt": _deallocate,
    "RenameStmt": _rename,
    "TransactionStmt": lambda node: _TRANSACTION_TAGS[node.kind],
    "DiscardStmt": lambda node: _DISCARD_TAGS[node.target],
    "AlterTableStmt": lambda node: f"ALTER {_object(node.objtype)}",
    "AlterTableMoveAllStmt": lambda node: f"ALTER {_object(node.objtype)}",
    "AlterFunctionStmt": lambda node: f"ALTER {_object(node.objtype)}",
    "AlterObjectDependsStmt": lambda node: f"ALTER {_object(node.object_type)}",
    "AlterObjectSchemaStmt": lambda node: f"ALTER {_object(node.object_type)}",
    "AlterOwnerStmt": lambda node: f"ALTER {_object(node.object_type)}",
    "DefineStmt": lambda node: f"CREATE {_object(node.kind)}",
    "DropStmt": lambda node: f"DROP {_object(node.remove_type)}",
}
