"""The domain's registers, a module each; imported when the app is ready (core.rooms)."""
