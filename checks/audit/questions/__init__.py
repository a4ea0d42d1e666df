"""One question per file: ``ask(subject)`` yields findings; the first sentence of the docstring is the question."""
