# Any, for the type checker: reading this package for the types of a few names takes it as long as a fifth of all else.
from typing import Any

def __getattr__(name: str) -> Any: ...
