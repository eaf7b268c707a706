"""The product against people who mean it no good."""
