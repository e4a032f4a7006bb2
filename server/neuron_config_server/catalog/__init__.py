"""What the author's environment offers, read from its packages' source files, never by importing them."""
