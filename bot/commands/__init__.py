"""Commands that people write into a pull request's comments.

``grammar`` reads a comment, ``registry`` knows the words, ``permissions`` who may, ``perform`` does one command:
``perform(line, call)`` is the one door. ``ports`` names what is needed of GitHub and of the store.
"""
