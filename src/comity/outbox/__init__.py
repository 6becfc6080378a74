"""Mail that leaves: composed, signed, stored, delivered, and told apart when it bounces."""
