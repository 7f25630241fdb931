"""What is shown. Never a rule, never SQL."""
