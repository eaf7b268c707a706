"""The sheets by which registers come in, beside the registers; imported when the app is ready (core.rooms)."""
