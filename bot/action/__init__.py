"""The GitHub Action: one command, ``migration action``, that does what the event of its job asks for.

``job`` reads what the runner gives, ``validating`` runs a change of migrations and shows what came of it, ``publishing``
shows what a run without rights has found, ``commanding`` answers comments. Everything that comes from an event is
text: it is compared, escaped and shown, and never part of a command line.
"""
