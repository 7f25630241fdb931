"""Pictures of every state of the program, light and dark: python -m tests.tour DIR [--only NAME] [--font 15]."""
