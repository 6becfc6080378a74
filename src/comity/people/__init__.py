"""Staff, their keys, their roles, what each may do, and the one approval of the whole product."""
