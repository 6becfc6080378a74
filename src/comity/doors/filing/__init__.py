"""The web door: a demand typed into a form that is made from its regulation."""
