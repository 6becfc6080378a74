"""What everyone sees: the front page, the regulations, and the monitoring endpoints."""
