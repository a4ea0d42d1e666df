"""SQL → the Ecto migration that a careful developer would write: the way back of ``checks/ecto``.

``write_module(name, changes, place)`` is the door. What it writes was translated again, and is what was asked for.
"""

from checks.ecto.write.changes import Change, Place
from checks.ecto.write.module import write_module

__all__ = ["Change", "Place", "write_module"]
