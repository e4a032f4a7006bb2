"""What is known of one thing, as Markdown."""
