"""The sentences of an Advice."""

from __future__ import annotations

SAME_SCHEMA = "The schema at the end is the one of the migration as it was written."
ORDER = "The schema at the end is the one of the migration as it was written, but for the order of columns."
SAME_ROWS = "All rows are equal."
OTHER_VALUES = "All rows are equal, but for {columns}: those get other values in each run."
NUMBERED = (
    "`{column}` numbers all {rows} rows, no two the same, and goes on behind the last. Which row has which number is not "
    "compared: it was never asked for."
)
NOT_NUMBERED = "`{column}` does not number the rows: of {rows}, {numbered} have a number of their own."
NUMBER_AGAIN = "the next number of `{column}` is {next}, which is not behind the last, {last}."
BACK = "The way back leads to the schema before."
BACK_UNTIL = (
    "Until {path} the way back leads to the schema before; what that one takes away does not come back."
)
NO_WAY_BACK = "There is no way back, as there is none in the migration as it was written."
REFUSED = "Not possible. {reason}"
NEEDED_LATER = (
    "{reason} Line {line} comes behind it and uses `{table}`: it has to come behind the batches, too."
)
TAKEN = "It was run on rows that the migration takes: of the synthetic ones, those were left out that line {line} refuses."
BATCHES = "Each transaction changes at most {rows} rows."
SAME_LOCKS = "No lock is held longer than before."

DOWN_TITLE = "Give it the way back that was drafted"
DOWN = "The way back leads to the schema and the rows before."
AGAIN = "Up again gives the same schema."

FAILS = "line {line} of `{path}` fails: {message} (SQLSTATE {sqlstate})."
LEFT_OPEN = "`{path}` leaves a transaction open."
STOPPED = "`{path}` was stopped by the sandbox's {limit}."
SCHEMA = "the schema at the end is not the same: {difference}."
ROWS = "the rows at the end are not the same: {relation}."
CHECK = "a check gives a row: `{check}`"
NO_CHECK = "a check cannot be asked (`{check}`): {error}."
NO_BACK = "the way back does not lead to the schema before: {difference}."
BACK_FAILS = "the way back fails: {message} (SQLSTATE {sqlstate})."
ROWS_OF_ANOTHER = (
    "the down changes rows (line {line} of `{path}`) that are then changed by a later file: taken back before that one "
    "has run, it would change rows to which nothing was done."
)
NOT_BETTER = "no lock on a table in use became weaker or shorter."
WORSE = "others wait longer for `{relation}` than before."
NOT_READ_BACK = "the files are not read as the {wanted} migrations that they are meant to be, but as {found}."
LOST = "the sandbox was lost while it was run: {message}"
TOO_MANY = "Not run: this review has run {most} other ways already."
TOO_LONG = "Not run: the others took longer than {seconds} s."

HALF_WAY = (
    "When it stops half-way, what has run stays: take that out of the file, and drop an index that is left invalid, before "
    "it is run again."
)
PATIENCE_TITLE = "Give up when a table cannot be had within {timeout}, and try again"
GIVES_UP = (
    "While another session writes to `{relation}`, the migration as it was written waits for as long as that goes on, and "
    "so does every write behind it; this one gives up (SQLSTATE 55P03), and the write behind it goes on. Tried with "
    "`{tried}` in place of `{timeout}`."
)
WAITS_NOT = "the migration as it was written does not wait there."
GIVES_UP_NOT = "it does not give up when a table that it closes is in use."
NO_QUEUE = "no queue for the table could be made."
