"""A Matrix homeserver for the demo: Synapse as it is published, in an environment and a process of its own."""
