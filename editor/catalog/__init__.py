"""What actions exist: constraints, parameters, results, errors, effects. Plain Python over data
files.

    from editor import catalog
    catalog.default().actions["st.openPersonPage"].name

The facts were gathered from the public Linked API documentation and its official SDKs; every
statement carries its confidence (documented, sdk, inferred) and every action its sources.
"""

from .load import configure, default, load
from .types import (
    ActionError,
    ActionType,
    Catalog,
    CatalogError,
    ErrorType,
    Group,
    LimitCategory,
    Parameter,
    ParameterKind,
    Placement,
    Private,
    Result,
    ResultField,
    RootRule,
    Rule,
    Severity,
)

__all__ = [
    "ActionError",
    "ActionType",
    "Catalog",
    "CatalogError",
    "ErrorType",
    "Group",
    "LimitCategory",
    "Parameter",
    "ParameterKind",
    "Placement",
    "Private",
    "Result",
    "ResultField",
    "RootRule",
    "Rule",
    "Severity",
    "configure",
    "default",
    "load",
]
