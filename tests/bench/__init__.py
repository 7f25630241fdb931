"""The bench: every figure of the program beside its floor, measured in one run (`uv run python -m tests.bench`)."""
