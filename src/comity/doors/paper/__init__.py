"""The paper door: what comes by fax, post, telephone or by hand, as a person of the desk takes it in."""
