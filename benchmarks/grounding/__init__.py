"""How well the grounding of summaries tells true sentences from planted falsehoods."""
