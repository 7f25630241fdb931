"""What is true: rules, prices, orders, storage. No Qt and no translated text."""
