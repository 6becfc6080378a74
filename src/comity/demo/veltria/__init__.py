"""Veltria, a State that the demo invents: what people do with it, by the commands of the pages, in words of its own."""
