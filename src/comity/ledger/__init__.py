"""Events: what happened, each row written by the transaction of its act."""
