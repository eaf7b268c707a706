"""/api/v1: the same records, scopes and actions for other systems. Additive only."""
