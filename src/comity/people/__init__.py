"""Staff, their passkeys, their roles, what each may do, and the product's one approval mechanism."""
