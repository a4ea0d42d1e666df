"""Prose about a Report: written by a model, held against the evidence, never part of the verdict."""
