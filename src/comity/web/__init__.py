"""The look: components, style sheet, words, clocks and headers of every page."""
