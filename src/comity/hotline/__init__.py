"""The hotline: from a service's button to a person's hand, and what came of it, counted."""
