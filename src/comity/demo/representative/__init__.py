"""One order of each instrument, as offices send them, and how they are answered."""
