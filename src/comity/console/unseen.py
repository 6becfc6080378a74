"""What takes the place of content for someone who oversees the desk without seeing it (an auditor)."""

NOT_SHOWN = "Not shown in your role"
SAYS = "The content of mails, orders and letters is shown to those who work on cases; each look of theirs is an event."
