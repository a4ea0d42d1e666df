"""Elixir as far as constants go: read a file with tree-sitter, evaluate what needs nothing but the file itself.

Nothing is executed: the evaluator knows a part of Kernel, Enum, String and their like, and stops with a sentence
at the first thing that it does not know.
"""
